//! Clients that do as they please.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use qapi_tests::live::{MONITOR, folder, machine};

use super::{Tool, client, done, hears, recorded};

/// Whatever clients do, the next one does not notice.
#[test]
fn clients_that_misbehave() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    let mut record = Tool::ready(folder, "record talk --json");
    let half = "{'execute': 'qmp_capabilities'}{'execute': 'st";
    let garbage = "{'execute': 'qmp_capabilities'}@\n{'execute': 'query-nonsense'}";
    let heard = [
        hears(folder, "talk.sock", half, "return"),
        hears(folder, "talk.sock", garbage, "CommandNotFound"),
    ];
    // Who comes and goes; and one who waits while another is served.
    drop(UnixStream::connect(folder.join("talk.sock")).unwrap());
    let first = client(folder, "talk.sock");
    let waits = thread::scope(|scope| {
        let second = scope.spawn(|| client(folder, "talk.sock").execute_raw("query-name", None));
        drop(first);
        second.join().unwrap()
    });
    assert_eq!(waits.unwrap().as_json(), "{}");
    for _ in 0..5 {
        assert_eq!(record.line(), "{\"parted\":\"client\"}\n");
    }
    assert_eq!(record.stop(), done(0, "{\"ended\":\"signal\"}\n", ""));
    let lines = recorded(folder, "talk");
    let expected = [
        r#"{"client": {"execute": "qmp_capabilities"}}"#,
        r#"{"server": {"return": {}}}"#,
        r#"{"end": "client"}"#,
        r#"{"client": {"execute": "qmp_capabilities"}}"#,
        r#"{"client": "stray '@'"}"#,
        r#"{"client": {"execute": "query-nonsense"}}"#,
    ];
    assert_eq!(lines[..6], expected, "{lines:#?}");

    let replay = Tool::ready(folder, "replay talk --listen again");
    let again = [
        hears(folder, "again", half, "return"),
        hears(folder, "again", garbage, "CommandNotFound"),
    ];
    assert_eq!(again, heard);
    assert_eq!(replay.stop(), done(0, "", ""));
}

/// A server that takes everything and says nothing; it answers how much that was.
fn silent(listener: &UnixListener) -> usize {
    let (mut stream, _) = listener.accept().unwrap();
    let mut bytes = vec![0; 1 << 20];
    let mut count = 0;
    loop {
        match stream.read(&mut bytes).unwrap() {
            0 => return count,
            more => count += more,
        }
    }
}

#[test]
fn a_message_without_end_is_passed_on_and_not_kept() {
    let folder = folder();
    let folder = folder.path();
    let listener = UnixListener::bind(folder.join(MONITOR)).unwrap();
    let server = thread::spawn(move || silent(&listener));
    let record = Tool::ready(folder, "record talk --once");
    let mut client = UnixStream::connect(folder.join("talk.sock")).unwrap();
    let chunk = vec![b'a'; 1 << 20];
    client.write_all(b"\"").unwrap();
    for _ in 0..80 {
        client.write_all(&chunk).unwrap();
    }
    client.write_all(b"\"\n{}").unwrap();
    let status = format!("/proc/{}/status", record.child.id());
    let status = fs::read_to_string(status).unwrap_or_default();
    drop(client);
    assert_eq!(server.join().unwrap(), (80 << 20) + 5);
    assert_eq!(record.end(), done(0, "", ""));
    let expected = [
        r#"{"client": "a message has more than 67108864 bytes"}"#,
        r#"{"client": {}}"#,
        r#"{"end": "client"}"#,
    ];
    assert_eq!(recorded(folder, "talk"), expected);
    // Where the system tells, how much it has taken at most, in KiB.
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    assert!(peak.is_none_or(|peak| peak < 400 << 10), "{peak:?}");
}

/// Clients that have nothing more to say, or have gone; a server that does not care.
#[test]
fn who_hangs_up() {
    let folder = folder();
    let folder = folder.path();
    let listener = UnixListener::bind(folder.join(MONITOR)).unwrap();
    let mut record = Tool::ready(folder, "record talk --json");
    let connect = || {
        let client = UnixStream::connect(folder.join("talk.sock")).unwrap();
        (client, listener.accept().unwrap().0)
    };
    let says = |mut stream: &UnixStream, text: &str| stream.write_all(text.as_bytes()).unwrap();
    let hears_all = |mut stream: UnixStream| {
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    };
    // Who says nothing more hears the answer.
    let (client, server) = connect();
    says(&server, "hello ");
    says(&client, "{'a': ");
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(hears_all(server.try_clone().unwrap()), "{'a': ");
    says(&server, "bye\n");
    drop(server);
    assert_eq!(hears_all(client), "hello bye\n");
    assert_eq!(record.line(), "{\"parted\":\"client\"}\n");
    // A server that does not hang up keeps nobody waiting for long.
    let (client, server) = connect();
    drop(client);
    let (client, other) = connect();
    says(&other, "5 ");
    drop(other);
    assert_eq!(hears_all(client), "5 ");
    for who in ["client", "machine"] {
        assert_eq!(record.line(), format!("{{\"parted\":\"{who}\"}}\n"));
    }
    drop(server);
    // What nobody talks to may end as well.
    let (machine, _) = listener.accept().unwrap();
    drop((listener, machine));
    assert_eq!(record.end(), done(0, "{\"ended\":\"machine\"}\n", ""));
    let expected = [
        r#"{"server": "expected a value, found 'h' at byte 0, near `hello`"}"#,
        r#"{"server": "expected a value, found 'b' at byte 0, near `bye`"}"#,
        r#"{"end": "client"}"#,
        r#"{"end": "client"}"#,
        r#"{"server": 5}"#,
        r#"{"end": "server"}"#,
    ];
    assert_eq!(recorded(folder, "talk"), expected);
}
