//! Conditions: `'if': 'CONFIG_X'`, or an object with one of `all`, `any`, `not`.

use std::fmt::Display;

use super::keys;
use super::scope::Scope;
use crate::diagnostic::{Code, quoted};
use crate::schema::Condition;
use crate::syntax::{Expr, Object};

/// The condition of an object, if it has one that can be read.
pub(super) fn read(
    object: &Object,
    what: &dyn Display,
    scope: &mut Scope<'_>,
) -> Option<Condition> {
    condition(object.get("if")?, what, scope)
}

/// condition = symbol | "{" ("all" | "any") ":" conditions "}" | "{" "not" ":" condition "}"
fn condition(value: &Expr, what: &dyn Display, scope: &mut Scope<'_>) -> Option<Condition> {
    if let Some(symbol) = value.as_str() {
        let proper = symbol.starts_with(|ch: char| ch.is_ascii_uppercase())
            && symbol
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !proper {
            let message = format!("the condition {} of {what} is no symbol", quoted(symbol));
            let label = "upper-case letters, digits and `_`, a letter first";
            scope.error(Code::InvalidCondition, message, value.span, label);
            return None;
        }
        return Some(Condition::Defined(symbol.to_owned()));
    }
    let Some(object) = value.as_object() else {
        let message = format!("the condition of {what} must be a string or an object");
        let label = format!("this is {}", value.describe());
        scope.error(Code::InvalidCondition, message, value.span, label);
        return None;
    };
    let subject = format!("the condition of {what}");
    let before = scope.sink.errors();
    keys::check(
        object,
        value.span,
        &subject,
        &[],
        &["all", "any", "not"],
        scope,
    );
    if scope.sink.errors() > before {
        return None;
    }
    let [(key, operand)] = object.members.as_slice() else {
        let message = format!("{subject} must have exactly one key");
        let label = "expected one of `all`, `any`, `not`";
        scope.error(Code::InvalidCondition, message, value.span, label);
        return None;
    };
    if key.text == "not" {
        let inner = condition(operand, what, scope)?;
        return Some(Condition::Not(Box::new(inner)));
    }
    let items = operand.as_array().filter(|items| !items.is_empty());
    let Some(items) = items else {
        let message = format!(
            "{} in {subject} must be an array, and not empty",
            quoted(&key.text)
        );
        let label = "expected an array of conditions";
        scope.error(Code::InvalidCondition, message, operand.span, label);
        return None;
    };
    let inner: Vec<_> = items
        .iter()
        .map(|item| condition(item, what, scope))
        .collect();
    let inner: Option<Vec<Condition>> = inner.into_iter().collect();
    Some(match key.text.as_str() {
        "all" => Condition::All(inner?),
        _ => Condition::Any(inner?),
    })
}
