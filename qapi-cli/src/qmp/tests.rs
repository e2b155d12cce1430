use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use clap::Parser;
use qapi_client::server::fake::{Act, Fake, FakeMachine};

use super::{Arguments, Terminals, run};

const GREETING: &str =
    r#"{"QMP": {"version": {"qemu": "0.12.0", "package": ""}, "capabilities": []}}"#;

/// Runs `qmp` with `words` against a server that hears `request` and says `reply`; answers exit code and both outputs.
fn qmp(words: &[&str], request: &str, reply: &str) -> (u8, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("qmp");
    let listener = UnixListener::bind(&path).unwrap();
    let command = ["qmp", "--socket", path.to_str().unwrap(), "call"];
    let arguments = Arguments::try_parse_from(command.iter().chain(words)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = thread::scope(|scope| {
        scope.spawn(|| {
            let (mut peer, _) = listener.accept().unwrap();
            peer.write_all(GREETING.as_bytes()).unwrap();
            for (expected, answer) in [
                (
                    r#"{"execute":"qmp_capabilities","id":0}"#,
                    r#"{"return": {}, "id": 0}"#,
                ),
                (request, reply),
            ] {
                let mut heard = vec![0; expected.len()];
                peer.read_exact(&mut heard).unwrap();
                assert_eq!(String::from_utf8_lossy(&heard), expected);
                peer.write_all(answer.as_bytes()).unwrap();
            }
        });
        run(&arguments, Terminals::default(), &mut out, &mut err)
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(out), text(err))
}

/// Runs `qmp` with `words` against `machine`; answers exit code and both outputs.
pub(super) fn against(machine: FakeMachine, words: &[&str]) -> (u8, String, String) {
    directed(machine, words, |_| {})
}

/// The same, with a machine that is told by `direct` what to answer.
pub(super) fn directed(
    machine: FakeMachine,
    words: &[&str],
    direct: impl FnOnce(&Fake) + Send,
) -> (u8, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("qmp");
    let listener = UnixListener::bind(&path).unwrap();
    let command = ["qmp", "--socket", path.to_str().unwrap()];
    let arguments = Arguments::try_parse_from(command.iter().chain(words)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = thread::scope(|scope| {
        let fake = scope.spawn(|| {
            let fake = machine.over(listener.accept().unwrap().0).unwrap();
            direct(&fake);
            fake
        });
        let code = run(&arguments, Terminals::default(), &mut out, &mut err);
        drop(fake.join().unwrap());
        code
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(out), text(err))
}

#[test]
fn replies_events_and_codes() {
    let request = r#"{"execute":"stop","arguments":{"a":1},"id":1}"#;
    let event = r#"{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}"#;
    for (words, reply, expected) in [
        (
            &["stop", r#"{"a":1}"#][..],
            r#"{"return": {"b": [1, 2]}, "id": 1}"#.to_owned(),
            (0, "{\"b\":[1,2]}\n", ""),
        ),
        (
            &["stop", r#"{"a":1}"#, "--pretty"],
            r#"{"return": {"b": 1}, "id": 1}"#.to_owned(),
            (0, "{\n  \"b\": 1\n}\n", ""),
        ),
        (
            &["stop", r#"{"a":1}"#, "--events"],
            format!(r#"{event}{{"return": {{}}, "id": 1}}"#),
            (
                0,
                "{}\n",
                "{\"event\":\"STOP\",\"data\":{},\"timestamp\":{\"seconds\":1,\"microseconds\":2}}\n",
            ),
        ),
        (
            &["stop", r#"{"a":1}"#],
            format!(
                r#"{event}{{"error": {{"class": "GenericError", "desc": "No \u001b[2J"}}, "id": 1}}"#
            ),
            (1, "", "qmp: GenericError: No \u{fffd}[2J\n"),
        ),
        (
            &["stop", r#"{"a":1}"#],
            String::new(),
            (2, "", "qmp: the server has closed the connection\n"),
        ),
    ] {
        let (code, out, err) = qmp(words, request, &reply);
        assert_eq!((code, out.as_str(), err.as_str()), expected);
    }
}

#[test]
fn command_lines() {
    for (words, understood) in [
        ("--socket tcp:localhost:1 call stop", true),
        ("--socket tcp:localhost call stop", false),
        ("--socket unix:@vm call stop", true),
        ("--socket vsock:3:1 call stop", true),
        ("--socket vsock:3 call stop", false),
        ("--socket s --timeout 0.5 call stop", true),
        ("--socket s --timeout -1 call stop", false),
        ("--socket s --timeout x call stop", false),
        ("--socket s --socket t call stop", false),
        ("--socket s", false),
        ("--socket s call", false),
        ("--socket s call stop --pretty --compact", false),
        ("--socket s call stop --json", true),
        ("call --socket s stop", true),
        ("call stop a=1 -s s", true),
        ("agent fsfreeze status -s s", true),
        ("agent exec -s s ls -s t", true),
        ("run qemu-system-x86_64 -s", true),
        ("run --keep -- qemu-system-x86_64 --help", true),
        ("run --keep", false),
        ("--socket s events", true),
        ("--socket s events --count 0", false),
        ("--socket s wait", false),
        ("--socket s wait -- stop", false),
        ("--socket s wait A b=c -- stop", true),
        ("--socket s call s -- a", true),
    ] {
        let words = ["qmp"].into_iter().chain(words.split(' '));
        let parsed = Arguments::try_parse_from(words.clone());
        assert_eq!(
            parsed.is_ok(),
            understood,
            "{:?}",
            words.collect::<Vec<_>>()
        );
    }
}

/// Wherever it stands, and beside the time that a subcommand as a whole may take.
#[test]
fn one_timeout_for_every_subcommand() {
    for (words, seconds) in [
        ("info", 30),
        ("--timeout 7 info", 7),
        ("info --timeout 7", 7),
        ("qom --timeout 7 get /machine.type", 7),
        ("agent fsfreeze status --timeout 7", 7),
        ("--timeout 7 agent fsfreeze hold --within 3 true", 7),
        ("agent exec --within 3 --timeout 7 -- ls --timeout 9", 7),
        ("wait STOP --within 3", 30),
        ("wait STOP --within 3 --timeout 0", 0),
        ("events --timeout 7 --within 3", 7),
        ("run --timeout 7 -- qemu-system-x86_64 --timeout 9", 7),
    ] {
        let command = ["qmp"].into_iter().chain(words.split(' '));
        let arguments = Arguments::try_parse_from(command).unwrap();
        let expected = Some(Duration::from_secs(seconds)).filter(|time| !time.is_zero());
        assert_eq!(arguments.monitor.options().timeout, expected, "{words}");
    }
}

/// Values that make no sense: what is wrong is said in words that help.
#[test]
fn mistakes_in_command_lines() {
    for (words, message) in [
        (
            "--timeout -1 info",
            "'-1' for '--timeout <SECS>': time does not go back",
        ),
        ("events --timeout -1", "time does not go back"),
        (
            "wait STOP --within -1",
            "'-1' for '--within <SECS>': time does not go back",
        ),
        ("--timeout 1e300 info", "not a time that can be waited for"),
        ("--timeout nan info", "not a time that can be waited for"),
        ("--timeout 5s info", "not a number of seconds"),
    ] {
        let words = ["qmp"].into_iter().chain(words.split(' '));
        let error = Arguments::try_parse_from(words).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("as a value"), "{error}");
    }
}

/// What is there instead of a machine is said.
#[test]
fn where_no_machine_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    drop(UnixListener::bind(folder.path().join("gone")).unwrap());
    let _silent = UnixListener::bind(folder.path().join("silent")).unwrap();
    for (name, message) in [
        (".", ": it is a directory, no socket\n"),
        ("file", ": it is a file, no socket\n"),
        ("gone", ": whoever has listened there has gone\n"),
        ("none", "No such file or directory (os error 2)\n"),
        (
            "silent",
            "greeting: another client may be talking to it, for a monitor serves one at a time; or it is no monitor\n",
        ),
    ] {
        let path = folder.path().join(name);
        let words = ["qmp", "call", "stop", "--socket", path.to_str().unwrap()];
        let words = [&words[..1], &["--timeout", "0.01"], &words[1..]].concat();
        let arguments = Arguments::try_parse_from(words).unwrap();
        let mut err = Vec::new();
        let code = run(&arguments, Terminals::default(), &mut io::sink(), &mut err);
        let err = String::from_utf8(err).unwrap();
        assert_eq!(code, 2, "{err}");
        assert!(err.ends_with(message), "{err}");
    }
}

#[test]
fn arguments_are_read_before_the_machine_is_bothered() {
    let arguments = Arguments::try_parse_from(["qmp", "--socket", "/nowhere", "call", "stop", "x"]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(
        run(
            &arguments.unwrap(),
            Terminals::default(),
            &mut out,
            &mut err
        ),
        2
    );
    assert_eq!(err, b"qmp: `x` is neither KEY=VALUE nor a JSON object\n");
}

/// An output that ends as it is told.
struct Ended(ErrorKind);

impl Write for Ended {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn readers_may_have_seen_enough() {
    for (kind, expected) in [
        (ErrorKind::BrokenPipe, (0, "")),
        (
            ErrorKind::StorageFull,
            (2, "qmp: cannot write: no storage space\n"),
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("qmp");
        let listener = UnixListener::bind(&path).unwrap();
        let command = ["qmp", "--socket", path.to_str().unwrap(), "call", "x"];
        let arguments = Arguments::try_parse_from(command).unwrap();
        let mut err = Vec::new();
        let code = thread::scope(|scope| {
            let machine = FakeMachine::new().on("x", Act::returns("{}"));
            let fake = scope.spawn(|| machine.over(listener.accept().unwrap().0).unwrap());
            let code = run(&arguments, Terminals::default(), &mut Ended(kind), &mut err);
            drop(fake.join().unwrap());
            code
        });
        assert_eq!((code, str::from_utf8(&err).unwrap()), expected);
    }
}
