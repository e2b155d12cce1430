//! Names in messages: shown at a bearable length, and guessed at when they are misspelt.

/// Longer names are cut in messages; what a schema file holds must not flood a terminal.
const SHOWN: usize = 80;

/// A name as messages show it: in backquotes, control characters escaped, cut when gigantic.
pub fn quoted(name: &str) -> String {
    let mut shown = String::new();
    for ch in name.chars().take(SHOWN) {
        match ch {
            '\'' | '"' => shown.push(ch),
            _ => shown.extend(ch.escape_debug()),
        }
    }
    if name.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The name that was probably meant: at most a third of its letters differ, and letter case does not count.
///
/// ```
/// use qapi_codegen::diagnostic::closest;
///
/// assert_eq!(closest("drivr", ["driver", "node-name"]), Some("driver"));
/// assert_eq!(closest("file", ["driver", "node-name"]), None);
/// ```
pub fn closest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > SHOWN {
        return None;
    }
    let lower = wrong.to_ascii_lowercase();
    let limit = wrong.chars().count().div_ceil(3);
    let near = names.into_iter().filter_map(|name| {
        if name == wrong || name.len().abs_diff(wrong.len()) > limit {
            return None;
        }
        let distance = edit_distance(&lower, &name.to_ascii_lowercase());
        (distance <= limit && distance < wrong.chars().count()).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}

/// Levenshtein's distance, in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_name_is_suggested_and_a_far_one_is_not() {
        let names = ["BlockdevDriver", "BlockdevOptions", "str"];
        assert_eq!(closest("BlockDevDriver", names), Some("BlockdevDriver"));
        assert_eq!(closest("BlockdevDrive", names), Some("BlockdevDriver"));
        assert_eq!(closest("string", names), None);
        assert_eq!(closest("x", names), None);
    }

    #[test]
    fn gigantic_and_strange_names_are_tamed() {
        assert_eq!(quoted("a\n\"b'"), "`a\\n\"b'`");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), SHOWN + 3);
    }
}
