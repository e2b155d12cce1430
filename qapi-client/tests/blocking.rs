//! The blocking client against a peer that follows a script.
#![cfg(unix)]

mod peer;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use qapi_client::blocking::{Client, Options};
use qapi_client::{Buffer, CallOptions, Error, Limits, Overflow};
use qapi_types::{
    Any, AnyMembers, Command, Decode, DecodeError, Encode, Greeting, Reader, UnknownEvent, Writer,
};

use peer::Peer::{self, Hears, Says, Stammers};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, Shutdown, perform, play};

/// The same, from after the negotiation on.
fn session<T>(script: &[Peer], talk: impl FnOnce(&mut Client) -> T) -> T {
    let script = [&[GREETING, NEGOTIATE, NEGOTIATED], script].concat();
    play(&script, |stream| {
        talk(&mut Client::over(stream, Options::default()).unwrap())
    })
}

/// Long enough for a call that nobody answers.
const SHORT: Duration = Duration::from_millis(20);

/// `query-name`, which may have one argument here.
#[derive(Default)]
struct QueryName {
    verbose: Option<bool>,
}

#[derive(Debug, Default, PartialEq)]
struct Name {
    name: String,
}

impl Encode for QueryName {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("verbose", &self.verbose)]);
    }
}

impl Command for QueryName {
    type Return = Name;
    const NAME: &'static str = "query-name";
}

impl Decode for Name {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [("name", &mut self.name)])
    }
}

/// A command with arguments of any size.
struct Big(Any);

impl Encode for Big {
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
}

impl Command for Big {
    type Return = ();
    const NAME: &'static str = "big";
}

fn name(name: &str) -> Name {
    let name = name.to_owned();
    Name { name }
}

#[test]
fn commands_and_replies() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says("{\"return\": {\"name\": \"vm\", \"more\": []}, \"id\": 1}\r\n"),
        Hears(r#"{"execute":"query-name","arguments":{"verbose":true},"id":2}"#),
        Stammers("{\n  \"id\": 2,\n  \"return\": {\n    \"name\": \"vm\"\n  }\n}\n"),
        Hears(r#"{"execute":"device_add","arguments":{"driver":"x"},"id":3}"#),
        Says(r#"{"id": 3, "error": {"class": "DeviceNotFound", "desc": "No 'x'"}}"#),
        Hears(r#"{"execute":"stop","id":4}"#),
        Says(r#"{"id": 4, "return": {}}"#),
    ];
    session(&script, |client| {
        assert_eq!(client.greeting().version.to_string(), "10.2.0");
        assert_eq!(client.execute(&QueryName::default()).unwrap(), name("vm"));
        let verbose = Some(true);
        assert_eq!(client.execute(&QueryName { verbose }).unwrap(), name("vm"));
        let arguments = Any::from(AnyMembers::from_iter([("driver", "x")]));
        let error = client
            .execute_raw("device_add", Some(&arguments))
            .unwrap_err();
        assert_eq!(error.to_string(), "DeviceNotFound: No 'x'");
        assert!(!error.outcome_unknown());
        assert_eq!(client.execute_raw("stop", None).unwrap().as_json(), "{}");
    });
}

#[test]
fn a_server_that_does_not_greet() {
    let script = [
        Hears(r#"{"execute":"query-name","id":0}"#),
        Says(r#"{"return": {"name": "guest"}, "id": 0}"#),
    ];
    let options = Options {
        greeting: false,
        ..Options::default()
    };
    play(&script, |stream| {
        let mut client = Client::over(stream, options).unwrap();
        assert_eq!(client.greeting(), &Greeting::default());
        assert_eq!(
            client.execute(&QueryName::default()).unwrap(),
            name("guest")
        );
    });
}

#[test]
fn a_late_reply_is_nobody_elses() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}{"execute":"query-name","id":2}"#),
        Says(r#"{"return": {"name": "late"}, "id": 1}"#),
        Says(r#"{"return": {"name": "own"}, "id": 2}"#),
    ];
    session(&script, |client| {
        let error = client
            .execute_with(&QueryName::default(), SHORT)
            .unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }) && error.outcome_unknown());
        assert_eq!(
            error.to_string(),
            "timed out waiting for the reply to query-name"
        );
        assert_eq!(client.execute(&QueryName::default()).unwrap(), name("own"));
    });
}

#[test]
fn replies_that_nobody_waits_for_are_dropped() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says(r#"{"return": {"name": "a"}, "id": 99}{"return": {"name": "b"}, "id": "1"}"#),
        Says(r#"{"return": {"name": "c"}}{"news": 1}{"return": {"name": "own"}, "id": 1}"#),
    ];
    session(&script, |client| {
        assert_eq!(client.execute(&QueryName::default()).unwrap(), name("own"));
    });
}

#[test]
fn an_error_without_an_id_is_the_waiting_calls() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says(r#"{"error": {"class": "GenericError", "desc": "JSON parse error"}}"#),
    ];
    let result = session(&script, |client| client.execute(&QueryName::default()));
    assert!(matches!(result, Err(Error::Refused(refusal)) if refusal.desc == "JSON parse error"));
}

#[test]
fn data_against_the_schema_are_kept_and_the_session_goes_on() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says(r#"{"return": {"name": 5}, "id": 1}"#),
        Hears(r#"{"execute":"query-name","id":2}"#),
        Says(r#"{"return": {"name": "vm"}, "id": 2}"#),
    ];
    session(&script, |client| {
        let error = client.execute(&QueryName::default()).unwrap_err();
        let Error::Undecodable(undecodable) = error else {
            panic!("{error}");
        };
        assert_eq!(undecodable.error.path(), "return.name");
        assert_eq!(undecodable.json, r#"{"name": 5}"#);
        assert_eq!(client.execute(&QueryName::default()).unwrap(), name("vm"));
    });
}

#[test]
fn events_are_kept_in_order_from_the_greeting_on() {
    let script = [
        GREETING,
        Says(r#"{"event": "A", "timestamp": {"seconds": 5, "microseconds": 6}}"#),
        NEGOTIATE,
        Says(
            r#"{"event": "B", "data": {"b": 1}, "timestamp": {"seconds": -1, "microseconds": -1}}"#,
        ),
        NEGOTIATED,
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says(r#"{"event": "C"}{"return": {"name": "vm"}, "id": 1}{"event": "D"}"#),
    ];
    play(&script, |stream| {
        let mut client = Client::over(stream, Options::default()).unwrap();
        client.execute(&QueryName::default()).unwrap();
        let mut seen = Vec::new();
        // The peer leaves after its last event; until then, nothing is lost.
        while let Ok(Some(stamped)) = client.next_event::<UnknownEvent>(None) {
            let UnknownEvent { name, data } = stamped.event;
            seen.push(format!("{name} {data} {}", stamped.timestamp.seconds));
        }
        assert_eq!(seen, ["A {} 5", r#"B {"b": 1} -1"#, "C {} -1", "D {} -1"]);
        assert_eq!(client.events_lost(), 0);
    });
}

#[test]
fn no_event_within_the_time_is_none() {
    session(
        &[
            Hears(r#"{"execute":"stop","id":1}"#),
            Says(r#"{"return": {}, "id": 1}"#),
        ],
        |client| {
            for timeout in [Some(Duration::ZERO), Some(SHORT)] {
                assert!(client.next_raw_event(timeout).unwrap().is_none());
            }
            client.execute_raw("stop", None).unwrap();
        },
    );
}

#[test]
fn commands_that_answer_on_failure_only() {
    const REQUEST: Peer = Hears(r#"{"execute":"guest-shutdown","id":1}"#);
    let (short, long) = (Duration::from_millis(20), Duration::from_secs(60));
    // The peer goes on listening, answers with an error, or goes.
    for (after, silence, refused) in [
        (
            &[REQUEST, Hears(r#"{"execute":"stop","id":2}"#)][..],
            short,
            false,
        ),
        (
            &[
                REQUEST,
                Says(r#"{"error": {"class": "GenericError", "desc": "no"}, "id": 1}"#),
            ],
            long,
            true,
        ),
        (&[REQUEST], long, false),
    ] {
        let script = [&[GREETING, NEGOTIATE, NEGOTIATED], after].concat();
        play(&script, |stream| {
            let options = Options {
                silence,
                ..Options::default()
            };
            let mut client = Client::over(stream, options).unwrap();
            let result = client.execute(&Shutdown);
            assert_eq!(
                matches!(result, Err(Error::Refused(_))),
                refused,
                "{result:?}"
            );
            assert_eq!(result.is_ok(), !refused);
            let next = client.execute_raw("stop", None);
            assert!(matches!(next, Err(Error::Lost { .. })), "{next:?}");
        });
    }
}

#[test]
fn a_peer_that_never_stops_talking_keeps_nobody() {
    let (mut peer, stream) = UnixStream::pair().unwrap();
    let talking = thread::spawn(move || {
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
        let event = br#"{"event": "CHATTER", "data": {}}"#.repeat(1000);
        while peer.write_all(&event).is_ok() {}
    });
    let limits = Limits {
        events: 10,
        ..Limits::default()
    };
    let mut client = Client::over(
        stream,
        Options {
            limits,
            ..Options::default()
        },
    )
    .unwrap();
    // With the first event come more than are kept.
    client.next_raw_event(None).unwrap();
    let error = client
        .execute_with(&QueryName::default(), SHORT)
        .unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert!(client.events_lost() > 0);
    assert_eq!(
        client.next_raw_event(None).unwrap().unwrap().name,
        "CHATTER"
    );
    drop(client);
    talking.join().unwrap();
}

#[test]
fn a_peer_that_goes_has_its_last_words_heard() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says(r#"{"event": "SHUTDOWN"}{"return": {"na"#),
    ];
    session(&script, |client| {
        for sent in [true, false, false] {
            let error = client.execute(&QueryName::default()).unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
            assert_eq!(error.outcome_unknown(), sent);
        }
        let event = client.next_raw_event(None).unwrap().unwrap();
        assert_eq!(event.name, "SHUTDOWN");
        assert!(matches!(
            client.next_raw_event(None),
            Err(Error::Lost { .. })
        ));
    });
}

#[test]
fn what_is_not_qmp_ends_the_session_for_good() {
    let script = [
        Hears(r#"{"execute":"query-name","id":1}"#),
        Says("{\"return\": {\"name\": \"vm\"}, \"id\": 1]}\n"),
    ];
    session(&script, |client| {
        for sent in [true, false] {
            let error = client.execute(&QueryName::default()).unwrap_err();
            assert!(matches!(error, Error::Protocol(_)), "{error}");
            assert_eq!(error.outcome_unknown(), sent);
        }
    });
}

#[test]
fn servers_that_do_not_greet() {
    let timeout = Some(SHORT);
    let limits = Limits {
        message: 10,
        ..Limits::default()
    };
    for (script, options, expected) in [
        (
            &[][..],
            Options::default(),
            "the server has closed the connection",
        ),
        (
            &[Says("220 mail ESMTP\r\n")],
            Options::default(),
            "this is not QMP: a message begins with `2`, not with `{`",
        ),
        (
            &[GREETING],
            Options {
                limits,
                ..Options::default()
            },
            "this is not QMP: a message has more than 10 bytes",
        ),
        (
            &[
                GREETING,
                NEGOTIATE,
                Says(r#"{"id": 0, "error": {"class": "GenericError", "desc": "no"}}"#),
            ],
            Options::default(),
            "this is not QMP: the server does not negotiate: GenericError: no",
        ),
    ] {
        let error = play(script, |stream| Client::over(stream, options)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    // The monitor of a QEMU that talks to somebody else: it takes the connection and says nothing.
    let (_peer, stream) = UnixStream::pair().unwrap();
    let error = Client::over(
        stream,
        Options {
            timeout,
            ..Options::default()
        },
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "timed out waiting for the server's greeting"
    );
}

#[test]
fn a_command_cut_off_by_its_deadline_is_finished_before_the_next() {
    let text = "x".repeat(4 << 20);
    let arguments = Any::from(AnyMembers::from_iter([("text", text)]));
    let (mut peer, stream) = UnixStream::pair().unwrap();
    let negotiating = thread::spawn(move || {
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
        peer
    });
    let mut client = Client::over(stream, Options::default()).unwrap();
    peer = negotiating.join().unwrap();

    // More than the socket holds, and nobody reads.
    let big = Big(arguments);
    let error = client.execute_with(&big, SHORT).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    let reading = thread::spawn(move || {
        let name = r#"{"execute":"query-name","id":2}"#;
        let expected = format!(r#"{{"execute":"big","arguments":{},"id":1}}{name}"#, big.0);
        let mut heard = vec![0; expected.len()];
        peer.read_exact(&mut heard).unwrap();
        assert!(heard == expected.as_bytes());
        perform(
            &[Says(
                r#"{"return": {}, "id": 1}{"return": {"name": "vm"}, "id": 2}"#,
            )],
            peer,
        );
    });
    assert_eq!(client.execute(&QueryName::default()).unwrap(), name("vm"));
    reading.join().unwrap();
}

#[test]
fn addresses_without_a_server() {
    let directory = std::env::temp_dir().join("no such directory");
    for error in [
        Client::connect_unix(directory.join("qmp")).unwrap_err(),
        Client::connect_tcp("127.0.0.1:0").unwrap_err(),
        Client::connect_tcp("no port").unwrap_err(),
    ] {
        assert!(matches!(error, Error::Connect { .. }), "{error}");
    }
}

#[test]
fn over_tcp() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = thread::spawn(move || {
        let (peer, _) = listener.accept().unwrap();
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], peer);
    });
    let client = Client::connect_tcp(&address).unwrap();
    assert_eq!(client.greeting().capabilities, ["oob"]);
    serving.join().unwrap();
}

/// Room for a few events, after which the session waits.
fn waiting() -> Buffer {
    Buffer {
        events: 3,
        overflow: Overflow::Wait,
        ..Buffer::default()
    }
}

#[test]
fn a_subscriber_in_another_thread_may_hold_the_session_up() {
    let script = [
        Hears(r#"{"execute":"stop","id":1}"#),
        peer::Peer::Repeats(1000, r#"{"event": "TICK"}"#),
        Says(r#"{"return": {}, "id": 1}"#),
    ];
    session(&script, |client| {
        let mut ticks = client.subscribe_with::<UnknownEvent>("TICK", waiting());
        thread::scope(|scope| {
            let counting = scope.spawn(move || {
                let mut count = 0;
                while count < 1000 {
                    match ticks.try_next().unwrap() {
                        Some(_) => count += 1,
                        None => thread::yield_now(),
                    }
                }
                ticks.lost()
            });
            client.execute_raw("stop", None).unwrap();
            assert_eq!(counting.join().unwrap(), 0);
        });
        assert_eq!(client.metrics().events, 1000);
    });
}

#[test]
fn a_subscriber_who_never_takes_holds_up_until_it_goes() {
    let script = [
        Hears(r#"{"execute":"stop","id":1}"#),
        peer::Peer::Repeats(10, r#"{"event": "TICK"}"#),
        Says(r#"{"return": {}, "id": 1}"#),
        Hears(r#"{"execute":"stop","id":2}"#),
        Says(r#"{"return": {}, "id": 2}"#),
    ];
    session(&script, |client| {
        let ticks = client.subscribe_with::<UnknownEvent>("TICK", waiting());
        let error = client.execute_raw_with("stop", None, SHORT).unwrap_err();
        assert!(
            matches!(error, Error::TimedOut { sent: true, .. }),
            "{error}"
        );
        drop(ticks);
        client.execute_raw("stop", None).unwrap();
    });
}

#[test]
fn a_subscriber_in_another_thread_may_go_while_it_holds_the_session_up() {
    let script = [
        Hears(r#"{"execute":"stop","id":1}"#),
        peer::Peer::Repeats(10, r#"{"event": "TICK"}"#),
        Says(r#"{"return": {}, "id": 1}"#),
    ];
    session(&script, |client| {
        let mut ticks = client.subscribe_with::<UnknownEvent>("TICK", waiting());
        thread::scope(|scope| {
            scope.spawn(move || {
                // It has begun to hold up, or is about to.
                while ticks.try_next().unwrap().is_none() {
                    thread::yield_now();
                }
                drop(ticks);
            });
            client.execute_raw("stop", None).unwrap();
        });
        assert_eq!(client.metrics().events, 10);
    });
}

#[test]
fn out_of_band_calls_go_past_one_that_is_not_answered() {
    let script = [
        GREETING,
        Hears(r#"{"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":0}"#),
        NEGOTIATED,
        Hears(r#"{"execute":"slow","id":1}{"exec-oob":"yank","id":2}"#),
        Says(r#"{"return": "yank", "id": 2}{"return": "slow", "id": 1}"#),
        Hears(r#"{"execute":"stop","id":3}"#),
        Says(r#"{"return": "stop", "id": 3}"#),
    ];
    let options = Options {
        out_of_band: true,
        ..Options::default()
    };
    play(&script, |stream| {
        let mut client = Client::over(stream, options).unwrap();
        let error = client.execute_raw_with("slow", None, SHORT).unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
        let oob = CallOptions::new().out_of_band();
        let value = client.execute_raw_with("yank", None, oob).unwrap();
        assert_eq!(value.as_json(), r#""yank""#);
        // A command of which it is not known whether it allows that is asked, one that does not is refused.
        let error = client.execute_with(&Shutdown, oob).unwrap_err();
        assert!(matches!(error, Error::OutOfBand(_)), "{error}");
        let value = client.execute_raw("stop", None).unwrap();
        assert_eq!(value.as_json(), r#""stop""#);
    });
}
