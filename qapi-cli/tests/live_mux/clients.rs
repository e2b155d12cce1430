//! What clients see, may do, and cannot do to others.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use qapi_tests::live::MONITOR;
use qapi_types::Any;

use crate::raw::Raw;
use crate::{Mux, Shared, hold_up, some_machine};

/// A client is greeted as by the machine itself, and what it says is answered in the machine's own bytes.
#[test]
fn what_is_said_is_the_machines() {
    let Some(mut machine) = some_machine(&[
        "-qmp",
        "unix:direct,server=on,wait=off",
        "-qmp-pretty",
        "unix:pretty,server=on,wait=off",
    ]) else {
        return;
    };
    let folder = machine.folder().to_owned();
    let pretty = ["--listen", "of-pretty", "--json"];
    let _pretty = {
        let mut command = crate::command(&folder, &pretty);
        command.env("QMP_SOCKET", "pretty");
        Mux::of(command)
    };
    let _mux = Mux::start(&folder, &["--listen", "all"]);
    drop(machine.connect("direct"));
    let mut direct = Raw::ready(&folder.join("direct"), true);
    for (name, exactly) in [("all", true), ("of-pretty", false)] {
        let mut client = Raw::ready(&folder.join(name), true);
        let greeting: Any = client.greeting.parse().unwrap();
        assert_eq!(greeting, direct.greeting.parse().unwrap());
        assert!(!exactly || client.greeting == direct.greeting);
        for request in [
            r#"{"execute": "query-version", "id": 7}"#,
            r#"{"execute": "query-block"}"#,
            r#"{"execute": "qom-list", "arguments": {"path": "/\u00e9"}, "id": "x"}"#,
            r#"{"execute": "device_add"}"#,
            r#"{"exec-oob": "migrate-pause", "id": [1]}"#,
            r#"{"exec-oob": "query-status", "id": {}}"#,
            r#"{"execute": "query-qmp-schema", "id": 0}"#,
        ] {
            client.say(request);
            direct.say(request);
            let (ours, theirs) = (client.line(), direct.line());
            match exactly {
                true => assert_eq!(ours, theirs, "{request}"),
                false => assert_eq!(ours.parse::<Any>(), theirs.parse(), "{request}"),
            }
        }
    }
}

/// Who tries what a socket is not for is told so, and the machine is not even asked: here it stands still meanwhile.
#[test]
fn policies() {
    let rules = [
        "--listen",
        "watch,read-only,allow=stop",
        "--listen",
        "tools,deny=q*",
    ];
    let Some(mut shared) = Shared::start(&[], &rules) else {
        return;
    };
    assert_eq!(
        shared.mux.ready,
        "ready: QEMU 10.0.2 at all, watch (read-only,allow=stop), tools (deny=q*)\n"
    );
    for (name, allowed, refused) in [
        ("all", &["query-name", "stop", "cont"][..], &[][..]),
        (
            "watch",
            &["query-name", "query-qmp-schema", "stop"],
            &["cont", "quit", "nonsense", "transaction"],
        ),
        ("tools", &["stop", "cont"], &["query-name", "quit"]),
    ] {
        let mut client = Raw::ready(&shared.at(name), true);
        for (execute, command) in allowed.iter().map(|command| ("execute", command)) {
            client.say(&format!(r#"{{"{execute}": "{command}", "id": 1}}"#));
            assert!(client.reply().get("return").is_some(), "{name}: {command}");
        }
        shared.machine.freeze();
        for command in refused {
            for execute in ["execute", "exec-oob"] {
                client.say(&format!(r#"{{"{execute}": "{command}", "id": "mine"}}"#));
                let reply = client.reply();
                let error = reply.get("error").unwrap();
                assert_eq!(error.get("class"), Some("GenericError".into()));
                assert_eq!(reply.get("id"), Some("mine".into()));
                let why = format!("the command {command} is not allowed here: ");
                assert!(error.as_json().contains(&why), "{error}");
            }
        }
        shared.machine.thaw();
    }
    assert_eq!(shared.mux.end().0, Some(0));
}

/// Past what the machine is busy with for somebody else, and past all that waits for that.
#[test]
fn out_of_band() {
    let Some(shared) = Shared::start(&[], &[]) else {
        return;
    };
    let path = &shared.path();
    let mut busy = Raw::ready(path, false);
    let remote = hold_up(&shared, &mut busy);
    let mut waiting: Vec<Raw> = (0..10).map(|_| Raw::ready(path, true)).collect();
    for client in &mut waiting {
        client.say(&r#"{"execute": "query-name"}"#.repeat(8));
    }
    let yank = r#""arguments": {"instances": [{"type": "block-node", "node-name": "remote"}]}"#;
    for client in &mut waiting {
        client.say(&format!(r#"{{"exec-oob": "yank", "id": "oob", {yank}}}"#));
        let reply = client.line();
        assert_eq!(reply, r#"{"return": {}, "id": "oob"}"#);
    }
    drop(remote);
    assert_eq!(busy.reply().get("id"), Some("held up".into()));
    for client in &mut waiting {
        for _ in 0..8 {
            assert_eq!(client.line(), r#"{"return": {"name": "vm"}}"#);
        }
    }
}

/// Everybody who has negotiated is told what happens, in the machine's own words.
#[test]
fn events_reach_all() {
    let Some(mut shared) = Shared::start(
        &["-qmp", "unix:direct,server=on,wait=off"],
        &["--listen", "watch,read-only"],
    ) else {
        return;
    };
    drop(shared.machine.connect("direct"));
    let mut direct = Raw::ready(&shared.at("direct"), false);
    let mut not_ready = Raw::connect(&shared.path());
    let mut clients: Vec<Raw> = ["all", "watch"]
        .repeat(25)
        .iter()
        .map(|name| Raw::ready(&shared.at(name), false))
        .collect();
    for command in ["cont", "stop"] {
        direct.say(&format!(r#"{{"execute": "{command}"}}"#));
        let event = direct.line();
        assert!(event.contains(r#""event": ""#), "{event}");
        assert_eq!(direct.line(), r#"{"return": {}}"#);
        for client in &mut clients {
            assert_eq!(client.line(), event);
        }
    }
    not_ready.say(r#"{"execute": "qmp_capabilities"}"#);
    assert_eq!(not_ready.line(), r#"{"return": {}}"#);
}

/// Whoever asks and does not read holds up nobody, and neither does who says what is no QMP.
#[test]
fn clients_that_do_as_they_please() {
    let Some(mut shared) = Shared::start(&[], &[]) else {
        return;
    };
    let path = &shared.path();
    let mut slow: Vec<Raw> = (0..4).map(|_| Raw::ready(path, false)).collect();
    for client in &mut slow {
        // Replies of a quarter of a megabyte each, more of them than anybody keeps; it is not heard to the end.
        client.stream.set_nonblocking(true).unwrap();
        let requests = r#"{"execute": "query-qmp-schema"}"#.repeat(10_000);
        let mut left = requests.as_bytes();
        while let Ok(count) = client.stream.write(left) {
            left = &left[count..];
        }
        assert!(!left.is_empty());
    }
    thread::scope(|scope| {
        for garbage in [
            b"\xff".repeat(1 << 20),
            b"[".repeat(1 << 20),
            b"]".repeat(1 << 18),
            br#"{"execute": 1, "id": {"#.repeat(1 << 14),
            b"\0\r\n'\"\\".repeat(1 << 16),
        ] {
            scope.spawn(move || {
                let mut stream = UnixStream::connect(path).unwrap();
                let mut reader = stream.try_clone().unwrap();
                let told = thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
                stream.write_all(&garbage).unwrap();
                stream.shutdown(std::net::Shutdown::Write).unwrap();
                told.join().unwrap().unwrap();
            });
        }
        scope.spawn(move || {
            let mut client = Raw::ready(path, false);
            for number in 0..200 {
                client.say(&format!(r#"{{"execute": "query-name", "id": {number}}}"#));
                assert_eq!(client.reply().get("id"), Some(number.into()));
            }
        });
    });
    // Who reads again is told what it has asked first.
    let client = &mut slow[0];
    client.stream.set_nonblocking(false).unwrap();
    for _ in 0..20 {
        assert!(client.reply().get("return").is_some());
    }
    let memory = memory_of(shared.mux.child.id());
    assert!(memory < 200 << 20, "{memory} bytes");
    drop(slow);
    drop(Raw::ready(path, false));
    assert_eq!(shared.mux.end().0, Some(0));
    let mut monitor = shared.machine.client(MONITOR);
    assert!(monitor.execute_raw("query-name", None).is_ok());
}

/// The most that a process has had in memory.
fn memory_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.unwrap().trim().strip_suffix(" kB").unwrap();
    kilobytes.parse::<u64>().unwrap() << 10
}

/// A socket lets in so many at a time; the next has its turn when one has gone.
#[test]
fn a_socket_that_is_full() {
    let Some(shared) = Shared::start(&[], &["--clients", "2"]) else {
        return;
    };
    let path = shared.path();
    let mut first = Raw::ready(&path, false);
    let _second = Raw::ready(&path, false);
    let mut third = UnixStream::connect(&path).unwrap();
    third.set_nonblocking(true).unwrap();
    // Whoever is looked at is looked at by now.
    for _ in 0..10 {
        first.say(r#"{"execute": "query-name"}"#);
        first.reply();
    }
    let greeted = third.read(&mut [0]);
    assert_eq!(greeted.unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(first);
    third.set_nonblocking(false).unwrap();
    assert_eq!(third.read(&mut [0]).unwrap(), 1);
}
