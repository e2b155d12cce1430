use proptest::prelude::*;

use super::{Outcome, Session, Step};
use crate::Limits;
use crate::core::Violation;

const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}"#;

/// What the session tells after it has received `stream`, in words.
fn tell(session: &mut Session, stream: &str) -> Vec<String> {
    session.receive(stream.as_bytes());
    drain(session)
}

/// What the session has to tell, in words.
fn drain(session: &mut Session) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        told.push(match session.step() {
            Ok(None) => return told,
            Ok(Some(Step::Ready)) => "ready".to_owned(),
            Ok(Some(Step::Event(event))) => format!("event {} {}", event.name, event.data.json()),
            Ok(Some(Step::Reply { id, outcome })) => match outcome {
                Outcome::Returned(value) => format!("{} returns {}", id.0, value.json()),
                Outcome::Refused(refusal) => format!("{} refused: {refusal}", id.0),
                Outcome::Unreadable { error, json } => {
                    format!("{} unreadable: {error}: {json}", id.0)
                }
            },
            Err(violation) => {
                assert_eq!(session.step().err(), Some(violation.clone()));
                return [told, vec![format!("violation: {violation}")]].concat();
            }
        });
    }
}

/// A session that is ready and has sent three commands, with the ids 1 to 3.
fn ready() -> Session {
    let mut session = Session::new(Limits::default());
    assert_eq!(tell(&mut session, GREETING), [""; 0]);
    assert_eq!(tell(&mut session, r#"{"return": {}, "id": 0}"#), ["ready"]);
    for name in ["one", "two", "three"] {
        session.call(name, None);
    }
    session
}

#[test]
fn commands_go_out_in_their_order_with_ids() {
    let session = ready();
    let expected = concat!(
        r#"{"execute":"qmp_capabilities","id":0}"#,
        r#"{"execute":"one","id":1}"#,
        r#"{"execute":"two","id":2}"#,
        r#"{"execute":"three","id":3}"#,
    );
    assert_eq!(session.outgoing(), expected.as_bytes());
    assert_eq!(
        session.greeting().map(|greeting| greeting.version.major),
        Some(10)
    );
}

#[test]
fn negotiation() {
    for (stream, expected) in [
        // events before the greeting's reply
        (
            format!(r#"{{"event": "A"}}{GREETING}{{"event": "B"}}{{"return": {{}}, "id": 0}}"#),
            vec!["event A {}", "event B {}", "ready"],
        ),
        (
            r#"{"return": {}}"#.to_owned(),
            vec!["violation: the server does not greet"],
        ),
        (
            format!(r#"{GREETING}{{"id": 0, "error": {{"class": "GenericError", "desc": "no"}}}}"#),
            vec!["violation: the server does not negotiate: GenericError: no"],
        ),
        (
            format!(r#"{GREETING}{{"error": {{"class": "GenericError", "desc": "no"}}}}"#),
            vec!["violation: the server does not negotiate: GenericError: no"],
        ),
        (
            "SSH-2.0".to_owned(),
            vec!["violation: a message begins with `S`, not with `{`"],
        ),
    ] {
        let mut session = Session::new(Limits::default());
        assert_eq!(tell(&mut session, &stream), expected);
    }
}

#[test]
fn replies_find_their_calls() {
    for (stream, expected, dropped) in [
        (
            r#"{"return": 1, "id": 2}{"id": 1, "return": 2}"#,
            vec!["2 returns 1", "1 returns 2"],
            0,
        ),
        // twice, unknown, of a foreign kind, without an id
        (
            r#"{"return": 1, "id": 1}{"return": 1, "id": 1}"#,
            vec!["1 returns 1"],
            1,
        ),
        (
            r#"{"return": 1, "id": 77}{"return": 1, "id": "1"}{"return": 1}"#,
            vec![],
            3,
        ),
        (
            r#"{"error": {"class": "X", "desc": "d"}, "id": [1]}"#,
            vec![],
            1,
        ),
        // an error without an id is the oldest call's
        (
            r#"{"error": {"class": "X", "desc": "d"}}{"return": 2, "id": 2}{"error": {"class": "Y", "desc": "d"}}"#,
            vec!["1 refused: X: d", "2 returns 2", "3 refused: Y: d"],
            0,
        ),
        // messages of unknown kinds, with and without an id that is known
        (
            r#"{"news": 1}{"QMP": {}}{"return": 1, "id": 3}"#,
            vec!["3 returns 1"],
            2,
        ),
        (
            r#"{"error": {"class": "X"}, "id": 1}"#,
            vec![
                r#"1 unreadable: error: member `desc` is missing at byte 10, near `{"error": {"class": "X"}, "id": 1}`: {"error": {"class": "X"}, "id": 1}"#,
            ],
            0,
        ),
        (
            r#"{"event": "E", "timestamp": {"seconds": -1, "microseconds": -1}}"#,
            vec!["event E {}"],
            0,
        ),
        // what is not JSON ends the session
        (
            r#"{"return": 1, "id": 1}{"return" 1}{"return": 2, "id": 2}"#,
            vec![
                "1 returns 1",
                "violation: a message is not JSON: expected `:`, found a number at byte 10, near `{\"return\" 1}`",
            ],
            0,
        ),
        (
            "{\"a\": \"\u{1}\"}",
            vec![
                "violation: a message is not JSON: expected the rest of a string, found the control character 0x01 at byte 7, near `{\"a\": \"\u{fffd}\"}`",
            ],
            0,
        ),
    ] {
        let mut session = ready();
        assert_eq!(tell(&mut session, stream), expected, "{stream}");
        assert_eq!(session.dropped(), dropped, "{stream}");
    }
}

#[test]
fn abandoned_calls_answer_nobody() {
    let mut session = ready();
    let four = session.call("four", None);
    session.abandon(four);
    let stream = r#"{"return": 4, "id": 4}{"return": 3, "id": 3}"#;
    assert_eq!(tell(&mut session, stream), ["3 returns 3"]);
    assert_eq!(session.dropped(), 1);
}

#[test]
fn limits_end_the_session() {
    let limits = Limits {
        message: 200,
        ..Limits::default()
    };
    let mut session = Session::new(limits);
    tell(&mut session, GREETING);
    let told = tell(
        &mut session,
        &format!(r#"{{"return": "{}", "id": 0}}"#, "a".repeat(200)),
    );
    assert_eq!(told, ["violation: a message has more than 200 bytes"]);
    // Nothing more is taken in.
    session.receive(&[b' '; 1000]);
    assert_eq!(
        session.step().err(),
        Some(Violation::TooLong { limit: 200 })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the server sends, and however it is cut, the session tells the same.
    #[test]
    fn servers_of_any_kind_do_no_harm(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                GREETING, r#"{"return": {}, "id": 0}"#, r#"{"return": [1], "id": 1}"#, r#"{"return": 1}"#,
                r#"{"error": {"class": "X", "desc": "d"}}"#, r#"{"error": {"class": "X"}, "id": 2}"#,
                r#"{"event": "E", "data": {"a": 1}}"#, r#"{"event": 1}"#, "{}", "\r\n", "{", "}", "]", "\"", "\\", "x", "\u{e9}",
            ]),
            0..12,
        ),
        size in 1_usize..40,
    ) {
        let stream = pieces.concat();
        let told = |chunks: Vec<&[u8]>| {
            let mut session = Session::new(Limits::default());
            session.call("early", None);
            let mut told = Vec::new();
            for chunk in chunks {
                session.receive(chunk);
                told.extend(drain(&mut session));
                if told.last().is_some_and(|last| last.starts_with("violation")) {
                    break;
                }
            }
            (told, session.dropped())
        };
        prop_assert_eq!(told(vec![stream.as_bytes()]), told(stream.as_bytes().chunks(size).collect()));
    }
}
