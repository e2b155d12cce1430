use crate::Limits;
use crate::core::session::tests::{drain, named, send, tell};
use crate::core::{CallId, Session};

/// What is sent to come into step, from a number on.
fn asks(number: u64) -> Vec<u8> {
    let (first, last) = (number, number + 1);
    let text = format!(
        "{{\"execute\":\"guest-sync-delimited\",\"arguments\":{{\"id\":{first}}},\"id\":{first}}}\n\
         {{\"execute\":\"guest-sync-delimited\",\"arguments\":{{\"id\":{last}}}}}\n"
    );
    [b"\xff", text.as_bytes()].concat()
}

/// An agent's answer to it.
fn answers(number: u64, returns_ids: bool) -> Vec<u8> {
    let first = match returns_ids {
        true => format!("{{\"return\": {number}, \"id\": {number}}}\n"),
        false => format!("{{\"return\": {number}}}\n"),
    };
    let last = format!("{{\"return\": {}}}\n", number + 1);
    [b"\xff", first.as_bytes(), b"\xff", last.as_bytes()].concat()
}

/// A session whose agent has come into step, with the numbers from 7 on.
fn in_step(returns_ids: bool) -> Session {
    let mut session = Session::without_greeting(Limits::default());
    session.synchronize(7);
    comes_into_step(&mut session, 7, returns_ids);
    session
}

#[track_caller]
fn comes_into_step(session: &mut Session, number: u64, returns_ids: bool) {
    assert_eq!(
        session.outgoing().escape_ascii().to_string(),
        asks(number).escape_ascii().to_string()
    );
    session.sent(session.outgoing().len());
    session.receive(&answers(number, returns_ids));
    assert_eq!(drain(session), ["ready"]);
}

#[test]
fn the_channel_comes_into_step() {
    let mut session = Session::without_greeting(Limits::default());
    session.synchronize(7);
    session.call(named("guest-ping"));
    assert_eq!(session.outgoing(), asks(7));
    session.sent(session.outgoing().len());
    session.receive(b"{\"return\": {}, \"id\": 0}\n");
    session.receive(&answers(7, true));
    session.receive(b"{\"return\": {},");
    assert_eq!(drain(&mut session), ["ready"]);
    assert_eq!(send(&mut session), ["guest-ping"]);
    assert_eq!(tell(&mut session, r#""id": 0}"#), ["0 returns {}"]);
}

#[test]
fn agents_without_ids_get_one_call_at_a_time() {
    let mut session = in_step(false);
    for name in ["a", "b"] {
        session.call(named(name));
    }
    assert_eq!(session.outgoing(), b"{\"execute\":\"a\"}\n");
    session.sent(session.outgoing().len());
    assert_eq!(tell(&mut session, r#"{"return": 1}"#), ["0 returns 1"]);
    assert_eq!(session.outgoing(), b"{\"execute\":\"b\"}\n");
    session.sent(session.outgoing().len());
    let refused = r#"{"error": {"class": "X", "desc": "d"}}{"return": 3}"#;
    assert_eq!(tell(&mut session, refused), ["1 refused: X: d"]);
    assert_eq!(session.metrics().strays, 1);
}

#[test]
fn a_late_reply_without_an_id_is_nobody_elses() {
    for returns_ids in [false, true] {
        let mut session = in_step(returns_ids);
        let slow = session.call(named("slow"));
        session.sent(session.outgoing().len());
        assert!(session.abandon(slow));
        // As long as nobody asks for more there is no haste.
        assert!(session.outgoing().is_empty());
        let next = session.call(named("next"));
        session.receive(b"{\"return\": \"late\"}\n{\"return\": \"half");
        comes_into_step(&mut session, 9, returns_ids);
        let id = if returns_ids { r#","id":1"# } else { "" };
        assert_eq!(
            session.outgoing(),
            format!("{{\"execute\":\"next\"{id}}}\n").as_bytes()
        );
        session.sent(session.outgoing().len());
        let reply = format!(r#"{{"return": 1{id}}}"#);
        assert_eq!(tell(&mut session, &reply), ["1 returns 1"]);
        assert_eq!(next, CallId(1));
    }
}

#[test]
fn calls_that_somebody_waits_for_are_answered_first() {
    let mut session = in_step(true);
    let slow = session.call(named("slow"));
    session.call(named("a"));
    session.sent(session.outgoing().len());
    session.abandon(slow);
    session.call(named("b"));
    assert_eq!(send(&mut session), ["b"]);
    let stream = r#"{"return": 0, "id": 0}{"return": 1, "id": 1}{"return": 2, "id": 2}"#;
    assert_eq!(tell(&mut session, stream), ["1 returns 1", "2 returns 2"]);
}

#[test]
fn an_agent_that_was_not_there_is_asked_again_by_the_next_call() {
    let mut session = in_step(true);
    session.restart();
    assert_eq!(session.outgoing(), asks(9));
    // As often as somebody asks, and nobody has before who waits.
    let first = session.call(named("first"));
    session.sent(session.outgoing().len());
    session.call(named("second"));
    assert!(session.outgoing().is_empty());
    assert!(!session.abandon(first));
    assert!(!session.abandon(CallId(1)));
    session.call(named("third"));
    assert!(!session.is_up());
    comes_into_step(&mut session, 11, true);
    assert!(session.is_up());
    assert_eq!(send(&mut session), ["third"]);
}
