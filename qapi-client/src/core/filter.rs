//! Which events a subscriber wants.

/// Names of events, or patterns in which `*` stands for any characters.
///
/// ```
/// use qapi_client::Filter;
///
/// let jobs = Filter::from(["JOB_STATUS_CHANGE", "BLOCK_JOB_*"]);
/// assert!(jobs.matches("BLOCK_JOB_READY"));
/// assert!(!jobs.matches("SHUTDOWN"));
/// assert!(Filter::all().matches("SHUTDOWN"));
///
/// let named: Vec<String> = vec!["RESET".to_owned()];
/// assert_eq!(Filter::from(named), Filter::from("RESET"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    patterns: Vec<String>,
}

impl Filter {
    /// Every event, those that no schema knows yet among them.
    pub fn all() -> Self {
        Self::from("*")
    }

    /// Whether it lets the event `name` through.
    pub fn matches(&self, name: &str) -> bool {
        self.patterns.iter().any(|pattern| matches(pattern, name))
    }
}

impl From<&str> for Filter {
    fn from(pattern: &str) -> Self {
        Self::from([pattern])
    }
}

impl From<String> for Filter {
    fn from(pattern: String) -> Self {
        Self::from([pattern])
    }
}

impl From<&[&str]> for Filter {
    fn from(patterns: &[&str]) -> Self {
        patterns.iter().copied().collect()
    }
}

impl<S: Into<String>> From<Vec<S>> for Filter {
    fn from(patterns: Vec<S>) -> Self {
        patterns.into_iter().collect()
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Filter {
    fn from(patterns: [S; N]) -> Self {
        patterns.into_iter().collect()
    }
}

impl<S: Into<String>> FromIterator<S> for Filter {
    fn from_iter<I: IntoIterator<Item = S>>(patterns: I) -> Self {
        let patterns = patterns.into_iter().map(Into::into).collect();
        Self { patterns }
    }
}

/// Whether `name` is what `pattern` says, in which `*` stands for any characters.
#[inline]
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    // Most names are told from most patterns by their first character.
    let [first, other] = [pattern, name].map(|text| text.as_bytes().first());
    (first == other || first == Some(&b'*')) && (pattern == name || matches_all(pattern, name))
}

fn matches_all(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(first) else {
        return false;
    };
    // Each piece at the first place where it fits leaves the most for those behind it.
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        match name.find(piece) {
            Some(at) => name = &name[at + piece.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("A", "A", true),
            ("A", "AB", false),
            ("*", "", true),
            ("*", "ANY", true),
            ("A*", "AB", true),
            ("A*", "BA", false),
            ("*_CHANGE", "TRAY_CHANGE", true),
            ("*_CHANGE", "TRAY_CHANGED", false),
            ("A*C*E", "ABCDE", true),
            ("A*C*E", "ACE", true),
            ("A*C*E", "AE", false),
            ("A*AB", "AAB", true),
            ("AB*B", "AB", false),
            ("**", "X", true),
            ("*a*ab*", "xaab", true),
            ("", "", true),
            ("", "A", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
