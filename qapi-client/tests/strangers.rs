//! What may be at the other end that is no server of QMP, or none that is willing; with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use qapi_client::{Options, blocking, tokio as asynchronous};

use peer::Peer::{Says, Utters};
use peer::{GREETING, NEGOTIATE, play, run};

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
            run(async {
                stream.set_nonblocking(true).unwrap();
                let stream = tokio::net::UnixStream::from_std(stream).unwrap();
                asynchronous::Client::over(stream, Options::default()).await
            })
        });
        assert_eq!(error.unwrap_err().to_string(), expected);
    }
}
