//! A guest agent whose channel is as an earlier client has left it, that does not answer, or means harm; with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use qapi_client::{Error, Options, blocking, tokio as asynchronous};

use peer::run;

/// What an agent of a certain age does with ids.
#[derive(Clone, Copy, PartialEq)]
enum Ids {
    /// It returns them, from QEMU 4.0 on.
    Returned,
    /// It takes them and does not return them, in 3.0 and 3.1.
    Ignored,
    /// It refuses commands that have one.
    Refused,
}

/// A guest's end of the channel.
struct Guest {
    channel: BufReader<UnixStream>,
    ids: Ids,
}

impl Guest {
    /// One that does with ids what agents do today.
    fn new(stream: UnixStream) -> Self {
        let channel = BufReader::new(stream);
        Self {
            channel,
            ids: Ids::Returned,
        }
    }

    fn says(&mut self, bytes: &[u8]) {
        self.channel.get_mut().write_all(bytes).unwrap();
    }

    /// Reads requests to come into step and answers their number, and that of the second, which has no id.
    fn is_asked(&mut self) -> [u64; 2] {
        let mut delimiter = [0];
        self.channel.read_exact(&mut delimiter).unwrap();
        assert_eq!(delimiter, [0xff]);
        let mut number = || -> (u64, String) {
            let mut request = String::new();
            self.channel.read_line(&mut request).unwrap();
            let start = r#"{"execute":"guest-sync-delimited","arguments":{"id":"#;
            let rest = request.strip_prefix(start).unwrap();
            let (number, rest) = rest.split_once('}').unwrap();
            (number.parse().unwrap(), rest.to_owned())
        };
        let ((first, rest), (last, end)) = (number(), number());
        assert_eq!(rest, format!(",\"id\":{first}}}\n"));
        assert_eq!(end, "}\n");
        [first, last]
    }

    /// Comes into step, after it has said `rubbish`.
    fn comes_into_step(&mut self, rubbish: &[u8]) {
        let [first, last] = self.is_asked();
        let answer = match self.ids {
            Ids::Returned => format!("\u{f}{{\"return\": {first}, \"id\": {first}}}"),
            Ids::Ignored => format!("\u{f}{{\"return\": {first}}}"),
            Ids::Refused => {
                r#"{"error": {"class": "GenericError", "desc": "unexpected"}}"#.to_owned()
            }
        };
        let text = format!("{answer}\n\u{f}{{\"return\": {last}}}\n");
        // Text has no room for the delimiter.
        let delimited: Vec<u8> = text
            .bytes()
            .map(|byte| if byte == 0xf { 0xff } else { byte })
            .collect();
        self.says(&[rubbish, &delimited].concat());
    }

    /// Reads a command, which has this id unless the agent is too old for it.
    fn hears(&mut self, command: &str, id: u64) {
        let expected = match self.ids {
            Ids::Returned => format!("{{\"execute\":\"{command}\",\"id\":{id}}}\n"),
            _ => format!("{{\"execute\":\"{command}\"}}\n"),
        };
        let mut heard = vec![0; expected.len()];
        self.channel.read_exact(&mut heard).unwrap();
        assert_eq!(
            heard.escape_ascii().to_string(),
            expected.escape_default().to_string()
        );
    }

    fn answers(&mut self, value: &str, id: u64) {
        let text = match self.ids {
            Ids::Returned => format!("{{\"return\": {value}, \"id\": {id}}}\n"),
            _ => format!("{{\"return\": {value}}}\n"),
        };
        self.says(text.as_bytes());
    }
}

/// Talks with a guest in both ways, one after the other: what the guest does, and what is executed, with what comes of it.
fn check(options: Options, guest: impl Fn(&mut Guest) + Sync, talk: &[(&str, &str)]) {
    let in_words = |result: Result<qapi_types::Any, Error>| match result {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string(),
    };
    for face in ["blocking", "tokio"] {
        let (ours, theirs) = UnixStream::pair().unwrap();
        thread::scope(|scope| {
            let serving = scope.spawn(|| guest(&mut Guest::new(theirs)));
            if face == "blocking" {
                let mut agent = blocking::Client::agent(ours, options).unwrap();
                for (command, expected) in talk {
                    assert_eq!(in_words(agent.execute_raw(command, None)), *expected);
                }
            } else {
                run(async {
                    let stream = asynchronously(ours).await;
                    let agent = asynchronous::Client::agent(stream, options).await.unwrap();
                    for (command, expected) in talk {
                        let result = agent.execute_raw(command, None).await;
                        assert_eq!(in_words(result), *expected);
                    }
                });
            }
            serving.join().unwrap();
        });
    }
}

async fn asynchronously(stream: UnixStream) -> tokio::net::UnixStream {
    stream.set_nonblocking(true).unwrap();
    tokio::net::UnixStream::from_std(stream).unwrap()
}

#[test]
fn both_sides_come_into_step() {
    for (attempt, rubbish) in [
        (1, &b""[..]),
        (
            1,
            b"{\"return\": {}}\n{\"error\": {\"class\": \"X\", \"desc\": \"d\"}}\n",
        ),
        (1, b"half\": 1}}\n\xff{\"return\": 12}\n\xff{"),
        (3, b""),
    ] {
        let timeout = if attempt > 1 { 400 } else { 60_000 };
        let options = Options {
            timeout: Some(Duration::from_millis(timeout)),
            ..Options::guest_agent()
        };
        let guest = |guest: &mut Guest| {
            for _ in 1..attempt {
                guest.is_asked();
            }
            guest.comes_into_step(rubbish);
            guest.hears("guest-ping", 0);
            guest.answers("{}", 0);
        };
        check(options, guest, &[("guest-ping", "{}")]);
    }
}

#[test]
fn agents_of_any_age_answer() {
    for ids in [Ids::Returned, Ids::Ignored, Ids::Refused] {
        let guest = |guest: &mut Guest| {
            guest.ids = ids;
            guest.comes_into_step(b"");
            for (id, command) in ["guest-ping", "guest-info"].into_iter().enumerate() {
                guest.hears(command, id as u64);
                guest.answers(&id.to_string(), id as u64);
            }
        };
        let talk = [("guest-ping", "0"), ("guest-info", "1")];
        check(Options::guest_agent(), guest, &talk);
    }
}

/// Without ids a late reply could be taken for another's; and an agent may have gone in the middle of what it said.
#[test]
fn after_an_answer_that_did_not_come_both_sides_come_into_step_again() {
    const UNANSWERED: &str = "timed out waiting for the reply to guest-slow";
    for ids in [Ids::Returned, Ids::Ignored, Ids::Refused] {
        for rubbish in ["{\"return\": \"late\"}\n", "{\"return\": \"half"] {
            let options = Options {
                timeout: Some(Duration::from_secs(60)),
                long_timeout: Some(Duration::from_millis(20)),
                long_commands: &["guest-slow"],
                ..Options::guest_agent()
            };
            let guest = |guest: &mut Guest| {
                guest.ids = ids;
                guest.comes_into_step(b"");
                guest.hears("guest-slow", 0);
                guest.comes_into_step(rubbish.as_bytes());
                guest.hears("guest-ping", 1);
                guest.answers("\"own\"", 1);
            };
            let talk = [("guest-slow", UNANSWERED), ("guest-ping", "\"own\"")];
            check(options, guest, &talk);
        }
    }
}

#[test]
fn what_is_said_may_come_back() {
    let guest = |guest: &mut Guest| {
        guest.comes_into_step(b"");
        guest.hears("guest-ping", 0);
        guest.says(b"{\"execute\":\"guest-ping\",\"id\":0}\r\n");
        guest.answers("{}", 0);
    };
    check(Options::guest_agent(), guest, &[("guest-ping", "{}")]);
}

#[test]
fn an_agent_that_never_answers_keeps_nobody() {
    let options = Options {
        timeout: Some(Duration::from_millis(40)),
        ..Options::guest_agent()
    };
    let check = |error: Error| {
        assert_eq!(error.to_string(), "timed out waiting for the guest agent");
        assert!(!error.outcome_unknown());
    };
    let (ours, _theirs) = UnixStream::pair().unwrap();
    check(blocking::Client::agent(ours, options).unwrap_err());
    let (ours, _theirs) = UnixStream::pair().unwrap();
    check(
        run(async { asynchronous::Client::agent(asynchronously(ours).await, options).await })
            .unwrap_err(),
    );
}

#[test]
fn what_a_hostile_guest_sends_has_bounds() {
    let guest = |guest: &mut Guest| {
        guest.comes_into_step(b"");
        guest.hears("guest-info", 0);
        guest.says(b"{\"return\": \"");
        // Until the client has had enough.
        let writer = guest.channel.get_mut();
        while writer.write_all(&[b'a'; 1 << 20]).is_ok() {}
    };
    let enough = format!(
        "this is not QMP: a message has more than {} bytes",
        16 << 20
    );
    check(Options::guest_agent(), guest, &[("guest-info", &enough)]);
}
