//! The rules for names.

use std::borrow::Cow;
use std::fmt::{self, Display};

use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::source::Span;

/// The letters that a rule may allow beyond lower case, digits and `-`.
#[derive(Clone, Copy, Default)]
pub(super) struct Permit {
    pub(super) upper: bool,
    pub(super) underscore: bool,
}

impl Permit {
    /// What `member-name-exceptions` allows.
    pub(super) fn all_if(permissive: bool) -> Permit {
        Permit {
            upper: permissive,
            underscore: permissive,
        }
    }
}

/// The name in C: where names are compared, this is what is compared.
pub(super) fn mangled(name: &str) -> Cow<'_, str> {
    match name.contains(['-', '.']) {
        true => name.chars().map(in_c).collect(),
        false => name.into(),
    }
}

/// Whether two names are the same in C.
pub(super) fn same_mangled(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.chars().map(in_c).eq(other.chars().map(in_c))
}

fn in_c(ch: char) -> char {
    match ch {
        '-' | '.' => '_',
        _ => ch,
    }
}

impl Diagnostic {
    /// Of names that clash and are not the same: why they clash.
    pub(super) fn note_mangled(self, one: &str, other: &str) -> Self {
        match one == other {
            true => self,
            false => self.note("in names `-`, `_` and `.` count as the same, as they do in C"),
        }
    }
}

/// name = [ "__" RFQDN "_" ] [ "x-" ] letter { letter | digit | "-" | "_" } ; answers what follows the prefixes.
fn stem(name: &str) -> Option<&str> {
    let valid = |stem: &str| {
        stem.starts_with(|ch: char| ch.is_ascii_alphabetic())
            && stem
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let without_x = |rest: &'_ str| -> Option<usize> {
        let experimental = rest.len() >= 2 && rest[..2].eq_ignore_ascii_case("x-");
        if experimental && valid(&rest[2..]) {
            return Some(2);
        }
        valid(rest).then_some(0)
    };
    if !name.is_ascii() {
        return None;
    }
    if let Some(rest) = name.strip_prefix("__") {
        // The longest prefix that leaves a name; the RFQDN itself holds no `_`.
        let end = rest.find('_')?;
        let domain = &rest[..end];
        let proper = !domain.is_empty()
            && domain
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
        let rest = &rest[end + 1..];
        return if proper {
            without_x(rest).map(|at| &rest[at..])
        } else {
            None
        };
    }
    without_x(name).map(|at| &name[at..])
}

/// Checks what holds for every name; answers the part that the rules for case look at.
fn any<'a>(
    name: &'a str,
    what: &dyn Display,
    span: Span,
    scope: &mut Scope<'_>,
) -> Option<&'a str> {
    let Some(stem) = stem(name) else {
        let message = format!("{what} has an invalid name");
        let diagnostic = scope
            .diagnostic(Code::InvalidName, message)
            .label(span, invalid_because(name));
        scope.push(diagnostic);
        return None;
    };
    if name.starts_with("q_") || name.starts_with("q-") {
        let message = format!("{what} has a reserved name");
        let label = "names that begin with `q_` or `q-` are kept for generated code";
        scope.error(Code::ReservedName, message, span, label);
        return None;
    }
    Some(stem)
}

fn invalid_because(name: &str) -> &'static str {
    if name.is_empty() {
        "the name is empty"
    } else if name.starts_with("__") {
        "expected `__RFQDN_NAME`, as in `__org.example_name`"
    } else if !name.starts_with(|ch: char| ch.is_ascii_alphabetic()) {
        "a name begins with a letter"
    } else {
        "a name is made of letters, digits, `-` and `_`"
    }
}

/// Events: no lower case, no `-`.
pub(super) fn event(name: &str, span: Span, scope: &mut Scope<'_>) {
    let Some(stem) = any(name, &"this event", span, scope) else {
        return;
    };
    if stem.bytes().any(|b| b.is_ascii_lowercase() || b == b'-') {
        let diagnostic = scope
            .diagnostic(
                Code::EventCase,
                "the name of an event has no lower case and no `-`",
            )
            .label(span, "")
            .help(format!(
                "write {}",
                quoted(&name.to_ascii_uppercase().replace('-', "_"))
            ));
        scope.push(diagnostic);
    }
}

/// Commands, members, values, features, alternate branches: no upper case, no `_`, unless permitted.
pub(super) fn lower(
    name: &str,
    what: &dyn Display,
    permit: Permit,
    span: Span,
    scope: &mut Scope<'_>,
) {
    let Some(stem) = any(name, what, span, scope) else {
        return;
    };
    let upper = !permit.upper && stem.bytes().any(|b| b.is_ascii_uppercase());
    let underscore = !permit.underscore && stem.contains('_');
    if upper || underscore {
        let message = format!("{what} has a name with upper case or `_`");
        let prefix = &name[..name.len() - stem.len()];
        let proper = format!("{prefix}{}", stem.to_ascii_lowercase().replace('_', "-"));
        let diagnostic = scope
            .diagnostic(Code::LowerCase, message)
            .label(span, "")
            .help(format!("write {}", quoted(&proper)));
        scope.push(diagnostic);
    }
}

/// Enum values: as members, and they may begin with a digit.
pub(super) fn value(
    name: &str,
    what: &dyn Display,
    permit: Permit,
    span: Span,
    scope: &mut Scope<'_>,
) {
    if name.starts_with(|ch: char| ch.is_ascii_digit()) {
        let hidden = format!("d{name}");
        lower(&hidden, what, permit, span, scope);
    } else {
        lower(name, what, permit, span, scope);
    }
}

/// Types: CamelCase with a lower-case letter, not ending in `List`.
pub(super) fn camel(name: &str, kind: &str, span: Span, scope: &mut Scope<'_>) {
    let Some(stem) = any(name, &format_args!("this {kind}"), span, scope) else {
        return;
    };
    let camel = stem.starts_with(|ch: char| ch.is_ascii_uppercase())
        && stem.bytes().all(|b| b.is_ascii_alphanumeric())
        && stem.bytes().any(|b| b.is_ascii_lowercase());
    if !camel {
        let message = format!("the name of {} must be in CamelCase", Article(kind));
        let label = if stem.bytes().any(|b| b.is_ascii_lowercase()) {
            "an upper-case letter first, no `-`, no `_`"
        } else {
            "one letter at least is in lower case"
        };
        scope.error(Code::CamelCase, message, span, label);
    } else if name.ends_with("List") {
        let message = format!("the name of {} must not end in `List`", Article(kind));
        let label = "such names are kept for array types";
        scope.error(Code::ListSuffix, message, span, label);
    }
}

/// Members: as other lower-case names, and some are reserved even where exceptions permit much.
pub(super) fn member(
    name: &str,
    what: &dyn Display,
    permit: Permit,
    span: Span,
    scope: &mut Scope<'_>,
) {
    lower(name, what, permit, span, scope);
    if name == "u" || name.starts_with("has_") || name.starts_with("has-") {
        let message = format!("{what} has a reserved name");
        let label = "`u`, and names that begin with `has-` or `has_`, are kept for generated code";
        scope.error(Code::ReservedName, message, span, label);
    }
}

/// A kind of definition with its article: `an enum`, `a struct`.
pub(super) struct Article<'a>(pub(super) &'a str);

impl fmt::Display for Article<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = match self.0.starts_with(['a', 'e', 'i', 'o']) {
            true => "an",
            false => "a",
        };
        write!(f, "{article} {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn the_stem_is_what_follows_the_prefixes() {
        assert_eq!(stem("query-status"), Some("query-status"));
        assert_eq!(stem("x-debug"), Some("debug"));
        assert_eq!(stem("x-"), Some("x-"));
        assert_eq!(stem("__org.qemu_x-Enum"), Some("Enum"));
        assert_eq!(stem("__ORG.QEMU_X-EVENT"), Some("EVENT"));
        for wrong in [
            "", "_oops", "-a", "1a", "a b", "a.b", "__org_", "__org", "é",
        ] {
            assert_eq!(stem(wrong), None, "{wrong}");
        }
    }
}
