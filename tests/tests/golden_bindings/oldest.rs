use qapi_types::{from_str, to_string};

use crate::bindings::oldest::{
    commands::QueryAnswer,
    types::{Answer, Kind},
};
use crate::refused;

#[test]
fn an_older_server_may_leave_out_what_came_later() {
    let answer: Answer = from_str(r#"{"always": "a", "before": "b"}"#).unwrap();
    assert_eq!((answer.after, answer.kind), (None, None));
    assert_eq!(
        refused::<Answer>(r#"{"always": "a", "after": "c"}"#),
        "member `before` is missing"
    );
}

/// What is sent is not: who leaves it out is refused by every server that knows it.
#[test]
fn what_is_sent_stays_required() {
    assert_eq!(
        to_string(&QueryAnswer::new(Kind::First)),
        r#"{"style":"first"}"#
    );
}
