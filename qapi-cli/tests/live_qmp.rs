//! The command `qmp` and a real machine: what it prints, and how it ends.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use qapi_tests::done::{Done, done};
use qapi_tests::live::{MONITOR, machine};
use qapi_types::Any;

/// `qmp` with `words` in `folder`, where a monitor is.
fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    command
        .current_dir(folder)
        .env("QMP_SOCKET", MONITOR)
        .args(words);
    command
}

/// Runs it.
fn qmp(folder: &Path, words: &[&str]) -> Done {
    done(command(folder, words).output().unwrap())
}

/// Of the two that name a monitor the command line has the word; without either there is nothing to do.
#[test]
fn addresses() {
    for (variable, words, message) in [
        (None, &["info"][..], "--socket <ADDRESS>"),
        (Some("tcp:nowhere"), &["info"], "expected `tcp:HOST:PORT`"),
        (
            Some("a/nowhere"),
            &["info"],
            "qmp: cannot connect to unix:a/nowhere: ",
        ),
        (
            Some("a/nowhere"),
            &["--socket", "unix:b/nowhere", "info"],
            "qmp: cannot connect to unix:b/nowhere: ",
        ),
    ] {
        let mut command = command(Path::new("."), words);
        match variable {
            Some(value) => command.env("QMP_SOCKET", value),
            None => command.env_remove("QMP_SOCKET"),
        };
        let output = command.output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains(message), "{err}");
    }
}

#[test]
fn replies_refusals_and_events() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    // The first session ends when the monitor is known to listen; a monitor serves one after the other.
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    for (words, expected) in [
        (&["query-name"][..], "{\"name\":\"vm\"}\n"),
        (&["query-name", "--pretty"], "{\n  \"name\": \"vm\"\n}\n"),
        (
            &["qom-get", "path=/machine", "property=suppress-vmdesc"],
            "false\n",
        ),
        (
            &[
                "qom-get",
                r#"{"path": "/machine", "property": "suppress-vmdesc"}"#,
            ],
            "false\n",
        ),
    ] {
        let expected = (Some(0), expected.to_owned(), String::new());
        assert_eq!(
            qmp(folder, &[&["call"], words].concat()),
            expected,
            "{words:?}"
        );
    }

    let (code, out, err) = qmp(folder, &["call", "--events", "cont"]);
    assert_eq!((code, &*out), (Some(0), "{}\n"));
    let event: Any = err.lines().next().unwrap().parse().unwrap();
    assert_eq!(event.get("event"), Some(Any::from("RESUME")));

    for (words, class) in [
        (&["no-such-command"][..], "CommandNotFound"),
        (&["device_del", "id=nobody"], "DeviceNotFound"),
        (&["qom-get", r#"{"path": "/machine"}"#], "GenericError"),
    ] {
        let (code, out, err) = qmp(folder, &[&["call"], words].concat());
        assert_eq!((code, &*out), (Some(1), ""), "{words:?}");
        assert!(err.starts_with(&format!("qmp: {class}: ")), "{err}");
    }
}

#[test]
fn machines_that_hang_and_machines_that_are_gone() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    machine.freeze();
    let (code, out, err) = qmp(
        machine.folder(),
        &["--timeout", "0.05", "call", "query-name"],
    );
    assert_eq!((code, &*out), (Some(2), ""));
    assert!(err.starts_with("qmp: timed out waiting for "), "{err}");

    machine.thaw();
    let ended = qmp(machine.folder(), &["call", "quit"]);
    assert_eq!(ended, (Some(0), "{}\n".to_owned(), String::new()));
    assert!(machine.wait().success());
    let (code, out, err) = qmp(machine.folder(), &["call", "query-name"]);
    assert_eq!((code, &*out), (Some(2), ""));
    assert!(
        err.starts_with("qmp: cannot connect to unix:qmp: "),
        "{err}"
    );
}

/// Whoever waits for what the machine does, and what it does meanwhile.
#[test]
fn events_jobs_and_states() {
    let Some(mut machine) = machine(&["-qmp", "unix:other,server=on,wait=off"]) else {
        return;
    };
    let mut other = machine.client("other");
    drop(machine.client(MONITOR));
    let folder = machine.folder();

    let waited = |words: &[&str]| qmp(folder, &[&["wait"], words].concat());
    assert_eq!(
        waited(&["status", "prelaunch"]),
        (Some(0), "prelaunch\n".to_owned(), String::new())
    );
    for (words, code, message) in [
        (
            &["status", "runing"][..],
            1,
            "qmp: the machine knows no state `runing`\n",
        ),
        (
            &["status", "running", "--within", "0.05"],
            3,
            "qmp: timed out waiting for status running\n",
        ),
        (&["job", "j"], 1, "qmp: there is no job `j`\n"),
        (
            &["R*", "--within", "0.05"],
            3,
            "qmp: timed out waiting for R*\n",
        ),
    ] {
        assert_eq!(
            waited(words),
            (Some(code), String::new(), message.to_owned())
        );
    }

    let create = |id: &str, size: u64| {
        let options = format!(r#"{{"driver": "file", "filename": "{id}", "size": {size}}}"#);
        format!(r#"{{"job-id": "{id}", "options": {options}}}"#)
            .parse::<Any>()
            .unwrap()
    };
    for (id, size, code) in [("good", 1 << 20, 0), ("bad", 1 << 63, 1)] {
        let (name, arguments) = ("blockdev-create", create(id, size));
        other.execute_raw(name, Some(&arguments)).unwrap();
        let (ended, _, err) = waited(&["job", id]);
        assert_eq!(ended, Some(code), "{id}: {err}");
    }

    // A command and what it leads to, as one.
    let create = ["blockdev-create", "job-id=once", "options.driver=file"];
    let create = [&create[..], &["options.filename=once", "options.size=1M"]].concat();
    for (words, command, out) in [
        (&["job", "once"][..], &create[..], "once has ended\n"),
        (&["status", "running"], &["cont"], "running\n"),
        (&["status", "paused"], &["stop"], "paused\n"),
    ] {
        let words = [words, &["--within", "60", "--"], command].concat();
        assert_eq!(waited(&words), (Some(0), out.to_owned(), String::new()));
    }
    let changed = "JOB_STATUS_CHANGE id=once status=null --json --within 60 -- job-dismiss id=once";
    let (code, out, _) = waited(&changed.split(' ').collect::<Vec<_>>());
    assert_eq!(code, Some(0));
    assert!(out.contains("\"once\""), "{out}");
    let (code, _, err) = waited(&["DEVICE_DELETED", "devise=x"]);
    let message = "qmp: there is no member `devise` in the data of `DEVICE_DELETED`\n";
    assert_eq!((code, &*err), (Some(1), message));

    // Told as it comes: whoever listens hears the end, and ends with it.
    let mut listener = command(folder, &["events", "SHUTDOWN", "RESUME", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(listener.stdout.take().unwrap()).lines();
    let mut next = || {
        let event: Any = lines.next()?.unwrap().parse().unwrap();
        event.get("event")?.to::<String>().ok()
    };
    // Nothing that happens before it is there is for it.
    let heard = AtomicBool::new(false);
    let first = thread::scope(|scope| {
        let switch = scope.spawn(|| {
            while !heard.load(Ordering::Relaxed) {
                other.execute_raw("cont", None).unwrap();
                other.execute_raw("stop", None).unwrap();
            }
            other.execute_raw("quit", None).unwrap();
        });
        let first = next();
        heard.store(true, Ordering::Relaxed);
        switch.join().unwrap();
        first
    });
    assert_eq!(first.as_deref(), Some("RESUME"));
    let rest: Vec<String> = std::iter::from_fn(next).collect();
    assert_eq!(rest.last().map(String::as_str), Some("SHUTDOWN"));
    assert!(listener.wait().unwrap().success());
    assert!(machine.wait().success());
}

/// Objects of a real machine, one of them with properties of several types that can be set while it stands still.
#[test]
fn objects() {
    let Some(mut machine) = machine(&["-device", "virtio-balloon-pci,id=balloon0"]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    let balloon = "/machine/peripheral/balloon0";
    for (words, expected) in [
        (
            "get /machine/peripheral.type",
            (0, "\"container\" (string)\n"),
        ),
        ("get /machine no-such-thing", (1, "")),
        ("set /machine.graphics off", (0, "false (bool)\n")),
        ("get /machine.graphics --json", (0, "false\n")),
        ("set /machine.graphics 0", (2, "")),
        (
            "set BALLOON guest-stats-polling-interval 0x2",
            (0, "2 (int)\n"),
        ),
        ("get BALLOON.guest-stats-polling-interval", (0, "2 (int)\n")),
        ("set BALLOON guest-stats-polling-interval -1", (1, "")),
        ("set BALLOON.realized nonsense", (2, "")),
        ("set /machine.smm off --json", (0, "\"off\"\n")),
        ("get /machine.smm", (0, "\"off\" (OnOffAuto)\n")),
        ("list /nowhere", (1, "")),
        ("tree /nowhere", (1, "")),
        (
            "tree /machine/peripheral --depth 0 --json",
            (
                0,
                "{\"path\":\"/machine/peripheral\",\"type\":\"container\"}\n",
            ),
        ),
    ] {
        let words = words.replace("BALLOON", balloon);
        let words: Vec<&str> = ["qom"].into_iter().chain(words.split(' ')).collect();
        let (code, out, err) = qmp(folder, &words);
        assert_eq!(
            (code, &*out),
            (Some(expected.0), expected.1),
            "{words:?}: {err}"
        );
    }

    // The same as `get` has it.
    let (code, out, err) = qmp(folder, &["qom", "tree", "--values"]);
    assert_eq!((code, &*err), (Some(0), ""));
    for line in [
        " .guest-stats-polling-interval 2 (int)\n",
        " .smm \"off\" (OnOffAuto)\n",
    ] {
        assert!(out.contains(line), "no {line} in {out}");
    }

    // Every object that the machine has is in its tree, once.
    let (code, out, err) = qmp(folder, &["qom", "tree", "--json"]);
    assert_eq!((code, &*err), (Some(0), ""));
    let objects: Vec<String> = out
        .lines()
        .map(|line| line.parse::<Any>().unwrap().get("path").unwrap())
        .map(|path| path.to().unwrap())
        .collect();
    let once: BTreeSet<&String> = objects.iter().collect();
    assert_eq!(once.len(), objects.len());
    assert!(once.contains(&balloon.to_owned()));
    for path in [
        &objects[0],
        &objects[objects.len() / 2],
        &objects[objects.len() - 1],
    ] {
        let (code, listed, _) = qmp(folder, &["qom", "list", path, "--json"]);
        assert_eq!(code, Some(0), "{path}");
        let parts = listed
            .lines()
            .filter(|line| line.contains("\"child<"))
            .count();
        let below = objects.iter().filter(|other| {
            let parent = other.rsplit_once('/').map_or("", |(parent, _)| parent);
            **other != "/" && parent == path.trim_end_matches('/')
        });
        assert_eq!(below.count(), parts, "{path}");
    }
}

/// Whoever has read enough is not held up by a machine that says no more.
#[test]
fn readers_that_go() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let mut events = command(machine.folder(), &["events"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(events.stdout.take());
    assert_eq!(events.wait().unwrap().code(), Some(0));
}
