//! How long the ids are that calls have on the wire.

use super::Session;
use super::tests::{named, send, tell};
use crate::Limits;

/// The id of the next call, which is answered.
fn next_id(session: &mut Session) -> String {
    session.call(named("next"));
    let request = String::from_utf8(session.outgoing().to_vec()).unwrap();
    session.sent(request.len());
    let id = request.trim_end_matches('}').rsplit(':').next().unwrap();
    let told = tell(session, &format!(r#"{{"return": 1, "id": {id}}}"#));
    assert_eq!(told.len(), 1, "{request}");
    id.to_owned()
}

/// A call is sent, and nobody waits for its reply any more.
fn give_up(session: &mut Session) {
    let id = session.call(named("slow"));
    send(session);
    session.abandon(id);
}

#[test]
fn ids_start_again_while_every_call_has_one_reply() {
    type Disturbance = fn(&mut Session);
    let disturbances: [(&str, Disturbance, &str); 7] = [
        ("nothing", |_| {}, "1"),
        (
            "an event",
            |session| drop(tell(session, r#"{"event": "A"}"#)),
            "1",
        ),
        (
            "a reply that was not waited for",
            |session| {
                give_up(session);
                assert_eq!(tell(session, r#"{"return": 1, "id": 2}"#), [""; 0]);
            },
            "2",
        ),
        (
            "a reply to nothing",
            |session| drop(tell(session, r#"{"return": 1, "id": 1}"#)),
            "11",
        ),
        ("a reply that is missing", give_up, "12"),
        (
            "an error that does not say whose it is",
            |session| {
                session.call(named("a"));
                send(session);
                tell(session, r#"{"error": {"class": "X", "desc": "d"}}"#);
            },
            "12",
        ),
        (
            "another connection after that",
            |session| {
                tell(session, r#"{"return": 1, "id": 1}"#);
                session.restart();
            },
            "1",
        ),
    ];
    for (what, disturb, expected) in disturbances {
        let mut session = Session::without_greeting(Limits::default());
        let first: Vec<String> = (0..12).map(|_| next_id(&mut session)).collect();
        assert_eq!(
            first,
            ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "1"]
        );
        disturb(&mut session);
        let later: Vec<String> = (0..10).map(|_| next_id(&mut session)).collect();
        assert_eq!(later.last().unwrap(), expected, "{what}: {later:?}");
    }
}
