//! A guest agent whose channel is as an earlier client has left it, that does not answer, or means harm; with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use qapi_client::{Error, Options, blocking, tokio as asynchronous};

use peer::run;

/// Reads a request to come into step and answers its number.
fn asked(channel: &mut impl BufRead) -> String {
    let mut request = Vec::new();
    channel.read_until(b'\n', &mut request).unwrap();
    let text = String::from_utf8(request.split_off(1)).unwrap();
    assert_eq!(request, b"\xff");
    let start = r#"{"execute":"guest-sync-delimited","arguments":{"id":"#;
    let number = text.strip_prefix(start).unwrap();
    number.strip_suffix("}}\n").unwrap().to_owned()
}

const PING: &str = r#"{"execute":"guest-ping","id":0}"#;

/// Answers the request number `attempt`, after `rubbish`, and then a ping.
fn serve(stream: UnixStream, attempt: usize, rubbish: &[u8]) {
    let mut channel = BufReader::new(&stream);
    for _ in 1..attempt {
        asked(&mut channel);
    }
    let number = asked(&mut channel);
    let mut writer = &stream;
    writer.write_all(rubbish).unwrap();
    writeln!(writer, "{{\"return\": {number}}}").unwrap();
    let mut heard = vec![0; PING.len()];
    channel.read_exact(&mut heard).unwrap();
    assert_eq!(heard, PING.as_bytes());
    writeln!(writer, "{{\"return\": {{}}, \"id\": 0}}").unwrap();
}

async fn asynchronously(stream: UnixStream) -> tokio::net::UnixStream {
    stream.set_nonblocking(true).unwrap();
    tokio::net::UnixStream::from_std(stream).unwrap()
}

#[test]
fn both_sides_come_into_step() {
    for (attempt, rubbish) in [
        (1, &b"\xff"[..]),
        (
            1,
            b"{\"return\": {}}\n{\"error\": {\"class\": \"X\", \"desc\": \"d\"}}\n\xff",
        ),
        (1, b"half\": 1}}\n\xff{\"return\": 12}\n\xff{\xff"),
        (3, b"\xff"),
    ] {
        let options = Options {
            timeout: Some(Duration::from_millis(if attempt > 1 {
                400
            } else {
                60_000
            })),
            ..Options::guest_agent()
        };
        for face in ["blocking", "tokio"] {
            let (ours, theirs) = UnixStream::pair().unwrap();
            let serving = thread::spawn(move || serve(theirs, attempt, rubbish));
            if face == "blocking" {
                let mut agent = blocking::Client::agent(ours, options).unwrap();
                agent.execute_raw("guest-ping", None).unwrap();
            } else {
                run(async {
                    let stream = asynchronously(ours).await;
                    let agent = asynchronous::Client::agent(stream, options).await.unwrap();
                    agent.execute_raw("guest-ping", None).await.unwrap();
                });
            }
            serving.join().unwrap();
        }
    }
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
    let options = Options::guest_agent();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let serving = thread::spawn(move || {
        serve(theirs.try_clone().unwrap(), 1, b"\xff");
        let mut writer = &theirs;
        let chunk = [b"{\"return\": \"", &[b'a'; 1 << 20][..]].concat();
        writer.write_all(&chunk).unwrap();
        // Until the client has had enough.
        while writer.write_all(&[b'a'; 1 << 20]).is_ok() {}
    });
    let mut agent = blocking::Client::agent(ours, options).unwrap();
    agent.execute_raw("guest-ping", None).unwrap();
    let error = agent.execute_raw("guest-info", None).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "this is not QMP: a message has more than {} bytes",
            16 << 20
        )
    );
    drop(agent);
    serving.join().unwrap();
}
