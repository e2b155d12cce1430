//! What is said about values that do not fit: the problem, the path to it, its offset.

use qapi_types::{Decode, from_slice, from_str};

use crate::types::{Mode, Node, Reference, Scalars, StrictNode};

/// The text reads as no `T`, and the error is `expected`: path and problem, then the offset.
#[track_caller]
fn check<T: Decode>(text: &str, expected: &str, offset: usize) {
    let Err(error) = from_str::<T>(text) else {
        panic!("{text} was read");
    };
    let message = match error.path().as_str() {
        "" => error.problem().to_string(),
        path => format!("{path}: {}", error.problem()),
    };
    assert_eq!((message.as_str(), error.offset()), (expected, offset));
    assert!(
        error
            .to_string()
            .starts_with(&format!("{expected} at byte {offset}, near `"))
    );
}

#[test]
fn members() {
    check::<Node>("{}", "member `driver` is missing", 0);
    check::<Node>(r#"[]"#, "expected an object, found an array", 0);
    check::<Vec<Node>>(
        r#"[{"driver": "null"}, {"driver": "file"}]"#,
        "[1]: member `filename` is missing",
        21,
    );
    check::<Node>(
        r#"{"driver": "file", "filename": "a", "backing": {"driver": "net", "transport": "tcp", "host": "h"}}"#,
        "backing: member `port` is missing",
        47,
    );
    check::<Node>(
        r#"{"driver": "file", "filename": 5}"#,
        "filename: expected a string, found a number",
        31,
    );
    check::<Node>(
        r#"{"driver": "null", "id": null}"#,
        "id: expected a string, found null",
        25,
    );
    check::<Node>(
        r#"{"id": "a", "driver": "null", "id": "a"}"#,
        "id: the member is there twice",
        36,
    );
    check::<Node>(
        r#"{"driver": "file", "filename": "a", "filename": "b"}"#,
        "filename: the member is there twice",
        48,
    );
    check::<Node>(
        r#"{"driver": ["null"]}"#,
        "driver: expected a string, found an array",
        11,
    );
}

#[test]
fn values() {
    check::<Vec<Mode>>(
        r#"["fast", "slow"]"#,
        "[1]: `slow` is not a value of Mode",
        9,
    );
    check::<Reference>(
        " 5",
        "expected a string, an object or null, found a number",
        1,
    );
    check::<Scalars>(
        r#"{"byte": 256}"#,
        "byte: expected an 8-bit unsigned integer, found the number 256",
        9,
    );
    check::<Scalars>(
        r#"{"int": 1.0}"#,
        "int: expected an integer, found the number 1.0",
        8,
    );
    check::<Scalars>(
        r#"{"number": "1"}"#,
        "number: expected a number, found a string",
        11,
    );
    check::<Scalars>(
        r#"{"list": ["a", "b", true]}"#,
        "list[2]: expected a string, found true",
        20,
    );
    check::<Scalars>(
        r#"{"inner": {"inner": {"flag": 0}}}"#,
        "inner.inner.flag: expected true or false, found a number",
        29,
    );
    check::<Scalars>(
        r#"{"null": "null"}"#,
        "null: expected null, found a string",
        9,
    );
}

#[test]
fn texts() {
    check::<Node>("", "expected an object, found the end of the text", 0);
    check::<Node>(
        r#"{"driver": "null"} {}"#,
        "something follows the value",
        19,
    );
    check::<Node>(
        r#"{"driver": "null""#,
        "expected `,` or `}`, found the end of the text",
        17,
    );
    check::<Node>(
        r#"{"driver": "null", "new": {"a": 'b'}}"#,
        r"new: expected a value, found '\''",
        32,
    );
    check::<Node>(
        r#"{"id": "a\qb", "driver": "null"}"#,
        "id: not an escape sequence of JSON",
        9,
    );
    check::<Scalars>(
        "{\"text\": \"a\nb\"}",
        "text: expected the rest of a string, found the control character 0x0a",
        11,
    );
    check::<Scalars>(
        r#"{"number": -}"#,
        "number: expected a digit, found '}'",
        12,
    );
    let error = from_slice::<Scalars>(b"{\"text\": \"a\xffb\"}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "not UTF-8 at byte 11, near `{\"text\": \"a\u{fffd}b\"}`"
    );
}

#[test]
fn strict_bindings() {
    check::<StrictNode>(
        r#"{"driver": "null", "port": 1}"#,
        "port: the type has no such member",
        19,
    );
    check::<StrictNode>(
        r#"{"driver": "tcp", "port": 1, "x": 1}"#,
        "x: the type has no such member",
        29,
    );
    check::<StrictNode>(
        r#"{"driver": "tape"}"#,
        "driver: `tape` is not a value of Driver",
        11,
    );
    let node = from_str(r#"{"port": 1, "driver": "tcp", "id": "a"}"#);
    assert!(matches!(node, Ok(StrictNode { id: Some(_), .. })));
}

#[test]
fn snippets_are_short_whole_characters_on_one_line() {
    let text = format!("[\"{}\",\n\n 5, \"{}\"]", "é".repeat(50), "✓".repeat(50));
    let error = from_str::<Vec<String>>(&text).unwrap_err();
    assert_eq!(
        error.snippet(),
        format!("{}\", 5, \"{}", "é".repeat(6), "✓".repeat(9))
    );
}

#[test]
fn what_the_peer_writes_is_legible() {
    let long = "m".repeat(1000);
    let shown = format!("{}…", "m".repeat(64));
    check::<Vec<Mode>>(
        &format!("[\"{long}\"]"),
        &format!("[0]: `{shown}` is not a value of Mode"),
        1,
    );
    check::<StrictNode>(
        &format!(r#"{{"driver": "null", "{long}": 1}}"#),
        &format!("{shown}: the type has no such member"),
        19,
    );
    check::<StrictNode>(
        r#"{"driver": "null", "\u001b[2J": 1}"#,
        "\u{fffd}[2J: the type has no such member",
        19,
    );
    let error = from_str::<Mode>("\u{1b}[2J").unwrap_err();
    assert_eq!(error.snippet(), "\u{fffd}[2J");
    let number = "9".repeat(1000);
    let expected = format!(
        "expected a 64-bit signed integer, found the number {}…",
        "9".repeat(64)
    );
    check::<i64>(&number, &expected, 0);
}
