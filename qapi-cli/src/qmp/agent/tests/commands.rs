//! Commands that run in the guest.

use data_encoding::BASE64;
use qapi_client::server::fake::Act;
use qapi_types::{Any, Refusal};

use super::{agent, on};
use crate::qmp::Terminals;

/// How a command in the guest ends, and what is said of it.
#[test]
fn commands_in_the_guest() {
    let both = format!(
        r#"{{"exited": true, "exitcode": 0, "out-data": "{}", "err-data": "{}"}}"#,
        BASE64.encode(b"o\x1b[2J\r\n\xff"),
        BASE64.encode(b"e\x07\n")
    );
    for (status, expected) in [
        (r#"{"exited": true, "exitcode": 7}"#, (7, "", "")),
        (r#"{"exited": true, "signal": 9}"#, (137, "", "")),
        (
            r#"{"exited": true, "exitcode": 3221225477}"#,
            (255, "", "qmp: it has ended with 3221225477\n"),
        ),
        (
            r#"{"exited": true, "exitcode": -1}"#,
            (255, "", "qmp: it has ended with -1\n"),
        ),
        (&both, (0, "o\u{fffd}[2J\r\n\u{fffd}", "e\u{fffd}\n")),
        (
            r#"{"exited": true, "exitcode": 0, "out-data": "YQ==", "out-truncated": true}"#,
            (
                0,
                "a",
                "qmp: the agent keeps 16 MiB of an output, and may have had more\n",
            ),
        ),
        (
            r#"{"exited": true, "exitcode": 0, "out-data": "?"}"#,
            (
                125,
                "",
                "qmp: what the agent sends is not base64: invalid length at 0\n",
            ),
        ),
        (
            r#"{"exited": true}"#,
            (
                124,
                "",
                "qmp: the agent does not say how process 7 has ended\n",
            ),
        ),
    ] {
        let status = status.to_owned();
        let mut polls = 0;
        let terminals = Terminals {
            out: true,
            err: true,
        };
        let done = on(terminals, &["agent", "exec", "x"], move |request| {
            vec![Act::returns(match request.name() {
                Some("guest-exec") => r#"{"pid": 7}"#,
                _ if polls < 2 => {
                    polls += 1;
                    r#"{"exited": false}"#
                }
                _ => &status,
            })]
        });
        assert_eq!((done.code, &*done.out, &*done.err), expected);
    }
    // Into a pipe it goes as it is; and what is given to the command, reaches it.
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, b"\0in").unwrap();
    let words = [
        "exec",
        "--env",
        "A=b",
        "--merge",
        "--input",
        input.to_str().unwrap(),
        "--",
        "c",
        "-d",
    ];
    let done = agent(&words, |request| {
        vec![match request.name() {
            Some("guest-exec") => {
                let expected = r#"{"path": "c", "arg": ["-d"], "env": ["A=b"], "input-data": "AGlu", "capture-output": "merged"}"#;
                assert_eq!(request.arguments(), expected.parse().ok().as_ref());
                Act::returns(r#"{"pid": 7}"#)
            }
            _ => Act::returns(format!(
                r#"{{"exited": true, "exitcode": 0, "out-data": "{}"}}"#,
                BASE64.encode(b"\x1b[0m")
            )),
        }]
    });
    assert_eq!((done.code, &*done.out, &*done.err), (0, "\x1b[0m", ""));
}

/// A command whose end nobody tells.
#[test]
fn outcomes_that_are_not_known() {
    let lost = "what has become of process 7 is not known\n";
    let late = "qmp: timed out; process 7 may go on in the guest\n".to_owned();
    let running = Act::returns(r#"{"exited": false}"#);
    for (then, words, expected) in [
        (running.clone(), "--within 0.05 --", ("", late.clone())),
        (
            running,
            "--within 0.05 --json",
            ("{\"pid\":7,\"exited\":false}\n", late),
        ),
        (
            Act::Die,
            "--",
            (
                "",
                format!(
                    "qmp: the guest agent is gone: the server has closed the connection; {lost}"
                ),
            ),
        ),
        (
            Act::Refuse(Refusal::generic("no such process")),
            "--",
            ("", format!("qmp: GenericError: no such process; {lost}")),
        ),
    ] {
        let words: Vec<&str> = ["exec"]
            .into_iter()
            .chain(words.split(' '))
            .chain(["x"])
            .collect();
        let done = agent(&words, move |request| match request.name() {
            Some("guest-exec") => vec![Act::returns(r#"{"pid": 7}"#)],
            _ => vec![then.clone()],
        });
        assert_eq!(
            (done.code, &*done.out, done.err),
            (124, expected.0, expected.1)
        );
    }
    let done = agent(&["exec", "x"], |_| vec![Act::Die]);
    let expected = "qmp: the server has closed the connection: the command may have been started\n";
    assert_eq!((done.code, &*done.err), (124, expected));
    let done = agent(&["exec", "x"], |_| {
        vec![Act::Refuse(Refusal::generic("no x"))]
    });
    assert_eq!((done.code, &*done.err), (125, "qmp: GenericError: no x\n"));
}

/// What a command takes is read by our own description of agents, for no agent tells; what that does not know, as it looks.
#[test]
fn arguments_are_read_by_the_description() {
    for (words, arguments) in [
        (
            "guest-exec path=007 arg.0=1 capture-output=on",
            r#"{"path": "007", "arg": ["1"], "capture-output": true}"#,
        ),
        (
            "guest-file-read handle=0x10 count=4K",
            r#"{"handle": 16, "count": 4096}"#,
        ),
        (r#"guest-file-read {"new":1}"#, r#"{"new": 1}"#),
        (
            "guest-dance pace=007 steps=7",
            r#"{"pace": "007", "steps": 7}"#,
        ),
    ] {
        let words: Vec<&str> = ["call"].into_iter().chain(words.split(' ')).collect();
        let expected: Any = arguments.parse().unwrap();
        let name = words[1].to_owned();
        let done = agent(&words, move |request| {
            if request.name() == Some(&*name) {
                assert_eq!(request.arguments(), Some(&expected));
            }
            vec![Act::returns("{}")]
        });
        assert_eq!((done.code, &*done.out, &*done.err), (0, "{}\n", ""));
    }
    let words = ["call", "guest-file-open", "pat=/etc/hostname"];
    let done = agent(&words, |request| panic!("{:?}", request.name()));
    let told =
        "qmp: there is no argument `pat`: did you mean `path`?\nmissing: `path` (a string)\n";
    assert_eq!((done.code, &*done.err), (2, told));
}
