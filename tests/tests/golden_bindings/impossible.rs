use crate::bindings::impossible::types::*;
use crate::{refused, same};

/// Such a member can be absent only, and whatever is sent for it is refused.
#[test]
fn what_has_no_value_is_refused() {
    same::<Holder>(&["{}"]);
    for (text, expected) in [
        (
            r#"{"endless":{"again":{"again":{}}}}"#,
            "endless.again: expected a value without end, found an object",
        ),
        (r#"{"endless":{}}"#, "endless: member `again` is missing"),
        (
            r#"{"ping":{"pong":{"ping":{}}}}"#,
            "ping.pong: expected a value without end, found an object",
        ),
        (
            r#"{"only":{"only":{}}}"#,
            "only.only: expected a value without end, found an object",
        ),
        (
            r#"{"nothing":"x"}"#,
            "nothing: `x` is not a value of Nothing",
        ),
        (
            r#"{"outer":{"kind":"inner","outer":{}}}"#,
            "outer.outer: expected a value without end, found an object",
        ),
        (
            r#"{"left":{"gone":"gone"}}"#,
            "left.gone: `gone` is not a value of Left",
        ),
        (
            r#"{"nought":"a"}"#,
            "nought: expected nothing, found a string",
        ),
    ] {
        assert_eq!(refused::<Holder>(text), expected, "{text}");
    }
}

#[test]
fn a_circle_that_can_end_is_none() {
    same::<Holder>(&[r#"{"either":[{"either":[]},{"either":{"either":[]}}]}"#]);
}
