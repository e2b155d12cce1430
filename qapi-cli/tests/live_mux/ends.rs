//! How it begins and ends, and what is left of it.

use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Command, Output};
use std::thread;

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_tests::live::{MONITOR, folder};
use rustix::process::{Signal, kill_process};

use crate::raw::Raw;
use crate::{Mux, Shared, command, hold_up, some_machine};

/// What becomes of one that does not get ready.
fn fails(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_machine_that_is_killed_ends_all_at_once() {
    let Some(mut shared) = Shared::start(&[], &["--json"]) else {
        return;
    };
    assert_eq!(
        shared.mux.ready,
        "{\"ready\":[{\"socket\":\"all\",\"policy\":\"\"}]}\n"
    );
    let path = shared.path();
    let mut idle = Raw::ready(&path, false);
    shared.machine.freeze();
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..20)
            .map(|_| {
                // Connected before the machine dies, each with a call that will not be answered.
                let mut client = Client::connect_unix(&path).unwrap();
                scope.spawn(move || client.execute_raw("query-status", None))
            })
            .collect();
        shared.machine.killer()();
        for call in waiting {
            let error = call.join().unwrap().unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
        }
    });
    assert_eq!(idle.line(), "");
    let ended = shared.mux.wait();
    let expected = "{\"ended\":\"machine\"}\n".to_owned();
    assert_eq!(ended, (Some(0), expected, String::new()));
    assert!(!path.exists());
}

/// One client ends the machine for all; what comes before is told to each.
#[test]
fn a_machine_that_is_told_to_quit() {
    let Some(mut shared) = Shared::start(&[], &[]) else {
        return;
    };
    let mut other = Raw::ready(&shared.path(), false);
    let mut client = Client::connect_unix(shared.path()).unwrap();
    assert!(client.execute_raw("quit", None).is_ok());
    assert!(other.line().contains("SHUTDOWN"));
    assert_eq!(other.line(), "");
    assert_eq!(shared.mux.wait(), (Some(0), String::new(), String::new()));
    assert!(shared.machine.wait().success());
}

/// What is with the machine when it is told to end is answered yet, what waits is not done, and nobody is let in.
#[test]
fn signals() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let Some(mut shared) = Shared::start(&[], &["--json"]) else {
            return;
        };
        let path = shared.path();
        let mut client = Raw::ready(&path, false);
        let mut idle = Raw::ready(&path, false);
        let remote = hold_up(&shared, &mut client);
        client.say(&r#"{"execute": "stop", "id": "in line"}"#.repeat(12));
        kill_process(shared.mux.pid(), signal).unwrap();
        while path.exists() {
            thread::yield_now();
        }
        drop(remote);
        assert_eq!(client.reply().get("id"), Some("held up".into()));
        let mut rest = Vec::new();
        // What has not been heard any more is told of by the system.
        if let Err(error) = client.stream.read_to_end(&mut rest) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        let rest = String::from_utf8(rest).unwrap();
        assert!(rest.matches("in line").count() < 12, "{rest}");
        assert_eq!(idle.line(), "");
        let (code, out, err) = shared.mux.wait();
        assert_eq!(
            (code, &*out, &*err),
            (Some(0), "{\"ended\":\"signal\"}\n", "")
        );
        // The machine goes on.
        drop(shared.machine.client(MONITOR));
    }
}

#[test]
fn sockets_are_made_and_not_found() {
    let Some(machine) = some_machine(&[]) else {
        return;
    };
    let folder = machine.folder();
    let theirs = UnixListener::bind(folder.join("theirs")).unwrap();
    fs::write(folder.join("file"), "text").unwrap();
    for name in ["theirs", "file", "qmp"] {
        // The first is made, and removed again.
        let words = ["--listen", "ours", "--listen", name];
        let error = fails(&command(folder, &words).output().unwrap());
        let expected = format!("qmp: cannot listen at unix:{name}: it is there already");
        assert!(error.starts_with(&expected), "{error}");
        assert!(!folder.join("ours").exists());
    }
    assert_eq!(fs::read(folder.join("file")).unwrap(), b"text");
    drop(theirs);

    let mut mux = Mux::start(
        folder,
        &["--listen", "ours", "--listen", "with,,comma,read-only"],
    );
    for name in ["ours", "with,comma"] {
        let mode = fs::metadata(folder.join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Another's in the place of ours stays.
    fs::remove_file(folder.join("ours")).unwrap();
    fs::write(folder.join("ours"), "theirs").unwrap();
    assert_eq!(mux.end().0, Some(0));
    assert_eq!(fs::read(folder.join("ours")).unwrap(), b"theirs");
    assert!(!folder.join("with,comma").exists());

    if cfg!(target_os = "linux") {
        let name = format!("unix:@qmp-test-{}", std::process::id());
        let mut mux = Mux::start(folder, &["--listen", &name]);
        let mut client = Client::connect(&name.parse().unwrap()).unwrap();
        assert!(client.execute_raw("query-name", None).is_ok());
        let (_, _, error) = mux.end();
        assert_eq!(
            error,
            format!("qmp: anybody on this host can connect to {name}\n")
        );
    }
}

#[test]
fn monitors_that_are_not_to_be_had() {
    let nowhere = folder();
    let error = fails(
        &command(nowhere.path(), &["--listen", "a"])
            .output()
            .unwrap(),
    );
    assert!(
        error.starts_with("qmp: cannot connect to unix:qmp: "),
        "{error}"
    );
    for (words, expected) in [
        (&["--listen", "a,readonly"][..], "`readonly` is no rule"),
        (
            &["--listen", "tcp:localhost:1"],
            "clients come to Unix sockets only",
        ),
        (&[], "--listen"),
    ] {
        let Some(machine) = some_machine(&[]) else {
            return;
        };
        let error = fails(&command(machine.folder(), words).output().unwrap());
        assert!(error.contains(expected), "{error}");
    }
    let Some(mut machine) = some_machine(&[]) else {
        return;
    };
    // Another has it.
    let _other = machine.client(MONITOR);
    let mut busy = Command::new(env!("CARGO_BIN_EXE_qmp"));
    busy.args([
        "--socket",
        MONITOR,
        "--timeout",
        "0.1",
        "mux",
        "--listen",
        "a",
    ]);
    let error = fails(&busy.current_dir(machine.folder()).output().unwrap());
    assert!(
        error.contains("timed out waiting for the server's greeting"),
        "{error}"
    );
    assert!(!machine.folder().join("a").exists());
}
