//! A machine's messages, passed on with every byte that is not about who has asked.

use std::borrow::Cow;
use std::ops::Range;

use qapi_types::{DecodeError, Limits, Reader};

/// The reply `message` under the id of the request that it answers, or without one.
pub(super) fn readdress(
    message: &str,
    id: Option<&str>,
    limits: Limits,
) -> Result<String, DecodeError> {
    let text = match usual(message) {
        Some(head) => match id {
            Some(id) => [head, ", \"id\": ", id, "}"].concat(),
            None => [head, "}"].concat(),
        },
        None => with_member(message, "id", id, limits)?,
    };
    Ok(text)
}

/// The greeting in `message` with other capabilities; `None` if it is no greeting.
pub(super) fn greeting(message: &str, capabilities: &str, limits: Limits) -> Option<String> {
    let greeting = find(message, "QMP", limits).ok()??;
    let greeting = &message[greeting.value];
    let greeting = with_member(greeting, "capabilities", Some(capabilities), limits).ok()?;
    with_member(message, "QMP", Some(&greeting), limits).ok()
}

/// The message on one line, as most clients read it.
pub(super) fn on_one_line(message: &str) -> Cow<'_, str> {
    match message.contains('\n') {
        false => message.into(),
        // No string has such a character in it: it is a gap, wherever it is.
        true => message.replace(['\r', '\n'], " ").into(),
    }
}

/// What comes before the id of a reply `{"return": VALUE, "id": NUMBER}`, as nearly all are. The value between the two need
/// not be looked at to find it.
fn usual(message: &str) -> Option<&str> {
    let before_id = message
        .strip_suffix('}')?
        .trim_end_matches(|character: char| character.is_ascii_digit());
    let head = before_id.strip_suffix(", \"id\": ")?;
    head.starts_with("{\"return\": ").then_some(head)
}

/// Where a member is in an object's text.
struct Place {
    /// What goes if the member goes: it, and a comma.
    member: Range<usize>,
    value: Range<usize>,
}

/// The object with the member `name` as it should be: there with this value, or not there.
fn with_member(
    object: &str,
    name: &str,
    value: Option<&str>,
    limits: Limits,
) -> Result<String, DecodeError> {
    Ok(match (find(object, name, limits)?, value) {
        (Some(place), Some(value)) => replace(object, place.value, value),
        (Some(place), None) => replace(object, place.member, ""),
        (None, Some(value)) => {
            let object = object.trim_end();
            let open = object.strip_suffix('}').unwrap_or(object);
            let comma = if open.trim_end() == "{" { "" } else { ", " };
            format!("{open}{comma}\"{name}\": {value}}}")
        }
        (None, None) => object.to_owned(),
    })
}

fn replace(text: &str, range: Range<usize>, by: &str) -> String {
    [&text[..range.start], by, &text[range.end..]].concat()
}

fn find(object: &str, name: &str, limits: Limits) -> Result<Option<Place>, DecodeError> {
    let mut reader = Reader::with_limits(object, limits);
    let mut members = reader.open_object()?;
    let mut before = reader.offset();
    let mut is_first = true;
    while let Some(member) = reader.member(&mut members)? {
        let length = reader.raw()?.len();
        let end = reader.offset();
        if member == name {
            // Of two commas one goes: the one before, or behind the first member the one after.
            let rest = object[end..].trim_start();
            let rest = match rest.strip_prefix(',') {
                Some(rest) if is_first => rest.trim_start(),
                _ => &object[end..],
            };
            return Ok(Some(Place {
                member: before..object.len() - rest.len(),
                value: end - length..end,
            }));
        }
        (before, is_first) = (end, false);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_under_other_ids() {
        for (message, id, expected) in [
            (
                r#"{"return": {"id": 5}, "id": 17}"#,
                Some(r#"["a",  1e0]"#),
                r#"{"return": {"id": 5}, "id": ["a",  1e0]}"#,
            ),
            (r#"{"return": {}, "id": 17}"#, None, r#"{"return": {}}"#),
            (
                r#"{"id": 1, "error": {"class": "A", "new": 18446744073709551616}}"#,
                Some("null"),
                r#"{"id": null, "error": {"class": "A", "new": 18446744073709551616}}"#,
            ),
            (
                r#"{"id": 1, "error": {"id": 2}}"#,
                None,
                r#"{"error": {"id": 2}}"#,
            ),
            (
                r#"{"return": "\u00e9, \"id\": 3}", "id":4 , "more": [1]}"#,
                None,
                r#"{"return": "\u00e9, \"id\": 3}" , "more": [1]}"#,
            ),
            // The machine could not read so far as to the id.
            (
                r#"{"error": {"desc": "d"}}"#,
                Some("7"),
                r#"{"error": {"desc": "d"}, "id": 7}"#,
            ),
            (
                r#"{"error": {"desc": "d"} }"#,
                None,
                r#"{"error": {"desc": "d"} }"#,
            ),
            (
                "{\"i\\u0064\": 1,\n \"return\": 5}",
                Some("\"x\""),
                "{\"i\\u0064\": \"x\",\n \"return\": 5}",
            ),
        ] {
            let found = readdress(message, id, Limits::default());
            assert_eq!(found.as_deref(), Ok(expected), "{message}");
        }
        assert!(readdress("{\"return\": }", None, Limits::default()).is_err());
    }

    #[test]
    fn greetings_with_other_capabilities() {
        for (message, expected) in [
            (
                r#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": ["oob", "new"]}}"#,
                Some(r#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}"#),
            ),
            (
                r#"{"more": 1, "QMP": {}}"#,
                Some(r#"{"more": 1, "QMP": {"capabilities": []}}"#),
            ),
            (r#"{"event": "QMP"}"#, None),
        ] {
            let found = greeting(message, "[]", Limits::default());
            assert_eq!(found.as_deref(), expected, "{message}");
        }
    }

    #[test]
    fn many_lines_become_one() {
        assert_eq!(on_one_line("{\r\n  \"a\": 1\n}"), "{    \"a\": 1 }");
        assert_eq!(on_one_line("{\"a\": \"\\n\"}"), "{\"a\": \"\\n\"}");
    }
}
