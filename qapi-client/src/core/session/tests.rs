use proptest::prelude::*;

use super::{Outcome, Session, Step};
use crate::Limits;
use crate::core::{Buffer, Call, CallId, Delivery, End, Filter, Inbox, Overflow};

pub(super) const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}"#;

/// What the session tells after it has received `stream`, in words.
pub(super) fn tell(session: &mut Session, stream: &str) -> Vec<String> {
    session.receive(stream.as_bytes());
    drain(session)
}

/// What the session has to tell, in words.
pub(super) fn drain(session: &mut Session) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(step) = session.step() {
        told.push(match step {
            Step::Ready => "ready".to_owned(),
            Step::Reply { id, outcome } => match outcome {
                Outcome::Returned(value) => format!("{} returns {}", id.0, value.json()),
                Outcome::Refused(refusal) => format!("{} refused: {refusal}", id.0),
                Outcome::Unreadable { error, json } => {
                    format!("{} unreadable: {error}: {json}", id.0)
                }
                Outcome::Lost { sent } => format!("{} lost, sent: {sent}", id.0),
            },
        });
    }
    told
}

fn end_of(session: &Session) -> String {
    session.ended().map(End::to_string).unwrap_or_default()
}

pub(super) fn named(name: &str) -> Call {
    Call::new(name, None)
}

/// A session that is ready and has sent three commands, with the ids 1 to 3.
fn ready() -> Session {
    let mut session = Session::new(Limits::default());
    assert_eq!(tell(&mut session, GREETING), [""; 0]);
    assert_eq!(tell(&mut session, r#"{"return": {}, "id": 0}"#), ["ready"]);
    for name in ["one", "two", "three"] {
        session.call(named(name));
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
    for (stream, told, heard, end) in [
        // events before the greeting's reply
        (
            format!(r#"{{"event": "A"}}{GREETING}{{"event": "B"}}{{"return": {{}}, "id": 0}}"#),
            &["ready"][..],
            &["A {}", "B {}"][..],
            "",
        ),
        (
            r#"{"return": {}}"#.to_owned(),
            &[],
            &[],
            "this is not QMP: the server does not greet",
        ),
        (
            format!(r#"{GREETING}{{"id": 0, "error": {{"class": "GenericError", "desc": "no"}}}}"#),
            &[],
            &[],
            "this is not QMP: the server does not negotiate: GenericError: no",
        ),
        (
            format!(r#"{GREETING}{{"error": {{"class": "GenericError", "desc": "no"}}}}"#),
            &[],
            &[],
            "this is not QMP: the server does not negotiate: GenericError: no",
        ),
        (
            "SSH-2.0".to_owned(),
            &[],
            &[],
            "this is not QMP: a message begins with `S`, not with `{`",
        ),
    ] {
        let mut session = Session::new(Limits::default());
        let inbox = session.subscribe(Filter::all(), Buffer::default());
        assert_eq!(tell(&mut session, &stream), told);
        assert_eq!(end_of(&session), end);
        let mut expected = heard.to_vec();
        if !end.is_empty() {
            expected.push(end);
        }
        assert_eq!(hear(&inbox, expected.len()), expected);
    }
}

/// The first that a subscriber is told.
fn hear(inbox: &Inbox, count: usize) -> Vec<String> {
    let told = std::iter::from_fn(|| inbox.take()).take(count);
    let words = told.map(|delivery| match delivery {
        Delivery::Event(event) => format!("{} {}", event.name, event.data.json()),
        Delivery::Gap(count) => format!("gap {count:?}"),
        Delivery::Overflow => "overflow".to_owned(),
        Delivery::End(end) => end.to_string(),
    });
    words.collect()
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
        // what a terminal gives back
        (
            r#"{"execute":"one","id":1}{"exec-oob":"two","id":2}{"return": 1, "id": 1}"#,
            vec!["1 returns 1"],
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
            vec![],
            0,
        ),
        // what is not JSON ends the session
        (
            r#"{"return": 1, "id": 1}{"return" 1}{"return": 2, "id": 2}"#,
            vec!["1 returns 1", "2 lost, sent: false", "3 lost, sent: false"],
            0,
        ),
    ] {
        let mut session = ready();
        assert_eq!(tell(&mut session, stream), expected, "{stream}");
        assert_eq!(session.metrics().strays, dropped, "{stream}");
    }
}

#[test]
fn abandoned_calls_answer_nobody() {
    let mut session = ready();
    let four = session.call(named("four"));
    session.abandon(four);
    let stream = r#"{"return": 4, "id": 4}{"return": 3, "id": 3}"#;
    assert_eq!(tell(&mut session, stream), ["3 returns 3"]);
    assert_eq!(session.metrics().late_replies, 1);
}

#[test]
fn what_is_not_json_ends_the_session() {
    for (stream, end) in [
        (
            &b"{\"return\" 1}"[..],
            "this is not QMP: a message is not JSON: expected `:`, found a number at byte 10, near `{\"return\" 1}`",
        ),
        (
            b"{\"a\": \"\x01\"}",
            "this is not QMP: a message is not JSON: expected the rest of a string, found the control character 0x01 at byte 7, near `{\"a\": \"\u{fffd}\"}`",
        ),
        (
            b"{\"a\": \"\xe9\"}",
            "this is not QMP: a message is not JSON: not UTF-8 at byte 7, near `{\"a\": \"\u{fffd}\"}`",
        ),
    ] {
        let mut session = ready();
        session.receive(stream);
        assert_eq!(drain(&mut session).len(), 3);
        assert_eq!(end_of(&session), end);
    }
}

#[test]
fn limits_end_the_session() {
    let limits = Limits {
        message: 200,
        ..Limits::default()
    };
    let mut session = Session::new(limits);
    tell(&mut session, GREETING);
    let long = format!(r#"{{"return": "{}", "id": 0}}"#, "a".repeat(200));
    let end = "this is not QMP: a message has more than 200 bytes";
    assert_eq!(tell(&mut session, &long), ["0 lost, sent: false"]);
    assert_eq!(end_of(&session), end);
    // Nothing more is taken in, and no call lives.
    session.receive(&[b' '; 1000]);
    session.call(named("late"));
    assert_eq!(drain(&mut session), ["1 lost, sent: false"]);
    assert_eq!(end_of(&session), end);
}

/// The commands that are to be sent, by name; they are sent.
pub(super) fn send(session: &mut Session) -> Vec<String> {
    let text = String::from_utf8(session.outgoing().to_vec()).unwrap();
    session.sent(text.len());
    let requests = text.split_inclusive('}').filter(|part| part.contains("id"));
    let name = |request: &str| request.split('"').nth(3).unwrap().to_owned();
    requests.map(name).collect()
}

#[test]
fn calls_wait_for_the_negotiation_and_for_room() {
    let limits = Limits {
        in_flight: 2,
        ..Limits::default()
    };
    let mut session = Session::new(limits);
    let ids = ["a", "b", "c", "d"].map(|name| session.call(named(name)));
    assert!(send(&mut session).is_empty());
    tell(&mut session, GREETING);
    assert_eq!(send(&mut session), ["qmp_capabilities"]);
    assert_eq!(tell(&mut session, r#"{"return": {}, "id": 4}"#), ["ready"]);
    assert_eq!(send(&mut session), ["a", "b"]);
    // One that is on its way cannot be taken back, one that waits can.
    assert!(session.abandon(ids[0]));
    assert!(!session.abandon(ids[2]));
    assert!(send(&mut session).is_empty());
    assert_eq!(tell(&mut session, r#"{"return": {}, "id": 0}"#), [""; 0]);
    assert_eq!(send(&mut session), ["d"]);
    let stream = r#"{"return": 1, "id": 1}{"return": 3, "id": 3}"#;
    assert_eq!(tell(&mut session, stream), ["1 returns 1", "3 returns 3"]);
}

#[test]
fn replies_that_never_come_block_nobody() {
    let limits = Limits {
        in_flight: 1,
        ..Limits::default()
    };
    let mut session = Session::without_greeting(limits);
    for name in ["a", "b", "c"] {
        let id = session.call(named(name));
        assert_eq!(send(&mut session), [name]);
        assert!(session.abandon(id));
    }
    session.call(named("d"));
    assert_eq!(send(&mut session), ["d"]);
    session.call(named("e"));
    assert!(send(&mut session).is_empty());
    assert_eq!(
        tell(&mut session, r#"{"return": 3, "id": 3}"#),
        ["3 returns 3"]
    );
    assert_eq!(send(&mut session), ["e"]);
}

#[test]
fn commands_that_answer_on_failure_only_leave_the_line() {
    let limits = Limits {
        in_flight: 1,
        ..Limits::default()
    };
    let mut session = Session::without_greeting(limits);
    let silent = session.call(named("guest-shutdown").silent());
    session.call(named("a"));
    assert_eq!(send(&mut session), ["guest-shutdown"]);
    assert!(session.abandon(silent));
    assert_eq!(send(&mut session), ["a"]);
    // An error without an id is not for the one that has left.
    let stream = r#"{"error": {"class": "X", "desc": "d"}}"#;
    assert_eq!(tell(&mut session, stream), ["1 refused: X: d"]);
}

/// A session that has out-of-band execution and room for one in-band command.
fn out_of_band() -> Session {
    let limits = Limits {
        in_flight: 1,
        ..Limits::default()
    };
    let mut session = Session::new(limits);
    session.ask_for_out_of_band();
    tell(&mut session, GREETING);
    assert_eq!(
        session.outgoing(),
        br#"{"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":0}"#
    );
    session.sent(session.outgoing().len());
    assert_eq!(tell(&mut session, r#"{"return": {}, "id": 0}"#), ["ready"]);
    session
}

#[test]
fn out_of_band_commands_overtake() {
    let mut session = out_of_band();
    assert!(session.has_out_of_band());
    session.call(named("a"));
    session.call(named("b"));
    session.call(Call::out_of_band("c", None));
    let sent = String::from_utf8_lossy(session.outgoing()).into_owned();
    assert_eq!(sent, r#"{"execute":"a","id":1}{"exec-oob":"c","id":3}"#);
    session.sent(sent.len());
    let stream = r#"{"return": 3, "id": 3}{"return": 1, "id": 1}"#;
    assert_eq!(tell(&mut session, stream), ["3 returns 3", "1 returns 1"]);
    // The line is as long as the server reads ahead, even if nobody wants what stands in it.
    assert_eq!(send(&mut session), ["b"]);
    session.abandon(CallId(2));
    session.call(named("d"));
    assert!(send(&mut session).is_empty());
}

#[test]
fn out_of_band_execution_is_asked_for_where_it_is_offered() {
    let mut session = Session::new(Limits::default());
    session.ask_for_out_of_band();
    tell(&mut session, &GREETING.replace("oob", "news"));
    assert_eq!(
        session.outgoing(),
        br#"{"execute":"qmp_capabilities","id":0}"#
    );
    assert!(!session.has_out_of_band());
}

#[test]
fn descriptors_go_with_their_command_and_one_at_a_time() {
    let mut session = Session::without_greeting(Limits::default());
    session.call(named("a"));
    let b = session.call(named("b").with_descriptors());
    session.call(named("c"));
    let d = session.call(named("d").with_descriptors());
    session.call(named("e"));
    assert_eq!(session.descriptors(), None);
    assert_eq!(send(&mut session), ["a"]);
    assert_eq!(session.descriptors(), Some(b));
    assert!(session.outgoing().starts_with(br#"{"execute":"b""#));
    // With the first byte they are gone.
    session.sent(1);
    assert_eq!(session.descriptors(), None);
    session.sent(session.outgoing().len());
    assert!(session.outgoing().is_empty());
    tell(&mut session, r#"{"return": 1, "id": 1}"#);
    assert_eq!(session.descriptors(), Some(d));
    assert_eq!(send(&mut session), ["d", "e"]);
}

#[test]
fn the_end_of_the_connection_ends_all_calls() {
    let limits = Limits {
        in_flight: 3,
        ..Limits::default()
    };
    let mut session = Session::without_greeting(limits);
    let inbox = session.subscribe(Filter::all(), Buffer::default());
    for name in ["a", "b", "c", "d"] {
        session.call(named(name));
    }
    session.abandon(CallId(0));
    // The third is cut off in the middle.
    session.sent(session.outgoing().len() - 1);
    session.receive(br#"{"event": "LAST"}{"ret"#);
    assert!(drain(&mut session).is_empty());
    session.finish(End::Closed);
    session.finish(End::Violation(crate::core::Violation::NoGreeting));
    session.call(named("e"));
    assert_eq!(
        drain(&mut session),
        [
            "1 lost, sent: true",
            "2 lost, sent: false",
            "3 lost, sent: false",
            "4 lost, sent: false"
        ]
    );
    let end = "the server has closed the connection";
    assert_eq!(end_of(&session), end);
    assert_eq!(hear(&inbox, 3), ["LAST {}", end, end]);
    let late = session.subscribe(Filter::all(), Buffer::default());
    assert_eq!(hear(&late, 1), [end]);
}

#[test]
fn a_new_connection_goes_on_with_what_was_not_sent() {
    let mut session = ready();
    session.limits.in_flight = 3;
    let inbox = session.subscribe(Filter::all(), Buffer::default());
    session.call(named("four"));
    session.sent(session.outgoing().len());
    tell(&mut session, r#"{"event": "OLD"}{"return": 1, "id"#);
    session.restart();
    let lost = [
        "1 lost, sent: true",
        "2 lost, sent: true",
        "3 lost, sent: true",
    ];
    assert_eq!(drain(&mut session)[..3], lost);
    tell(&mut session, GREETING);
    send(&mut session);
    let negotiated = r#"{"event": "NEW"}{"return": {}, "id": 5}{"return": 1, "id": 1}"#;
    assert_eq!(tell(&mut session, negotiated), ["ready"]);
    assert_eq!(hear(&inbox, 9), ["OLD {}", "gap None", "NEW {}"]);
    assert_eq!(session.metrics().strays, 1);
}

#[test]
fn a_subscriber_without_room_holds_the_session_up() {
    let mut session = ready();
    let all = session.subscribe(Filter::all(), Buffer::default());
    let buffer = Buffer {
        events: 1,
        overflow: Overflow::Wait,
        ..Buffer::default()
    };
    let patient = session.subscribe(Filter::from("A*"), buffer);
    let stream =
        r#"{"event": "B"}{"event": "A1"}{"event": "A2"}{"event": "A3"}{"return": 1, "id": 1}"#;
    assert_eq!(tell(&mut session, stream), [""; 0]);
    assert!(session.is_held_up());
    assert_eq!(hear(&all, 9), ["B {}", "A1 {}", "A2 {}"]);
    assert_eq!(hear(&patient, 1), ["A1 {}"]);
    assert_eq!(drain(&mut session), [""; 0]);
    // One who goes is not waited for.
    drop(patient);
    assert_eq!(drain(&mut session), ["1 returns 1"]);
    assert!(!session.is_held_up());
    assert_eq!(hear(&all, 9), ["A3 {}"]);
}

#[test]
fn what_was_not_sent_waits_for_the_new_connection() {
    let mut session = ready();
    let sent = session.outgoing().len() - r#"wo","id":2}{"execute":"three","id":3}"#.len();
    session.sent(sent);
    session.call(named("four").with_descriptors());
    let five = session.call(named("five"));
    session.abandon(five);
    session.restart();
    // What was cut off in the middle is not done, what was sent may be.
    let lost = ["1 lost, sent: true", "2 lost, sent: false"];
    assert_eq!(drain(&mut session), lost);
    assert!(session.wants_descriptors_of(CallId(4)));
    assert_eq!(tell(&mut session, GREETING), [""; 0]);
    // Should this one end, too, its negotiation is not another's.
    session.restart();
    assert_eq!(tell(&mut session, GREETING), [""; 0]);
    assert_eq!(send(&mut session), ["qmp_capabilities"]);
    assert!(!session.is_up());
    assert_eq!(tell(&mut session, r#"{"return": {}, "id": 7}"#), ["ready"]);
    assert!(session.is_up());
    assert_eq!(send(&mut session), ["three"]);
    assert_eq!(session.descriptors(), Some(CallId(4)));
    assert_eq!(send(&mut session), ["four"]);
}

#[test]
fn subscribers_who_have_gone_leave_nothing_behind() {
    let mut session = ready();
    let first = session.subscribe(Filter::all(), Buffer::default());
    let mut kept = vec![first];
    for number in 0..1000 {
        let inbox = session.subscribe(Filter::all(), Buffer::default());
        if number % 100 == 0 {
            kept.push(inbox);
        }
    }
    // Nothing has happened, and yet.
    assert!(
        session.subscribers.len() < 40,
        "{}",
        session.subscribers.len()
    );
    tell(&mut session, r#"{"event": "A"}"#);
    assert_eq!(session.subscribers.len(), kept.len());
    for inbox in &kept {
        assert_eq!(hear(inbox, 2), ["A {}"]);
    }
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
            let inbox = session.subscribe(Filter::all(), Buffer::default());
            session.call(named("early"));
            let mut told = Vec::new();
            for chunk in chunks {
                session.receive(chunk);
                told.extend(drain(&mut session));
            }
            (told, end_of(&session), hear(&inbox, 20), session.metrics().strays)
        };
        prop_assert_eq!(told(vec![stream.as_bytes()]), told(stream.as_bytes().chunks(size).collect()));
    }
}
