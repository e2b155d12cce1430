//! Diagnostics without a drawing, for build scripts that would rather be compiled sooner.

use super::{Remark, place, places, remarks};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

pub(super) fn human(diagnostic: &Diagnostic, sources: &Sources, _styled: bool) -> String {
    let severity = diagnostic.severity.as_str();
    let mut lines = vec![format!(
        "{severity}[{}]: {}",
        diagnostic.code, diagnostic.message
    )];
    for label in &*places(diagnostic) {
        let place = place(label.span, sources);
        lines.push(match &*label.text {
            "" => format!("  --> {place}"),
            text => format!("  --> {place}: {text}"),
        });
    }
    for (remark, text) in remarks(diagnostic, sources) {
        let what = match remark {
            Remark::Note => "note",
            Remark::Help => "help",
        };
        // A remark of several lines stays one.
        let text = text.replace('\n', "\n           ");
        lines.push(format!("   = {what}: {text}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::diagnostic::{Code, Diagnostic};
    use crate::source::{Sources, Span};

    #[test]
    fn every_place_has_a_line() {
        let mut sources = Sources::default();
        let mut add = |path: &str, text: &str, included| {
            sources.add(path.into(), Arc::new(text.to_owned()), included)
        };
        let root = add("root.json", "{ 'include': 'shelf.json' }\n", None);
        let include = Span {
            file: root,
            start: 0,
            end: 27,
        };
        let file = add("shelf.json", "left\n right left\n", Some(include));
        let at = |start| Span {
            file,
            start,
            end: start + 4,
        };
        let clash = Diagnostic::error(Code::NameClash, at(12), "`left` clashes with `left`");
        let labelled = clash.clone().label(at(12), "here again").label(at(0), "");
        let labelled = labelled.note("one\ntwo").help("write another");
        for (diagnostic, expected) in [(clash, PLAIN), (labelled, LABELLED)] {
            assert_eq!(super::human(&diagnostic, &sources, false), expected);
        }
    }

    const PLAIN: &str = "\
error[Q0704]: `left` clashes with `left`
  --> shelf.json:2:8
   = note: included from root.json:1:1";

    const LABELLED: &str = "\
error[Q0704]: `left` clashes with `left`
  --> shelf.json:2:8: here again
  --> shelf.json:1:1
   = note: included from root.json:1:1
   = note: one
           two
   = help: write another";
}
