//! What a valid schema had better not have: examples in its documentation that are not true.
//!
//! Every message of an example is held against the schema. A request is of a command that exists and has the
//! arguments that it takes; a reply is what the command returns that was asked before it; an event exists and has
//! its data; an error has class and description. Names must be known, what is required must be there, values must
//! have their types. Conditions and features do not matter: an example is of some build or other.
//!
//! Not checked is what is left out: for `...` in an array or object others may stand, for `...` as a value any
//! value. Nor is a reply of which nobody can tell what was asked, and what a command takes beyond the schema
//! (`'gen': false`).
//!
//! All findings are warnings. QEMU's own schemas have some of them, and are valid.

mod comment;
mod conform;
mod json;
mod message;

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic, Sink, Subject, closest, quoted};
use crate::markup::Sender;
use crate::schema::{Definition, Doc, Schema};
use crate::source::{FileId, Sources, Span};
use message::Exchange;

/// So many members, values and branches are looked at, which is some hundred times what QEMU's schemas need. What
/// is left of a schema that asks for more is not checked.
const STEPS: usize = 5_000_000;

/// Checks the examples in the documentation of a schema.
pub(crate) fn examples(schema: &Schema, sources: &Sources) -> Vec<Diagnostic> {
    let mut findings = Findings {
        schema,
        file: FileId(0),
        subject: None,
        sink: Sink::default(),
        steps: STEPS,
    };
    for (_, doc) in schema.docs() {
        comment(doc, sources, &mut findings);
    }
    findings.sink.into_diagnostics()
}

fn comment(doc: &Doc, sources: &Sources, findings: &mut Findings<'_>) {
    let text = sources.file(doc.span.file).text();
    let messages = comment::messages(text, doc.span.start..doc.span.end);
    if messages.is_empty() {
        return;
    }
    let schema = findings.schema;
    let symbol = doc.symbol.as_deref();
    let about = symbol.and_then(|name| Some(schema.definition(schema.find(name)?)));
    findings.enter(doc.span.file, about);
    let mut exchange = Exchange::new(about);
    let mut example = 0;
    for message in messages {
        // A reply that an example begins with may answer what was asked in the one before.
        let next = message.example != example;
        if next && (message.sender == Sender::Client || exchange.is_idle()) {
            exchange = Exchange::new(about);
        }
        example = message.example;
        let reading = json::read(text, message.range.clone());
        for fault in reading.faults {
            findings.fault(fault);
        }
        let rest = leftover(text, reading.end..message.range.end);
        match (reading.value, rest) {
            (Some(value), None) => exchange.message(message.sender, &value, text, findings),
            (Some(value), Some(rest)) if !value.is_elided() => {
                let message_ended = "the message has ended before this";
                findings.push(Code::ExampleSyntax, rest, message_ended, "");
                exchange.lose(message.sender);
            }
            _ => exchange.lose(message.sender),
        }
    }
}

/// What stands after a message and is no text: the rest of its line, or further brackets.
fn leftover(text: &str, rest: Range<u32>) -> Option<Range<u32>> {
    let after = text.get(rest.start as usize..rest.end as usize)?;
    let shown = after.trim_start_matches([' ', '\t', '\r', '\n', '#']);
    let start = after.len() - shown.len();
    let same_line = !after[..start].contains('\n');
    if shown.is_empty() || !(same_line || shown.starts_with([']', '}', ',', ':', '"'])) {
        return None;
    }
    let length = shown.find('\n').unwrap_or(shown.len());
    let start = rest.start + start as u32;
    Some(start..start + shown[..length].trim_end().len() as u32)
}

/// What has been found, and what one must know to tell it.
struct Findings<'s> {
    schema: &'s Schema,
    /// The file of the comment, and the definition that it is about.
    file: FileId,
    subject: Option<Subject>,
    sink: Sink,
    /// How many are left of [`STEPS`].
    steps: usize,
}

impl<'s> Findings<'s> {
    fn enter(&mut self, file: FileId, about: Option<&Definition>) {
        self.file = file;
        self.subject =
            about.map(|definition| Subject::new(definition.kind.as_str(), &definition.name));
    }

    /// May so many things be looked at? Once they may not, nothing may.
    fn step(&mut self, count: usize) -> bool {
        let left = self.steps.checked_sub(count);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    fn push(
        &mut self,
        code: Code,
        range: Range<u32>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        let diagnostic = self.warning(code, range, message, label);
        self.sink.push(diagnostic);
    }

    /// The same, and one of `names` may have been meant: which, is the answer.
    fn push_similar<'n>(
        &mut self,
        code: Code,
        range: Range<u32>,
        message: String,
        wrong: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let most = names.size_hint().1.unwrap_or(usize::MAX);
        let meant = self.sink.may_compare(most).then(|| closest(wrong, names));
        let meant = meant.flatten();
        let mut diagnostic = self.warning(code, range, message, "");
        diagnostic.help = meant.map(|name| format!("did you mean {}?", quoted(name)));
        self.sink.push(diagnostic);
        meant
    }

    fn fault(&mut self, fault: json::Fault) {
        let mut diagnostic =
            self.warning(Code::ExampleSyntax, fault.range, fault.message, fault.label);
        if let Some(opened) = fault.opened {
            diagnostic = diagnostic.label(self.span(opened), "opened here");
        }
        self.sink.push(diagnostic);
    }

    fn warning(
        &self,
        code: Code,
        range: Range<u32>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        let span = self.span(range);
        let mut diagnostic = Diagnostic::warning(code, span, message).label(span, label);
        diagnostic.subject.clone_from(&self.subject);
        diagnostic
    }

    fn span(&self, range: Range<u32>) -> Span {
        Span {
            file: self.file,
            start: range.start,
            end: range.end,
        }
    }
}
