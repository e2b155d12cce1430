//! Pragmas: what a schema says about the rules that it is to be held to. They are global.

use std::collections::HashSet;

use super::tree::{Expr, Object};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::source::Span;

/// The pragmas of a schema. One that is given again replaces what was given before.
#[derive(Debug, Default)]
pub(crate) struct Pragmas {
    pub(crate) doc_required: bool,
    pub(crate) command_name_exceptions: Exceptions,
    pub(crate) command_returns_exceptions: Exceptions,
    pub(crate) documentation_exceptions: Exceptions,
    pub(crate) member_name_exceptions: Exceptions,
}

/// Names to which a rule does not apply.
#[derive(Debug, Default)]
pub(crate) struct Exceptions {
    names: HashSet<String>,
    /// Names that belong here could not be read: any name may be one.
    lost: bool,
}

impl Exceptions {
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.lost || self.names.contains(name)
    }
}

/// The pragmas there are. The last two are older spellings.
const NAMES: [&str; 7] = [
    "doc-required",
    "command-name-exceptions",
    "command-returns-exceptions",
    "documentation-exceptions",
    "member-name-exceptions",
    "returns-whitelist",
    "name-case-whitelist",
];

impl Pragmas {
    /// A part of the schema could not be read in which there were, or may have been, pragmas.
    pub(super) fn lose(&mut self) {
        let lists = [
            &mut self.command_name_exceptions,
            &mut self.command_returns_exceptions,
            &mut self.documentation_exceptions,
            &mut self.member_name_exceptions,
        ];
        lists.into_iter().for_each(|list| list.lost = true);
    }

    /// pragma = "{" "'pragma'" ":" "{" { name ":" value } "}" "}"
    pub(crate) fn read(&mut self, object: &Object, span: Span, sink: &mut Sink) {
        let value = match object.get("pragma") {
            Some(value) if object.members.len() == 1 => value,
            _ => {
                self.lose();
                let extra = object.members.iter().find(|(key, _)| key.text != "pragma");
                let message = "a `pragma` directive has no other keys";
                sink.push(
                    Diagnostic::error(Code::InvalidPragma, span, message)
                        .label(extra.map_or(span, |(key, _)| key.span), "not allowed here"),
                );
                return;
            }
        };
        let Some(pragmas) = value.as_object() else {
            self.lose();
            let message = "the value of `pragma` must be an object";
            let label = format!("this is {}", value.describe());
            sink.push(
                Diagnostic::error(Code::InvalidPragma, span, message).label(value.span, label),
            );
            return;
        };
        for (key, value) in &pragmas.members {
            let list = match key.text.as_str() {
                "doc-required" => {
                    match value.kind {
                        super::ExprKind::Bool(required) => self.doc_required = required,
                        _ => wrong_value(&key.text, "a boolean", value, span, sink),
                    }
                    continue;
                }
                "command-name-exceptions" => &mut self.command_name_exceptions,
                "command-returns-exceptions" | "returns-whitelist" => {
                    &mut self.command_returns_exceptions
                }
                "documentation-exceptions" => &mut self.documentation_exceptions,
                "member-name-exceptions" | "name-case-whitelist" => {
                    &mut self.member_name_exceptions
                }
                unknown => {
                    let message = format!("unknown pragma {}", quoted(unknown));
                    sink.push(
                        Diagnostic::error(Code::UnknownPragma, span, message)
                            .label(key.span, "")
                            .suggest(unknown, NAMES),
                    );
                    self.lose();
                    continue;
                }
            };
            let names = value
                .as_array()
                .map(|items| items.iter().map(Expr::as_str).collect());
            match names {
                Some(Some(names)) => {
                    let names: Vec<&str> = names;
                    list.names = names.into_iter().map(str::to_owned).collect();
                }
                _ => {
                    list.lost = true;
                    wrong_value(&key.text, "an array of strings", value, span, sink);
                }
            }
        }
    }
}

fn wrong_value(name: &str, expected: &str, value: &Expr, span: Span, sink: &mut Sink) {
    let message = format!("the pragma `{name}` must be {expected}");
    let label = format!("expected {expected}");
    sink.push(Diagnostic::error(Code::PragmaValue, span, message).label(value.span, label));
}
