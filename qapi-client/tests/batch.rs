//! Several calls at once, with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::time::Duration;

use qapi_client::{Error, Limits, Options, blocking, tokio as asynchronous};
use qapi_types::{Command, Encode, Writer};

use peer::Peer::{self, Hears, Says, Stays};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, Shutdown, play, run};

/// A command that answers a number.
struct Count(u64);

impl Encode for Count {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("to", &self.0)]);
    }
}

impl Command for Count {
    type Return = u64;
    const NAME: &'static str = "count";
}

fn in_words<T: std::fmt::Debug>(results: Vec<Result<T, Error>>) -> Vec<String> {
    let words = results.into_iter().map(|result| match result {
        Ok(value) => format!("{value:?}"),
        Err(error @ (Error::TimedOut { .. } | Error::Lost { .. })) => {
            let sent = error.outcome_unknown();
            format!("{error}, sent: {sent}")
        }
        Err(error) => error.to_string(),
    });
    words.collect()
}

/// Plays `script`, after the negotiation, with a client of each kind that executes `commands`.
fn check<C: Command<Return: std::fmt::Debug>>(
    options: Options,
    script: &[Peer],
    commands: &[C],
    expected: &[&str],
) {
    let script = [&[GREETING, NEGOTIATE, NEGOTIATED], script].concat();
    play(&script, |stream| {
        let mut client = blocking::Client::over(stream, options).unwrap();
        assert_eq!(in_words(client.execute_all(commands)), expected);
    });
    play(&script, |stream| {
        run(async {
            stream.set_nonblocking(true).unwrap();
            let stream = tokio::net::UnixStream::from_std(stream).unwrap();
            let client = asynchronous::Client::over(stream, options).await.unwrap();
            assert_eq!(in_words(client.execute_all(commands).await), expected);
        });
    });
}

/// Two commands on the wire at most.
fn options() -> Options {
    let limits = Limits {
        in_flight: 2,
        ..Limits::default()
    };
    Options {
        limits,
        ..Options::default()
    }
}

const ONE: Peer = Hears(r#"{"execute":"count","arguments":{"to":1},"id":1}"#);
const TWO: Peer = Hears(r#"{"execute":"count","arguments":{"to":2},"id":2}"#);
const THREE: Peer = Hears(r#"{"execute":"count","arguments":{"to":3},"id":3}"#);

#[test]
fn several_are_on_the_wire_and_each_has_its_own_reply() {
    check(options(), &[], &[] as &[Count], &[]);
    check(
        options(),
        &[
            ONE,
            TWO,
            Says(r#"{"return": 1, "id": 1}"#),
            THREE,
            Says(r#"{"return": "2", "id": 2}{"error": {"class": "X", "desc": "no"}, "id": 3}"#),
        ],
        &[1, 2, 3].map(Count),
        &[
            "1",
            r#"unexpected data from count: return: expected an integer, found a string at byte 11, near `{"return": "2"`"#,
            "X: no",
        ],
    );
    // A server that turns them around.
    check(
        options(),
        &[
            ONE,
            TWO,
            Says(r#"{"return": 2, "id": 2}{"return": 1, "id": 1}"#),
            THREE,
            Says(r#"{"return": 3, "id": 3}"#),
        ],
        &[1, 2, 3].map(Count),
        &["1", "2", "3"],
    );
}

#[test]
fn nobody_waits_for_what_is_behind_a_reply_that_does_not_come() {
    let late = |sent| format!("timed out waiting for the reply to count, sent: {sent}");
    check(
        Options {
            timeout: Some(Duration::from_millis(20)),
            ..options()
        },
        &[ONE, Says(r#"{"return": 1, "id": 1}"#), TWO, THREE, Stays],
        &[1, 2, 3, 4].map(Count),
        &["1", &late(true), &late(true), &late(false)],
    );
}

#[test]
fn a_server_that_goes_ends_all() {
    let lost = |sent| format!("the server has closed the connection, sent: {sent}");
    check(
        options(),
        &[ONE, TWO, Says(r#"{"return": 1, "id": 1}"#), THREE],
        &[1, 2, 3, 4].map(Count),
        &["1", &lost(true), &lost(true), &lost(false)],
    );
}

#[test]
fn commands_that_answer_on_failure_only_go_one_by_one() {
    check(
        Options {
            silence: Duration::from_millis(20),
            ..options()
        },
        &[
            Hears(r#"{"execute":"guest-shutdown","id":1}"#),
            Hears(r#"{"execute":"guest-shutdown","id":2}"#),
            Says(r#"{"error": {"class": "X", "desc": "no"}, "id": 2}"#),
        ],
        &[Shutdown, Shutdown],
        &["()", "X: no"],
    );
}
