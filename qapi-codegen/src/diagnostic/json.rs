//! Diagnostics for programs.

use serde_json::json;

use super::Diagnostic;
use crate::source::{Sources, Span};

/// One JSON object, on one line: `code`, `severity`, `message`, `file`, `line`, `column` (of the anchor),
/// `definition`, `labels`, `notes`, `help`, `included_from`.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let at = |span: Span| {
        let (from, to) = (
            sources.location(span),
            sources.file(span.file).location(span.end),
        );
        json!({
            "file": sources.file(span.file).path().display().to_string(),
            "line": from.line, "column": from.column,
            "end_line": to.line, "end_column": to.column,
        })
    };
    let mut value = at(diagnostic.anchor);
    let labels = diagnostic.labels.iter().map(|label| {
        let mut value = at(label.span);
        value["text"] = json!(label.text);
        value
    });
    value["labels"] = labels.collect();
    value["code"] = json!(diagnostic.code.as_str());
    value["severity"] = json!(diagnostic.severity.as_str());
    value["message"] = json!(diagnostic.message);
    value["notes"] = json!(diagnostic.notes);
    value["help"] = json!(diagnostic.help);
    value["definition"] = match &diagnostic.subject {
        Some(subject) => json!({ "kind": subject.kind, "name": subject.name }),
        None => json!(null),
    };
    let chain = sources.include_chain(diagnostic.anchor.file);
    value["included_from"] = chain.map(at).collect();
    value.to_string()
}
