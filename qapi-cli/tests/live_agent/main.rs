//! `qmp agent` as a program: with a real agent, which is told to do nothing but what harms nobody, and with signals.
#![cfg(unix)]

mod shell;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use qapi_client::server::Request;
use qapi_client::server::fake::Act;
use qapi_tests::agent::Agent;
use qapi_tests::done::{Done, done};
use qapi_tests::live::{AGENT, Terminal, folder, harmless_agent};
use qapi_types::Any;
use rustix::process::{Pid, Signal, kill_process};

/// `qmp agent` with `words`, with the agent that `folder` has.
fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    command
        .current_dir(folder)
        .env("QGA_SOCKET", "agent")
        .env("QMP_SOCKET", "/nowhere/a-monitor")
        .arg("agent")
        .args(words);
    command
}

fn qmp(folder: &Path, words: &[&str]) -> Done {
    done(command(folder, words).output().unwrap())
}

#[test]
fn a_real_agent() {
    let Some(mut agent) = harmless_agent() else {
        return;
    };
    // Half a request, as a client leaves it that dies.
    let stream = agent.connect(AGENT);
    (&stream).write_all(br#"{"execute": "guest-pi"#).unwrap();
    drop(stream);
    let folder = agent.folder().to_owned();
    let silent = (Some(0), String::new(), String::new());
    assert_eq!(qmp(&folder, &["ping"]), silent);
    for (words, expected) in [
        (&["fsfreeze", "status"][..], (0, "thawed\n", "")),
        (&["call", "guest-ping"], (0, "{}\n", "")),
        (&["exec", "echo", "-n", "a b"], (0, "a b", "")),
        (
            &[
                "exec",
                "--env",
                "A=b",
                "--",
                "sh",
                "-c",
                "echo $A; echo c >&2; exit 7",
            ],
            (7, "b\n", "c\n"),
        ),
        (&["exec", "--", "sh", "-c", "kill -TERM $$"], (143, "", "")),
        (
            &[
                "exec",
                "--merge",
                "--",
                "sh",
                "-c",
                "echo a; echo b >&2; echo c",
            ],
            (0, "a\nb\nc\n", ""),
        ),
        (
            &["fsfreeze", "freeze"],
            (
                1,
                "",
                "qmp: guest-fsfreeze-freeze is forbidden in this guest, by the settings of its agent\n",
            ),
        ),
        (
            &["call", "guest-dance"],
            (
                1,
                "",
                "qmp: the guest agent, version V, does not know guest-dance\n",
            ),
        ),
    ] {
        let (code, out, err) = qmp(&folder, words);
        let version = qmp(&folder, &["info", "--json"]).1.parse::<Any>().unwrap();
        let version: String = version.get("agent").unwrap().to().unwrap();
        let err = err.replace(&version, "V");
        let (expected_code, expected_out, expected_err) = expected;
        assert_eq!(
            (code, &*out, &*err),
            (Some(expected_code), expected_out, expected_err),
            "{words:?}"
        );
    }
    for (words, code) in [
        (&["interfaces"][..], 0),
        (&["filesystems"], 0),
        (&["disks"], 0),
        (&["users"], 0),
        (&["time", "get"], 0),
        (&["exec", "/nowhere/at-all"], 125),
        (&["cat", "/nowhere/at-all"], 1),
        (&["shutdown", "--listen", "60"], 1),
        (&["suspend", "--listen", "60"], 1),
    ] {
        let (got, _, err) = qmp(&folder, words);
        assert_eq!(
            (got, err.is_empty()),
            (Some(code), code == 0),
            "{words:?}: {err}"
        );
    }
}

/// What goes there comes back, byte for byte; and nothing stays open, not even when nobody wants the rest.
#[test]
fn files_there_and_back() {
    let Some(mut agent) = harmless_agent() else {
        return;
    };
    drop(agent.connect(AGENT));
    let folder = agent.folder().to_owned();
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .flat_map(|n| n.wrapping_mul(n).to_le_bytes())
        .take(700_001)
        .collect();
    fs::write(folder.join("here"), &bytes).unwrap();
    let there = folder.join("there").display().to_string();
    let silent = (Some(0), String::new(), String::new());
    assert_eq!(qmp(&folder, &["write", &there, "--input", "here"]), silent);
    assert_eq!(fs::read(&there).unwrap(), bytes);
    let output = command(&folder, &["cat", &there]).output().unwrap();
    assert_eq!(output.stdout, bytes);

    // From standard input, behind what is there.
    let mut child = command(&folder, &["write", "--append", &there])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"end").unwrap();
    assert!(child.wait().unwrap().success());
    assert!(fs::read(&there).unwrap().ends_with(b"end"));
    // To a command, and from it.
    let mut child = command(&folder, &["exec", "--input", "here", "cat"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut back = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut back).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(back, bytes);

    let mut child = command(&folder, &["cat", "/dev/zero"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [1; 10];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    assert_eq!((child.wait().unwrap().code(), some), (Some(0), [0; 10]));
    let (_, open, _) = qmp(&folder, &["exec", "--", "sh", "-c", "ls -l /proc/$PPID/fd"]);
    assert!(
        open.contains("->") && !open.contains("there") && !open.contains("zero"),
        "{open}"
    );
}

/// An agent that stands still, and one that goes while a command runs.
#[test]
fn an_agent_that_hangs_and_one_that_is_gone() {
    let Some(mut agent) = harmless_agent() else {
        return;
    };
    drop(agent.connect(AGENT));
    agent.freeze();
    let words = ["--socket", "agent", "--timeout", "0.05", "agent", "ping"];
    let mut ping = Command::new(env!("CARGO_BIN_EXE_qmp"));
    ping.current_dir(agent.folder()).args(words);
    let (code, out, err) = done(ping.output().unwrap());
    assert_eq!((code, &*out), (Some(2), ""));
    let expected = "qmp: no guest agent answers at unix:agent: ";
    assert!(err.starts_with(expected), "{err}");
    agent.thaw();

    // One that ends soon by itself, for nobody else will see to it.
    let running = agent.folder().join("running");
    let script = format!("touch {}; exec sleep 2", running.display());
    let child = command(agent.folder(), &["exec", "--", "sh", "-c", &script])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !running.exists() {
        thread::sleep(Duration::from_millis(1));
    }
    agent.killer()();
    // It may not even have come to say that it has started it.
    let (code, _, err) = done(child.wait_with_output().unwrap());
    assert_eq!((code, err.lines().count()), (Some(124), 1), "{err}");
}

/// Sends the signal to `qmp`.
fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// An agent whose file systems can be frozen, in `folder`.
fn freezing(folder: &Path) -> Agent {
    Agent::listen(&folder.join("agent"), |request: &Request| {
        vec![Act::returns(match request.name() {
            Some("guest-fsfreeze-status") => "\"thawed\"",
            _ => "2",
        })]
    })
}

/// Whatever one does to whoever holds a freeze, it ends with the thaw.
#[test]
fn nobody_leaves_file_systems_frozen() {
    for signals in [
        &[Signal::TERM][..],
        &[Signal::HUP],
        &[Signal::INT, Signal::TERM],
        &[Signal::QUIT, Signal::TERM, Signal::INT],
    ] {
        let folder = folder();
        let agent = freezing(folder.path());
        let script = "trap '' INT QUIT; echo frozen; while :; do sleep 0.01; done";
        let mut child = command(
            folder.path(),
            &["fsfreeze", "hold", "--", "sh", "-c", script],
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "frozen\n");
        assert_eq!(
            agent.asked().last().map(String::as_str),
            Some("guest-fsfreeze-freeze")
        );
        signals.iter().for_each(|one| signal(&child, *one));
        // Of several that come at once any may be the first.
        let code = child.wait().unwrap().code();
        let codes = signals.iter().map(|one| Some(128 + one.as_raw()));
        assert!(codes.into_iter().any(|one| one == code), "{code:?}");
        assert_eq!(
            agent.asked().last().map(String::as_str),
            Some("guest-fsfreeze-thaw")
        );
        // The command is gone, too: nobody has its output open.
        assert_eq!(out.read_line(&mut line).unwrap(), 0);
    }
}

/// An agent with a file that never ends.
fn endless(folder: &Path) -> Agent {
    Agent::listen(&folder.join("agent"), |request: &Request| {
        vec![Act::returns(match request.name() {
            Some("guest-file-open") => "1000",
            Some("guest-file-read") => r#"{"count": 1, "buf-b64": "YQ==", "eof": false}"#,
            Some("guest-exec") => r#"{"pid": 7}"#,
            Some("guest-exec-status") => r#"{"exited": false}"#,
            _ => "{}",
        })]
    })
}

#[test]
fn files_are_closed_on_an_interrupt() {
    for (words, ready, message) in [
        (&["cat", "/f"][..], "guest-file-read", ""),
        (
            &["write", "/f"],
            "guest-file-open",
            "qmp: interrupted; 0 bytes were written before\n",
        ),
        (
            &["exec", "x"],
            "guest-exec-status",
            "qmp: process 7 goes on in the guest\n",
        ),
    ] {
        let folder = folder();
        let agent = endless(folder.path());
        let mut child = command(folder.path(), words)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !agent.asked().iter().any(|name| name == ready) {
            thread::sleep(Duration::from_millis(1));
        }
        // Waiting would close it.
        let _input = child.stdin.take();
        signal(&child, Signal::INT);
        let status = child.wait().unwrap();
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!((status.code(), &*err), (Some(130), message));
        if ready != "guest-exec-status" {
            assert_eq!(
                agent.asked().last().map(String::as_str),
                Some("guest-file-close")
            );
        }
    }
}

/// Whoever does not want to give a password after all sees again what is typed.
#[test]
fn a_password_that_is_not_given() {
    for (key, signal) in [
        (Some("\x03"), Signal::INT),
        (Some("hunter2\x1c"), Signal::QUIT),
        (None, Signal::TERM),
    ] {
        let mut terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
            command.args(["--socket", "/nowhere", "agent", "set-password", "ada"])
        });
        terminal.sees("New password of ada: ");
        while terminal.is_as_it_was() {
            thread::yield_now();
        }
        match key {
            Some(key) => terminal.keys(key),
            None => terminal.signal(signal),
        }
        let (status, shown) = terminal.end();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert!(terminal.is_as_it_was());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

/// It is not shown, and what was typed before somebody had something else to do is no part of it.
#[test]
fn a_password_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, given) = channel();
    let _agent = Agent::listen(&folder.path().join("agent"), move |request: &Request| {
        let password = request.arguments().and_then(|all| all.get("password"));
        sender
            .send(password.unwrap().to::<String>().unwrap())
            .unwrap();
        vec![Act::returns("{}")]
    });
    let qmp = env!("CARGO_BIN_EXE_qmp");
    let line = format!(
        "set -m; {qmp} -s agent agent set-password ada; echo stopped; read word; echo $word; fg; echo ended"
    );
    let mut terminal = Terminal::run("sh", |command| {
        command.args(["-c", &line]).current_dir(folder.path())
    });
    let asked = |terminal: &Terminal| {
        terminal.sees("New password of ada: ");
        while terminal.is_as_it_was() {
            thread::yield_now();
        }
    };
    asked(&terminal);
    terminal.keys("wrong\x1a");
    terminal.sees("stopped");
    assert!(terminal.is_as_it_was());
    terminal.keys("back\r");
    terminal.sees("\nback\n");
    asked(&terminal);
    terminal.keys("hunterz\x7f2\r");
    terminal.sees("ended");
    let (_, shown) = terminal.end();
    assert!(
        !shown.contains("hunter") && !shown.contains("wrong"),
        "{shown}"
    );
    let given: Vec<String> = given.try_iter().collect();
    assert_eq!(given, ["aHVudGVyMg=="], "not hunter2 in base64");
}
