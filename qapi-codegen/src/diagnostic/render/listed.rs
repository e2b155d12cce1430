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

    use crate::diagnostic::{Code, Diagnostic, Subject};
    use crate::source::{Sources, Span};

    #[test]
    fn every_place_has_a_line() {
        let mut sources = Sources::default();
        let mut add = |path: &str, text: &str, included_at| {
            sources.add(path.into(), Arc::new(text.to_owned()), included_at)
        };
        let root = add("root.json", "{ 'include': 'shelf.json' }\n", None);
        let include = Span {
            file: root,
            start: 0,
            end: 27,
        };
        let shelf = add("shelf.json", "{ 'a': 'b',\n  'c': 'd' }\n", Some(include));
        let at = |start, end| Span {
            file: shelf,
            start,
            end,
        };
        let mut diagnostic = Diagnostic::error(Code::UnknownType, at(0, 24), "one thing is wrong");
        assert_eq!(
            super::human(&diagnostic, &sources, false),
            BARE.replace("CODE", diagnostic.code.as_str())
        );
        diagnostic = diagnostic
            .label(at(14, 17), "here")
            .label(at(2, 5), "")
            .note("it has been so\nfor two lines")
            .help("make it right");
        diagnostic.subject = Some(Subject::new("command", "query-shelf"));
        assert_eq!(
            super::human(&diagnostic, &sources, true),
            WHOLE.replace("CODE", diagnostic.code.as_str())
        );
    }

    const BARE: &str = "\
error[CODE]: one thing is wrong
  --> shelf.json:1:1
   = note: included from root.json:1:1";

    const WHOLE: &str = "\
error[CODE]: one thing is wrong
  --> shelf.json:2:3: here
  --> shelf.json:1:3
   = note: in command `query-shelf`
   = note: included from root.json:1:1
   = note: it has been so
           for two lines
   = help: make it right";
}
