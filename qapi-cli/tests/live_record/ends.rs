//! Machines that end, or talk to nobody.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

use qapi_client::Error;
use qapi_tests::live::{MONITOR, folder, machine};
use rustix::process::Signal;

use super::{Tool, client, done, recorded};

/// A machine that is killed in the middle of a command, and then whoever writes it down.
#[test]
fn what_breaks_off() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    let kill_machine = machine.killer();
    // Somebody asks a machine that does not answer any more, and learns that it never will.
    let ask = |socket: &str, before: &dyn Fn(), meanwhile: &dyn Fn()| {
        let mut client = client(folder, socket);
        let answered = client.execute_raw("query-name", None);
        assert_eq!(answered.unwrap().as_json(), "{}");
        before();
        thread::scope(|scope| {
            let asking = scope.spawn(move || client.execute_raw("query-status", None));
            meanwhile();
            asking.join().unwrap()
        })
    };
    let breaks_off = "qmp: tool breaks off, and so will its last connection\n";
    for (victim, code, lines, told) in [("tool", None, 5, breaks_off), ("machine", Some(0), 6, "")]
    {
        let record = Tool::ready(folder, &format!("record {victim}"));
        let kill = || {
            let is_asked = |line: &String| line.contains("query-status");
            while !recorded(folder, victim).iter().any(is_asked) {
                thread::yield_now();
            }
            match victim {
                "tool" => record.signal(Signal::KILL),
                _ => kill_machine(),
            }
        };
        let outcome = ask(&format!("{victim}.sock"), &|| machine.freeze(), &kill);
        let is_lost = |outcome| matches!(outcome, Err(Error::Lost { sent: true, .. }));
        assert!(is_lost(outcome));
        assert_eq!(record.end(), (code, String::new(), String::new()));
        if victim == "tool" {
            machine.thaw();
        }
        assert_eq!(recorded(folder, victim).len(), lines);
        let replay = Tool::ready(folder, &format!("replay {victim} --listen again --once"));
        assert!(is_lost(ask("again", &|| {}, &|| {})));
        assert_eq!(replay.end(), done(0, "", told));
    }
}

/// What a server says before anybody comes is for the first who does, as much as can be; its end is seen whatever it has said.
#[test]
fn a_server_that_talks_to_nobody() {
    const GREETING: &str = "{\"QMP\": {}}\r\n";
    // A thousand of these are a MiB.
    let event = |number: usize| {
        let gap = " ".repeat(1000);
        format!("{{\"event\": \"E\",{gap}\"data\": {{\"n\": {number:>8}}}}}\r\n")
    };
    let folder = folder();
    let folder = folder.path();
    let listener = UnixListener::bind(folder.join(MONITOR)).unwrap();
    for (count, is_alone) in [(2000, false), (20_000, false), (20_000, true), (0, true)] {
        let mut record = Tool::ready(folder, "record talk --overwrite --once --json");
        let (mut server, _) = listener.accept().unwrap();
        // It is read, whoever is there. Without that it would wait in vain.
        server
            .set_write_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let all: String = std::iter::once(GREETING.to_owned())
            .chain((0..count).map(event))
            .collect();
        server.write_all(all.as_bytes()).unwrap();
        if is_alone {
            drop(server);
            assert_eq!(record.end(), done(0, "{\"ended\":\"machine\"}\n", ""));
            continue;
        }
        let mut client = UnixStream::connect(folder.join("talk.sock")).unwrap();
        client.write_all(b"{}").unwrap();
        server.read_exact(&mut [0; 2]).unwrap();
        server.shutdown(Shutdown::Write).unwrap();
        let mut heard = String::new();
        client.read_to_string(&mut heard).unwrap();
        let dropped = match heard == all {
            true => 0,
            // The greeting and the latest.
            false => {
                let latest = heard.strip_prefix(GREETING.trim_end()).unwrap();
                assert!(latest.len() > 15 << 20 && all.ends_with(latest));
                let dropped = count - latest.lines().filter(|line| !line.is_empty()).count();
                assert_eq!(record.line(), format!("{{\"dropped\":{dropped}}}\n"));
                dropped
            }
        };
        assert_eq!(dropped > 0, count == 20_000);
        assert_eq!(record.line(), "{\"parted\":\"machine\"}\n");
        assert_eq!(record.end().0, Some(0));
        let lines = recorded(folder, "talk");
        // What the client has said, and the end.
        assert_eq!(lines.len(), count - dropped + 2);
    }
}

/// A machine that is killed while nobody is there.
#[test]
fn a_machine_that_dies_unheard() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let record = Tool::ready(machine.folder(), "record talk --json");
    machine.killer()();
    assert_eq!(record.end(), done(0, "{\"ended\":\"machine\"}\n", ""));
}
