//! What may be typed, as it is listed on a screen.

use std::collections::BTreeSet;

use rustyline::completion::Pair;

use super::super::layout::{cut, legible_word};
use super::complete::Candidate;

/// The space between columns.
const GAP: usize = 2;

/// The candidates as they are listed, so that a screen of this `size`, in columns and rows, has room for all. Each begins with
/// the `typed` bytes that are there already. Those of which something is to be said have a line each. Of too many only what
/// they begin with is listed, up to the next part of their names.
pub(super) fn listed(
    mut candidates: Vec<Candidate>,
    typed: usize,
    size: (usize, usize),
) -> Vec<Pair> {
    // What a terminal would obey is nobody's name.
    candidates.retain(|candidate| candidate.text == legible_word(&candidate.text));
    let pairs = with_words(&candidates, size.0);
    if pairs.len() <= room(&pairs, size) {
        return pairs;
    }
    let names: Vec<&str> = candidates.iter().map(|it| it.text.trim_end()).collect();
    let parts: BTreeSet<&str> = names.iter().map(|name| first_part(name, typed)).collect();
    let pair = |name: &str| {
        // What is a whole name is followed by what follows it.
        let whole = candidates.iter().find(|it| it.text.trim_end() == name);
        Pair {
            display: name.to_owned(),
            replacement: whole.map_or(name, |it| &it.text).to_owned(),
        }
    };
    let mut pairs: Vec<Pair> = parts.into_iter().map(pair).collect();
    let room = room(&pairs, size);
    if pairs.len() > room {
        let begun = names.first().and_then(|name| name.get(..typed));
        pairs.truncate(room.saturating_sub(1));
        pairs.push(Pair {
            display: "…".to_owned(),
            replacement: begun.unwrap_or_default().to_owned(),
        });
    }
    pairs
}

/// The beginning of a name up to where its next part begins, behind the `typed` bytes of it.
fn first_part(name: &str, typed: usize) -> &str {
    let rest = name.get(typed..).unwrap_or("");
    match rest.find(['-', '_', '.', '/']) {
        Some(at) => &name[..typed + at + 1],
        None => name,
    }
}

/// How many of them the editor lists without a pause.
fn room(pairs: &[Pair], (columns, rows): (usize, usize)) -> usize {
    let widths = pairs.iter().map(|pair| pair.display.chars().count());
    let width = widths.max().unwrap_or(0) + GAP;
    let side_by_side = columns / width.min(columns).max(1);
    side_by_side.max(1) * rows.saturating_sub(1)
}

/// Each with what is to be said of it.
fn with_words(candidates: &[Candidate], columns: usize) -> Vec<Pair> {
    let widths = candidates.iter().map(|it| it.text.chars().count());
    let width = widths.max().unwrap_or(0);
    let line = columns.saturating_sub(GAP + 1);
    let pair = |candidate: &Candidate| {
        let name = candidate.text.trim_end();
        let display = match &candidate.about {
            Some(about) => {
                let told = cut(&format!("{name:width$}  {}", legible_word(about)), line);
                // As wide as the screen, so that nothing stands beside it.
                format!("{told:line$}")
            }
            None => name.to_owned(),
        };
        Pair {
            display,
            replacement: candidate.text.clone(),
        }
    };
    candidates.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(text: &str, about: Option<&str>) -> Candidate {
        Candidate {
            text: text.to_owned(),
            about: about.map(str::to_owned),
        }
    }

    #[test]
    fn what_is_listed_fits() {
        let many: Vec<Candidate> = ["query-a ", "query-b ", "stop ", "system_reset ", "quit "]
            .into_iter()
            .map(|name| candidate(name, None))
            .collect();
        for (typed, size, expected) in [
            (
                0,
                (80, 24),
                &["query-a", "query-b", "stop", "system_reset", "quit"][..],
            ),
            (0, (10, 5), &["query-", "quit", "stop", "system_"]),
            (0, (10, 3), &["query-", "…"]),
            (0, (0, 0), &["…"]),
        ] {
            let shown = listed(many.clone(), typed, size);
            let shown: Vec<&str> = shown.iter().map(|pair| &*pair.display).collect();
            assert_eq!(shown, expected, "{size:?}");
        }
    }

    #[test]
    fn nothing_moves_the_cursor() {
        let bad = [
            candidate("a\u{1b}[2J", None),
            candidate("b", Some("\u{9b}2J")),
        ];
        let shown = listed(bad.to_vec(), 0, (9, 10));
        let shown: Vec<&str> = shown.iter().map(|pair| &*pair.display).collect();
        assert_eq!(shown, ["b  \u{fffd}2J"]);
    }

    #[test]
    fn what_is_said_of_one_has_its_line() {
        let about = [
            candidate("size=", Some("an integer")),
            candidate("force=", Some("on or off, as one likes")),
        ];
        let shown = listed(about.to_vec(), 0, (24, 10));
        let shown: Vec<&str> = shown.iter().map(|pair| &*pair.display).collect();
        assert_eq!(shown, ["size=   an integer   ", "force=  on or off, a…"]);
    }
}
