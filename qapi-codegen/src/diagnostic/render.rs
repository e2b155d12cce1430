//! How diagnostics look: drawn for people, a line each for scripts and editors.

#[cfg(feature = "snippets")]
mod drawn;
#[cfg(any(test, not(feature = "snippets")))]
mod listed;

use std::borrow::Cow;
use std::fmt::Write;

#[cfg(feature = "snippets")]
use drawn as form;
#[cfg(not(feature = "snippets"))]
use listed as form;

use super::{Diagnostic, Label};
use crate::source::{Sources, Span};

/// Drawn like rustc's: the source line, labels, notes and help. With `styled`, in colours.
///
/// Without the feature `snippets` it is told as much, but nothing is drawn or coloured: a line names each place.
pub fn human(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    form::human(diagnostic, sources, styled)
}

/// The places that are shown, the exact one first.
fn places(diagnostic: &Diagnostic) -> Cow<'_, [Label]> {
    match diagnostic.labels.is_empty() {
        false => (&diagnostic.labels).into(),
        true => vec![Label {
            span: diagnostic.anchor,
            text: String::new(),
        }]
        .into(),
    }
}

/// What is said below the places.
enum Remark {
    Note,
    Help,
}

fn remarks(diagnostic: &Diagnostic, sources: &Sources) -> Vec<(Remark, String)> {
    let mut remarks = Vec::new();
    if let Some(subject) = &diagnostic.subject {
        let name = super::quoted(&subject.name);
        remarks.push((Remark::Note, format!("in {} {name}", subject.kind)));
    }
    for at in sources.include_chain(diagnostic.anchor.file) {
        let text = format!("included from {}", place(at, sources));
        remarks.push((Remark::Note, text));
    }
    let notes = diagnostic.notes.iter().cloned();
    remarks.extend(notes.map(|note| (Remark::Note, note)));
    let help = diagnostic.help.iter().cloned();
    remarks.extend(help.map(|help| (Remark::Help, help)));
    remarks
}

/// One line: `FILE:LINE:COL: error[CODE]: text`. The place is the anchor, so that the line number is the
/// one that QEMU's own tool would print.
pub fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut line = format!(
        "{}: {}[{}]: ",
        place(diagnostic.anchor, sources),
        diagnostic.severity.as_str(),
        diagnostic.code
    );
    if let Some(subject) = &diagnostic.subject {
        let _ = write!(line, "{} {}: ", subject.kind, super::quoted(&subject.name));
    }
    line + &diagnostic.message
}

fn place(span: Span, sources: &Sources) -> String {
    let location = sources.location(span);
    let path = sources.file(span.file).path().display();
    format!("{path}:{}:{}", location.line, location.column)
}
