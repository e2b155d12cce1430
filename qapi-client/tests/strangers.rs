//! What may be at the other end that is no server of QMP, or none that is willing; with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use qapi_client::{Options, blocking, tokio as asynchronous};
use qapi_types::{Any, from_str, to_string};

use peer::Peer::{Says, Utters};
use peer::{GREETING, NEGOTIATE, play, run};

fn on_tokio(stream: UnixStream) -> tokio::net::UnixStream {
    stream.set_nonblocking(true).unwrap();
    tokio::net::UnixStream::from_std(stream).unwrap()
}

#[test]
fn they_are_told_from_servers() {
    for (script, expected) in [
        (&[][..], "the server has closed the connection"),
        (
            &[Says("220 mail ESMTP\r\n")],
            "this is not QMP: a message begins with `2`, not with `{`",
        ),
        (
            &[Says(
                "QEMU 10.0.2 monitor - type 'help' for more information\r\n(qemu) ",
            )],
            "this is not QMP: a message begins with `Q`, not with `{` (as that of QEMU's monitor for people does)",
        ),
        // telnet
        (
            &[Utters(b"\xff\xfb\x01\xff\xfb\x03")],
            "this is not QMP: a message begins with `\\xff`, not with `{`",
        ),
        (
            &[
                GREETING,
                NEGOTIATE,
                Says(r#"{"id": 0, "error": {"class": "GenericError", "desc": "no"}}"#),
            ],
            "this is not QMP: the server does not negotiate: GenericError: no",
        ),
        (
            &[GREETING, NEGOTIATE],
            "the server has closed the connection",
        ),
        (
            &[GREETING, NEGOTIATE, Says(r#"{"id": 0}"#)],
            "this is not QMP: the server does not negotiate: expected an object with one of `return`, `error`, `event` and `QMP`, found another at byte 0, near `{\"id\": 0}`",
        ),
        (
            &[Says(r#"{"return": {}}"#)],
            "this is not QMP: the server does not greet",
        ),
    ] {
        let error = play(script, |stream| {
            blocking::Client::over(stream, Options::default())
        });
        assert_eq!(error.unwrap_err().to_string(), expected);
        let error = play(script, |stream| {
            run(async { asynchronous::Client::over(on_tokio(stream), Options::default()).await })
        });
        assert_eq!(error.unwrap_err().to_string(), expected);
    }
}

/// A server that reads line by line, as simple ones do, until its client has gone; answers what it has read.
fn reads_lines(mut stream: UnixStream) -> Vec<String> {
    let greeting = r#"{"QMP": {"version": {}, "capabilities": []}}"#;
    writeln!(stream, "{greeting}").unwrap();
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let lines = lines.map(|line| line.unwrap());
    lines
        .inspect(|line| {
            let request: Any = from_str(line).unwrap();
            let id = to_string(&request.get("id").unwrap());
            writeln!(stream, r#"{{"return": {{}}, "id": {id}}}"#).unwrap();
        })
        .collect()
}

#[test]
fn a_server_that_reads_line_by_line() {
    type Act = fn(UnixStream);
    let blocking: Act = |stream| {
        let mut client = blocking::Client::over(stream, Options::default()).unwrap();
        for _ in 0..2 {
            client.execute_raw("stop", None).unwrap();
        }
    };
    let asynchronous: Act = |stream| {
        run(async {
            let options = Options::default();
            let client = asynchronous::Client::over(on_tokio(stream), options)
                .await
                .unwrap();
            for _ in 0..2 {
                client.execute_raw("stop", None).await.unwrap();
            }
        });
    };
    for act in [blocking, asynchronous] {
        let (theirs, ours) = UnixStream::pair().unwrap();
        let server = thread::spawn(move || reads_lines(theirs));
        act(ours);
        assert_eq!(
            server.join().unwrap(),
            [
                r#"{"execute":"qmp_capabilities","id":0}"#,
                r#"{"execute":"stop","id":1}"#,
                r#"{"execute":"stop","id":2}"#,
            ]
        );
    }
}
