//! What the dialect of 10.2 asks of the form of documentation: 70 columns, and two spaces between sentences.

use super::comment::{Line, indentation};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The widest line, `# ` included.
const COLUMNS: usize = 70;

/// Checks all lines of one comment. Examples are left alone.
pub(super) fn check(lines: &[Line<'_>], sink: &mut Sink) {
    let mut literal = None;
    for line in lines {
        let text = line.text;
        if begins_literal(text) {
            literal = Some(0);
        } else if let Some(indent) = literal.filter(|_| !text.is_empty()) {
            let own = indentation(text);
            literal = if indent == 0 {
                Some(own)
            } else {
                (own >= indent).then_some(indent)
            };
        }
        if literal.is_none() {
            check_width(line, sink);
            check_sentences(line, sink);
        }
    }
}

/// A line that is `.. qmp-example::` or `::` and nothing more.
fn begins_literal(text: &str) -> bool {
    let directive = text.strip_prefix("..").and_then(|rest| {
        rest.strip_prefix(' ')?
            .trim_start_matches(' ')
            .strip_prefix("qmp-example")
    });
    directive.unwrap_or(text).trim_start_matches(' ') == "::"
}

fn check_width(line: &Line<'_>, sink: &mut Sink) {
    let columns = 2 + line.text.chars().count();
    let text = line.text.trim_start_matches(' ');
    let address = ["http://", "https://", "ftp://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let lone_address = address && !text.contains(' ');
    if columns > COLUMNS && !lone_address {
        let message =
            format!("this documentation line has {columns} columns, {COLUMNS} are allowed");
        let fits = line
            .text
            .char_indices()
            .nth(COLUMNS - 2)
            .map_or(0, |(at, _)| at);
        sink.push(
            Diagnostic::error(Code::LongLine, line.span, message)
                .label(line.part(fits, line.text.len()), "this part is too much"),
        );
    }
}

/// A full stop, one space, and what begins a sentence. `e.g.` and the number of a list item are no sentence's end.
fn check_sentences(line: &Line<'_>, sink: &mut Sink) {
    let text = line.text;
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        bytes.get(at) == Some(&b' ')
            && bytes
                .get(at + 1)
                .is_some_and(|&b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'(')
    };
    let numbered = text.trim_start_matches(' ').as_bytes();
    let number = matches!(numbered, [digit, b'.', ..] if digit.is_ascii_digit());
    let number = number.then_some(text.len() - numbered.len() + 1);
    for (at, _) in text.match_indices(['.', '!', '?']) {
        let abbreviation = text[..=at].ends_with("e.g.") && {
            let before = text[..at - 3].chars().next_back();
            !before.is_some_and(|ch| ch.is_alphanumeric() || ch == '_')
        };
        if begins(at + 1) && !abbreviation && number != Some(at) {
            let span = line.part(at, at + 1);
            let gap = line.part(at + 1, at + 2);
            let message = "there is one space between two sentences, two are asked for";
            let anchor = gap;
            sink.push(
                Diagnostic::error(Code::SentenceSpacing, anchor, message)
                    .label(span.to(gap), "add a space after this"),
            );
            return;
        }
    }
}
