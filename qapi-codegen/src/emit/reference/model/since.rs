//! The release that something came with, which is said once: beside its name.

use crate::markup::{self, Block, Document, Inline};
use crate::schema::Version;

/// A description, and the release that it tells of. Where it ends with that release alone, in parentheses, it ends before.
pub(super) fn described(text: &str) -> (Document, Option<Version>) {
    let since = Version::in_description(text);
    let mut description = markup::parse(text);
    leave_out(since, &mut description);
    (description, since)
}

/// Ends a description before the parenthesis that tells of this release alone.
pub(super) fn leave_out(since: Option<Version>, description: &mut Document) {
    // What ends a list or the like is said of its last item.
    let (Some(since), Some(Block::Paragraph(inlines))) = (since, description.blocks.last_mut())
    else {
        return;
    };
    let is_alone = inlines.len() == 1;
    let Some(Inline::Text(text)) = inlines.last_mut() else {
        return;
    };
    let mut rest = since.left_out_of(text).to_owned();
    if rest.len() == text.len() {
        return;
    }
    let is_all = rest.is_empty() && is_alone;
    if !is_all && text.trim_end().ends_with('.') && !rest.ends_with('.') {
        rest.push('.');
    }
    match (is_all, rest.is_empty()) {
        (true, _) => drop(description.blocks.pop()),
        (false, true) => drop(inlines.pop()),
        (false, false) => *text = rest,
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, since: &str) {
        let (description, version) = described(text);
        let version = version.map(|version| version.to_string());
        let found = (plain(&description), version.unwrap_or_default());
        assert_eq!(found, (expected.to_owned(), since.to_owned()));
    }

    #[test]
    fn what_a_mark_says_is_not_said_again() {
        for text in [
            "The name. (since 2.0)",
            "The name (Since: 2.0.0).",
            "The name.\n\n(since\n2.0)",
        ] {
            check(text, "The name.", "2.0");
        }
        check("The name (since 2.0)", "The name", "2.0");
        check("See `Other` (since 2.0)", "See Other", "2.0");
        check("See `Other` (since 2.0).", "See Other.", "2.0");
        check("(since 2.0)", "", "2.0");
    }

    #[test]
    fn what_is_more_than_a_mark_is_kept() {
        for text in [
            "The name. (since 2.0; never absent since 10.1)",
            "The name (since 2.0), as it is",
            "The name. (since 2.0 for s390x)",
        ] {
            check(text, text, "2.0");
        }
        // Of two releases the mark says one; what ends a list is about its last item.
        check(
            "A (since 2.0), or B (since 3.0)",
            "A (since 2.0), or B (since 3.0)",
            "2.0",
        );
        check(
            "One of\n\n- a\n- b (since 2.0)",
            "One of a b (since 2.0)",
            "2.0",
        );
    }
}
