//! What servers do that they should not, and what newer ones may do: both faces live through it in the same way.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::time::Duration;

use qapi_client::{CallOptions, Error, Limits, Options, blocking, tokio as asynchronous};
use qapi_types::{
    Any, Command, Decode, DecodeError, Encode, Event, EventSet, Reader, UnknownEvent, Writer,
};

use peer::Peer::{self, Hears, Repeats, Says, Utters};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, play, run};

/// What a client does, and what comes of it, in words.
#[derive(Clone, Copy)]
enum Act {
    Calls(&'static str, &'static str),
    /// Calls, and does not wait.
    Abandons(&'static str),
    /// Takes the next event.
    Hearkens(&'static str),
    /// Has lost so many events at least.
    Missed(u64),
}
use Act::{Abandons, Calls, Hearkens, Missed};

/// Time enough for nothing.
const SHORT: Duration = Duration::from_millis(20);

/// Events as a schema has them that knows one, with one member that is one of two words.
#[derive(Debug)]
enum Events {
    Moved(Moved),
    Unknown(UnknownEvent),
}

#[derive(Debug)]
struct Moved {
    open: Word,
}

#[derive(Debug)]
enum Word {
    Yes,
    No,
    Unrecognized(String),
}

impl Decode for Moved {
    fn blank() -> Self {
        Self { open: Word::No }
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let mut open = String::new();
        r.object(&mut [("open", &mut open)])?;
        self.open = match &*open {
            "yes" => Word::Yes,
            "no" => Word::No,
            other => Word::Unrecognized(other.to_owned()),
        };
        Ok(())
    }
}

impl Event for Moved {
    const NAME: &'static str = "MOVED";
}

impl EventSet for Events {
    fn decode_event(name: &str, data: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match name {
            Moved::NAME => Moved::decode(data).map(Self::Moved),
            name => UnknownEvent::decode_event(name, data).map(Self::Unknown),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Moved(_) => Moved::NAME,
            Self::Unknown(event) => &event.name,
        }
    }
}

fn in_words(result: Result<Any, Error>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string(),
    }
}

fn event_in_words(event: Events) -> String {
    match event {
        Events::Moved(Moved {
            open: Word::Unrecognized(word),
        }) => format!("MOVED to {word}"),
        Events::Moved(moved) => format!("MOVED, {:?}", moved.open),
        Events::Unknown(event) => format!("{} {}", event.name, event.data),
    }
}

fn act_blocking(stream: std::os::unix::net::UnixStream, acts: &[Act], options: Options) {
    let mut client = blocking::Client::over(stream, options).unwrap();
    let mut events = client.subscribe::<Events>("*");
    for act in acts {
        match act {
            Calls(name, expected) => {
                assert_eq!(in_words(client.execute_raw(name, None)), *expected);
            }
            Abandons(name) => {
                let error = client.execute_raw_with(name, None, SHORT).unwrap_err();
                assert!(
                    matches!(error, Error::TimedOut { sent: true, .. }),
                    "{error}"
                );
            }
            Hearkens(expected) => match events.next(&mut client, None) {
                Ok(event) => assert_eq!(event_in_words(event.unwrap().event), *expected),
                Err(error) => assert_eq!(error.to_string(), *expected),
            },
            Missed(least) => assert!(events.lost() >= *least, "{}", events.lost()),
        }
    }
}

fn act_asynchronous(stream: std::os::unix::net::UnixStream, acts: &[Act], options: Options) {
    run(async {
        stream.set_nonblocking(true).unwrap();
        let stream = tokio::net::UnixStream::from_std(stream).unwrap();
        let client = asynchronous::Client::over(stream, options).await.unwrap();
        let mut events = client.subscribe::<Events>("*");
        for act in acts {
            match act {
                Calls(name, expected) => {
                    assert_eq!(in_words(client.execute_raw(name, None).await), *expected);
                }
                Abandons(name) => {
                    let call = client.execute_raw_with(name, None, CallOptions::from(SHORT));
                    let error = call.await.unwrap_err();
                    assert!(
                        matches!(error, Error::TimedOut { sent: true, .. }),
                        "{error}"
                    );
                }
                Hearkens(expected) => match events.next().await {
                    Ok(event) => assert_eq!(event_in_words(event.event), *expected),
                    Err(error) => assert_eq!(error.to_string(), *expected),
                },
                Missed(least) => assert!(events.lost() >= *least, "{}", events.lost()),
            }
        }
    });
}

/// Plays `script`, after the negotiation, with a client of each kind.
fn check(script: &[Peer], acts: &[Act]) {
    check_with(script, acts, Options::default());
}

fn check_with(script: &[Peer], acts: &[Act], options: Options) {
    let script = [&[GREETING, NEGOTIATE, NEGOTIATED], script].concat();
    play(&script, |stream| act_blocking(stream, acts, options));
    play(&script, |stream| act_asynchronous(stream, acts, options));
}

const STOP_1: Peer = Hears(r#"{"execute":"stop","id":1}"#);
const STOP_2: Peer = Hears(r#"{"execute":"stop","id":2}"#);
const DONE_1: Peer = Says(r#"{"return": {}, "id": 1}"#);
const DONE_2: Peer = Says(r#"{"return": {}, "id": 2}"#);

#[test]
fn events_that_no_schema_knows() {
    check(
        &[
            STOP_1,
            Says(
                r#"{"event": "NEWS", "data": {"a": [1]}, "timestamp": {"seconds": 1, "microseconds": 2}}"#,
            ),
            Says(
                r#"{"event": "MOVED", "data": {"open": "ajar", "more": 1}, "timestamp": {"seconds": 1, "microseconds": 2}}"#,
            ),
            Says(
                r#"{"event": "MOVED", "data": {"open": "no"}, "timestamp": {"seconds": -1, "microseconds": -1}}"#,
            ),
            Says(
                r#"{"event": "MOVED", "data": {"open": 5}}{"event": "MOVED", "data": {"open": "yes"}}"#,
            ),
            DONE_1,
            STOP_2,
            DONE_2,
        ],
        &[
            Calls("stop", "{}"),
            Hearkens(r#"NEWS {"a": [1]}"#),
            Hearkens("MOVED to ajar"),
            Hearkens("MOVED, No"),
            Hearkens(
                r#"unexpected data from MOVED: data.open: expected a string, found a number at byte 36, near `data": {"open": 5}`"#,
            ),
            Hearkens("MOVED, Yes"),
            Calls("stop", "{}"),
        ],
    );
}

#[test]
fn an_event_that_comes_with_the_reply() {
    check(
        &[
            STOP_1,
            Says(r#"{"return": {}, "id": 1}{"event": "A"}"#),
            STOP_2,
            DONE_2,
        ],
        &[Calls("stop", "{}"), Hearkens("A {}"), Calls("stop", "{}")],
    );
}

#[test]
fn refusals_of_unknown_classes() {
    check(
        &[
            STOP_1,
            Says(r#"{"error": {"class": "NewError", "desc": "no", "more": 1}, "id": 1}"#),
            STOP_2,
            DONE_2,
        ],
        &[Calls("stop", "NewError: no"), Calls("stop", "{}")],
    );
}

#[test]
fn replies_with_ids_that_were_never_given_out() {
    check(
        &[
            STOP_1,
            Says(r#"{"return": {"wrong": 1}, "id": 77}{"return": {"wrong": 2}, "id": "1"}"#),
            Says(r#"{"return": {"wrong": 3}}{"return": {"wrong": 4}, "id": null}"#),
            DONE_1,
        ],
        &[Calls("stop", "{}")],
    );
}

#[test]
fn a_reply_that_does_not_come_and_one_that_comes_late() {
    check(
        &[
            Hears(
                r#"{"execute":"never","id":1}{"execute":"late","id":2}{"execute":"stop","id":3}"#,
            ),
            Says(r#"{"return": {"late": true}, "id": 2}"#),
            Says(r#"{"return": {"own": true}, "id": 3}"#),
            Hears(r#"{"execute":"stop","id":4}"#),
            Says(r#"{"return": {}, "id": 4}"#),
        ],
        &[
            Abandons("never"),
            Abandons("late"),
            Calls("stop", r#"{"own": true}"#),
            Calls("stop", "{}"),
        ],
    );
}

#[test]
fn what_is_not_json() {
    for (rubbish, error) in [
        (
            &b"{\"return\": {}, \"id\" 1}"[..],
            "this is not QMP: a message is not JSON: expected `:`, found a number at byte 20, near `turn\": {}, \"id\" 1}`",
        ),
        (
            b"{\"return\": {\"a\": \"\xe9\"}, \"id\": 1}",
            "this is not QMP: a message is not JSON: not UTF-8 at byte 18, near `return\": {\"a\": \"\u{fffd}\"}, \"id\": 1}`",
        ),
        (
            b"qemu: fatal\r\n",
            "this is not QMP: a message begins with `q`, not with `{`",
        ),
    ] {
        check(
            &[STOP_1, Says(r#"{"event": "LAST"}"#), Utters(rubbish)],
            &[
                Calls("stop", error),
                Calls("stop", error),
                Hearkens("LAST {}"),
                Hearkens(error),
                Hearkens(error),
            ],
        );
    }
}

#[test]
fn a_message_without_end() {
    const MESSAGE: usize = 64 << 20;
    assert_eq!(Options::default().limits.message, MESSAGE);
    check(
        &[
            STOP_1,
            Says(r#"{"return": ""#),
            Repeats(MESSAGE / 8, "and more"),
        ],
        &[
            Calls(
                "stop",
                "this is not QMP: a message has more than 67108864 bytes",
            ),
            Calls(
                "stop",
                "this is not QMP: a message has more than 67108864 bytes",
            ),
        ],
    );
}

#[test]
fn nesting_without_end() {
    check(
        &[STOP_1, Says(r#"{"return": "#), Repeats(1024, "[")],
        &[Calls(
            "stop",
            "this is not QMP: a message has more than 1024 levels",
        )],
    );
}

#[test]
fn events_that_nobody_takes() {
    check(
        &[
            STOP_1,
            Repeats(10_000, r#"{"event": "TICK", "data": {"more": "and more"}}"#),
            DONE_1,
            STOP_2,
            DONE_2,
        ],
        &[
            Calls("stop", "{}"),
            Missed(10_000 - 4096),
            Hearkens("5904 events were dropped"),
            Hearkens(r#"TICK {"more": "and more"}"#),
            Calls("stop", "{}"),
        ],
    );
}

#[test]
fn pretty_text_and_many_messages_at_once() {
    check(
        &[
            STOP_1,
            Says(
                "{\r\n    \"event\": \"A\"\r\n}\r\n{\"event\": \"B\"} {\n  \"id\": 1,\n  \"return\": {\n  }\n}\n{\"event\":\"C\"}",
            ),
        ],
        &[
            Calls("stop", "{\n  }"),
            Hearkens("A {}"),
            Hearkens("B {}"),
            Hearkens("C {}"),
            Hearkens("the server has closed the connection"),
        ],
    );
}

#[test]
fn old_greetings_and_events_between() {
    for greeting in [
        r#"{"QMP": {"version": {"qemu": "0.12.50", "package": ""}, "capabilities": []}}"#,
        r#"{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7+deb12u18"}, "capabilities": ["oob"]}}"#,
        r#"{"QMP": {"version": {"qemu": {"micro": 50, "minor": 13, "major": 0}, "package": ""}, "capabilities": []}}"#,
        "{\n    \"QMP\": {\n        \"version\": {\n            \"qemu\": {\n                \"micro\": 0, \"minor\": 0, \"major\": 3\n            },\n            \"package\": \"v3.0.0\"\n        },\n        \"capabilities\": [\"oob\"]\n    }\n}\r\n",
    ] {
        let script = [
            Says(r#"{"event": "EARLY"}"#),
            Says(greeting),
            Says(r#"{"event": "EARLY"}"#),
            NEGOTIATE,
            Says(r#"{"event": "EARLY"}"#),
            NEGOTIATED,
            STOP_1,
            DONE_1,
        ];
        let acts = [Calls("stop", "{}")];
        play(&script, |stream| {
            act_blocking(stream, &acts, Options::default())
        });
        play(&script, |stream| {
            act_asynchronous(stream, &acts, Options::default())
        });
    }
}

#[test]
fn a_server_that_dies_in_the_middle() {
    check(
        &[STOP_1, Says(r#"{"event": "LAST"}{"return": {"a"#)],
        &[
            Calls("stop", "the server has closed the connection"),
            Calls("stop", "the server has closed the connection"),
            Hearkens("LAST {}"),
            Hearkens("the server has closed the connection"),
        ],
    );
}

#[test]
fn errors_without_an_id_and_messages_of_unknown_kinds() {
    check(
        &[
            STOP_1,
            Says(r#"{"news": {}}{"error": {"class": "GenericError", "desc": "JSON parse error"}}"#),
            STOP_2,
            Says(r#"{"return": {}, "error": {"class": "X", "desc": "d"}, "id": 2}"#),
            Hears(r#"{"execute":"stop","id":3}"#),
            Says(r#"{"return": {}, "id": 3}"#),
        ],
        &[
            Calls("stop", "GenericError: JSON parse error"),
            Calls(
                "stop",
                r#"unexpected data from stop: return: something follows the value at byte 13, near `{"return": {}, "error": {"class": "X", "desc"`"#,
            ),
            Calls("stop", "{}"),
        ],
    );
}

/// What is too large for its type is but one reply; see `a_message_without_end` for what is too large at all.
#[test]
fn values_beyond_their_limits() {
    let mut limits = Limits::default();
    limits.values.memory = 100;
    let options = Options {
        limits,
        ..Options::default()
    };
    let array = format!(r#"{{"return": [{}], "id": 1}}"#, ["0"; 100].join(","));
    let script = [
        GREETING,
        NEGOTIATE,
        NEGOTIATED,
        Hears(r#"{"execute":"numbers","id":1}"#),
        Utters(array.as_bytes().to_vec().leak()),
        STOP_2,
        DONE_2,
    ];
    let check = |error: Error| {
        assert!(matches!(error, Error::Undecodable(_)), "{error}");
        let text = error.to_string();
        assert!(text.contains("return: too large in memory"), "{text}");
    };
    play(&script, |stream| {
        let mut client = blocking::Client::over(stream, options).unwrap();
        check(client.execute(&Numbers).unwrap_err());
        client.execute_raw("stop", None).unwrap();
    });
    play(&script, |stream| {
        run(async {
            stream.set_nonblocking(true).unwrap();
            let stream = tokio::net::UnixStream::from_std(stream).unwrap();
            let client = asynchronous::Client::over(stream, options).await.unwrap();
            check(client.execute(&Numbers).await.unwrap_err());
            client.execute_raw("stop", None).await.unwrap();
        });
    });
}

/// A command that returns numbers.
struct Numbers;

impl Encode for Numbers {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl Command for Numbers {
    type Return = Vec<u64>;
    const NAME: &'static str = "numbers";
}
