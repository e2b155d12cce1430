//! The keys of objects: which there must be, which there may be, and what type their values have.

use std::fmt::Display;

use super::scope::Scope;
use crate::diagnostic::{Code, closest, quoted};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Key, Object};

/// Checks that an object has all of `required` and nothing beyond these and `optional`. `what` names the
/// object in messages. Answers whether all required keys are there.
pub(super) fn check(
    object: &Object,
    span: Span,
    what: &dyn Display,
    required: &[&str],
    optional: &[&str],
    scope: &mut Scope<'_>,
) -> bool {
    let missing: Vec<&str> = required
        .iter()
        .copied()
        .filter(|key| object.get(key).is_none())
        .collect();
    let known = || required.iter().chain(optional).copied();
    let unknown = object.members.iter().map(|(key, _)| key);
    let unknown = unknown.filter(|key| !known().any(|known| known == key.text));
    let mut unknown: Vec<&Key> = unknown.collect();
    if !missing.is_empty() {
        let keys = listed(&missing);
        let plural = if missing.len() > 1 { "s" } else { "" };
        let message = format!("{what} lacks the key{plural} {keys}");
        let mut diagnostic = scope.diagnostic(Code::MissingKey, message);
        // One that is misspelt is missing and unknown, but only one mistake.
        let misspelt = |key: &&Key| closest(&key.text, missing.iter().copied()).is_some();
        match unknown.iter().position(misspelt) {
            Some(at) if missing.len() == 1 => {
                let key = unknown.remove(at);
                diagnostic = diagnostic
                    .label(key.span, "unknown key")
                    .suggest(&key.text, missing.iter().copied());
            }
            _ => diagnostic = diagnostic.label(span, format!("no {keys} here")),
        }
        scope.push(diagnostic);
    }
    for key in unknown {
        let message = format!("{what} has no key {}", quoted(&key.text));
        let mut keys: Vec<&str> = known().collect();
        keys.sort_unstable();
        let diagnostic = scope
            .diagnostic(Code::UnknownKey, message)
            .label(key.span, "unknown key")
            .note(format!("the keys there are: {}", listed(&keys)))
            .suggest(&key.text, known());
        scope.push(diagnostic);
    }
    missing.is_empty()
}

/// `a`, `b`, `c`
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    quoted.join(", ")
}

/// The text of a string; anything else is an error.
pub(super) fn string<'a>(
    value: &'a Expr,
    what: &dyn Display,
    scope: &mut Scope<'_>,
) -> Option<&'a str> {
    if value.as_str().is_none() {
        wrong_type(value, what, "a string", scope);
    }
    value.as_str()
}

/// The items of an array; anything else is an error.
pub(super) fn array<'a>(
    value: &'a Expr,
    what: &dyn Display,
    scope: &mut Scope<'_>,
) -> Option<&'a [Expr]> {
    if value.as_array().is_none() {
        wrong_type(value, what, "an array", scope);
    }
    value.as_array()
}

/// The members of an object; anything else is an error.
pub(super) fn object<'a>(
    value: &'a Expr,
    what: &dyn Display,
    scope: &mut Scope<'_>,
) -> Option<&'a Object> {
    if value.as_object().is_none() {
        wrong_type(value, what, "an object", scope);
    }
    value.as_object()
}

pub(super) fn wrong_type(value: &Expr, what: &dyn Display, expected: &str, scope: &mut Scope<'_>) {
    let message = format!("{what} must be {expected}");
    let label = format!("this is {}", value.describe());
    scope.error(Code::WrongType, message, value.span, label);
}

/// The flags of a command or event, each with the only value that it may be given.
pub(super) fn flags(object: &Object, scope: &mut Scope<'_>) {
    let only = [
        ("gen", false),
        ("success-response", false),
        ("boxed", true),
        ("allow-oob", true),
        ("allow-preconfig", true),
        ("coroutine", true),
    ];
    for (flag, allowed) in only {
        let Some(value) = object.get(flag) else {
            continue;
        };
        if !matches!(value.kind, ExprKind::Bool(given) if given == allowed) {
            let message = format!("the flag `{flag}` may only be {allowed}");
            let label = format!("{} is what it is without the flag", !allowed);
            scope.error(Code::FlagValue, message, value.span, label);
        }
    }
    if let (Some((oob, _)), Some((coroutine, _))) =
        (object.entry("allow-oob"), object.entry("coroutine"))
    {
        let message = "`allow-oob` and `coroutine` exclude one another";
        let diagnostic = scope
            .diagnostic(Code::ConflictingFlags, message)
            .label(oob.span, "")
            .label(coroutine.span, "");
        scope.push(diagnostic);
    }
}

/// Is the flag there?
pub(super) fn flag(object: &Object, name: &str) -> bool {
    object.get(name).is_some()
}
