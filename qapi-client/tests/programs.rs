//! Programs that are started for a session, with both faces.
#![cfg(all(target_os = "linux", feature = "tokio"))]

mod peer;

use std::path::Path;
use std::process::{Command, Stdio};

use qapi_client::{Error, Options, blocking, tokio as asynchronous};
use qapi_types::UnknownEvent;

use peer::run;

/// What a program of the shell's does, after it has come to an understanding with its client.
fn program(script: &str) -> Command {
    let script = format!(
        r#"printf '%s' '{{"QMP": {{"version": {{"qemu": "0.12.50"}}, "capabilities": []}}}}'
        head -c 37 > /dev/null
        printf '{{"return": {{}}, "id": 0}}'
        {script}"#
    );
    shell(&script)
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// What becomes of the first call to a program, or of the session.
fn outcome(face: &str, command: &mut Command) -> Result<String, Error> {
    let options = Options::default();
    if face == "blocking" {
        let mut client = blocking::Client::spawn(command, options)?;
        return Ok(client.execute_raw("stop", None)?.to_string());
    }
    run(async {
        let client = asynchronous::Client::spawn(command, options).await?;
        Ok(client.execute_raw("stop", None).await?.to_string())
    })
}

fn runs(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

#[test]
fn they_end_with_their_session() {
    // It says its process id in an event, and would run for ever.
    const SCRIPT: &str = r#"
        head -c 25 > /dev/null
        printf '{"event": "%s"}{"return": {}, "id": 1}' $$
        exec sleep 1000"#;
    let options = Options::default();
    let mut client = blocking::Client::spawn(&mut program(SCRIPT), options).unwrap();
    client.execute_raw("stop", None).unwrap();
    let pid = client.next_raw_event(None).unwrap().unwrap().name;
    assert!(runs(&pid));
    drop(client);
    assert!(!runs(&pid));

    run(async {
        let mut command = program(SCRIPT);
        let client = asynchronous::Client::spawn(&mut command, options);
        let client = client.await.unwrap();
        let mut events = client.subscribe::<UnknownEvent>("*");
        client.execute_raw("stop", None).await.unwrap();
        let pid = events.next().await.unwrap().event.name;
        assert!(runs(&pid));
        drop((client, events));
        // The driver notices.
        while runs(&pid) {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn what_cannot_be_started_is_named() {
    for face in ["blocking", "tokio"] {
        let error = outcome(face, &mut Command::new("no such program")).unwrap_err();
        assert!(matches!(error, Error::Connect { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with("cannot connect to no such program: "),
            "{text}"
        );
    }
}

#[test]
fn the_end_of_a_program_is_told() {
    const QUIET: &str = "the server has closed the connection";
    let heard = |script: &str| program(&format!("head -c 25 > /dev/null; {script}"));
    for face in ["blocking", "tokio"] {
        for (mut command, expected) in [
            (shell("exit 0"), QUIET),
            (
                shell("exit 3"),
                "the connection is lost: the program has ended, exit status: 3",
            ),
            (
                shell("kill -9 $$"),
                "the connection is lost: the program has ended, signal: 9 (SIGKILL)",
            ),
            (
                heard("exit 4"),
                "the connection is lost: the program has ended, exit status: 4",
            ),
            (heard("exit 0"), QUIET),
            // It takes longer to end than a server may take before it gets lines.
            (
                shell("exec <&- >&-; sleep 0.6; exit 5"),
                "the connection is lost: the program has ended, exit status: 5",
            ),
        ] {
            let error = outcome(face, &mut command).unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
            assert_eq!(error.to_string(), expected);
        }
        for (mut command, expected) in [
            (
                shell("echo no such machine >&2; exit 1"),
                "the connection is lost: the program has ended, exit status: 1: no such machine",
            ),
            (
                shell("echo so long >&2"),
                "the connection is lost: the program has ended, exit status: 0: so long",
            ),
            (shell("exit 0"), QUIET),
            // It goes on without a connection, for a while.
            (
                shell("exec <&- >&-; echo I have enough >&2; exec 2>&-; exec sleep 1000"),
                "the connection is lost: the program has closed it: I have enough",
            ),
            // What it has started may have its standard error still.
            (
                shell("sleep 1 >&2 <&- >&- & echo bad >&2; exit 1"),
                "the connection is lost: the program has ended, exit status: 1: bad",
            ),
        ] {
            let error = outcome(face, command.stderr(Stdio::piped())).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}

#[test]
fn a_program_may_complain_as_long_as_it_likes() {
    const REPLY: &str = r#"head -c 25 > /dev/null; printf '{"return": {}, "id": 1}'"#;
    let complain = "yes complaint | head -c 1000000 >&2; echo the last one >&2";
    for face in ["blocking", "tokio"] {
        let mut command = program(&format!("{complain}; {REPLY}; exec sleep 1000"));
        let value = outcome(face, command.stderr(Stdio::piped()));
        assert_eq!(value.unwrap(), "{}");
        let mut command = program(&format!("{complain}; exit 1"));
        let error = outcome(face, command.stderr(Stdio::piped())).unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with("complaint\nthe last one"), "{text}");
        assert!(text.len() < 5000, "{}", text.len());
    }
}
