//! `qmp record` and `qmp replay`: what real clients and a real machine say to each other, and again without the machine.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use qapi_client::Error;
use qapi_client::blocking::{Client, Options};
use qapi_tests::done::Done;
use qapi_tests::live::{AGENT, MONITOR, folder, harmless_agent, learn, machine, python};
use qapi_types::qga::commands as qga;
use qapi_types::qmp::commands;
use rustix::process::{Pid, Signal, kill_process};

/// `qmp` at work, with what it says of it.
struct Tool {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Tool {
    /// Starts it in `folder`, where a machine's monitor may be.
    fn start(folder: &Path, words: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qmp"))
            .current_dir(folder)
            .env("QMP_SOCKET", MONITOR)
            .args(words.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// The same, and waits until clients can come.
    fn ready(folder: &Path, words: &str) -> Self {
        let mut tool = Self::start(folder, words);
        let line = tool.line();
        assert!(line.contains("ready"), "{line}{:?}", tool.end());
        tool
    }

    /// The next line that it says.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    fn end(mut self) -> Done {
        let mut said = String::new();
        self.out.read_to_string(&mut said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let complained = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said, complained)
    }

    /// Ends it.
    fn stop(self) -> Done {
        self.signal(Signal::TERM);
        self.end()
    }
}

fn done(code: i32, said: &str, complained: &str) -> Done {
    (Some(code), said.to_owned(), complained.to_owned())
}

fn client(folder: &Path, socket: &str) -> Client {
    Client::connect_unix(folder.join(socket)).unwrap()
}

/// What is in a recording, but for the beginnings of connections.
fn recorded(folder: &Path, file: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let lines = text.lines().filter(|line| !line.contains("\"QMP\""));
    lines.map(str::to_owned).collect()
}

/// What a user of Python's library would write; it says what it finds.
const SCRIPT: &str = r#"
import asyncio, sys
from qemu.qmp import ExecuteError, QMPClient

async def main():
    client = QMPClient('test')
    await client.connect(sys.argv[1])
    print(client.greeting.QMP.version['qemu'], client.greeting.QMP.capabilities)
    with client.listener(('RESUME', 'STOP')) as listener:
        await client.execute('cont')
        print(await client.execute('query-status'))
        await client.execute('stop')
        print([(await listener.get())['event'] for _ in range(2)])
    answers = await asyncio.gather(*(client.execute('qom-list', {'path': path})
        for path in ('/', '/machine', '/machine/peripheral', '/', '/objects')))
    print(answers)
    try:
        await client.execute('device_del', {'id': 'n\u00f6'})
    except ExecuteError as error:
        print(error.error_class, error)
    await client.disconnect()

asyncio.run(main())
"#;

/// What Python's `qemu.qmp` learns, where `cargo xtask ci` has installed it.
fn foreign(folder: &Path, socket: &str) -> Option<String> {
    let python = python(env!("CARGO_TARGET_TMPDIR"), "python")?;
    let mut command = Command::new(python);
    let output = command
        .arg("-c")
        .arg(SCRIPT)
        .arg(socket)
        .current_dir(folder);
    let output = output.output().unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_was_said_is_said_again() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    let record = Tool::ready(folder, "record talk");
    let learned = (
        learn(client(folder, "talk.sock")),
        foreign(folder, "talk.sock"),
    );
    assert_eq!(record.stop(), done(0, "", ""));
    assert!(!folder.join("talk.sock").exists());
    let mode = folder.join("talk").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let replay = Tool::ready(folder, "replay talk --listen again --once");
    let again = (learn(client(folder, "again")), foreign(folder, "again"));
    assert_eq!(again, learned);
    assert_eq!(replay.end(), done(0, "", ""));
    // Each connection begins at its beginning, any number of times.
    let replay = Tool::ready(folder, "replay talk --listen again --json");
    for _ in 0..2 {
        let again = (learn(client(folder, "again")), foreign(folder, "again"));
        assert_eq!(again, learned);
    }
    let (code, said, complained) = replay.stop();
    assert_eq!((code, &*complained), (Some(0), ""));
    assert!(said.starts_with("{\"parted\":1}\n"), "{said}");
    assert!(said.ends_with("{\"ended\":\"signal\"}\n"), "{said}");
    assert!(!folder.join("again").exists());
}

/// What a client learns of a guest's agent, in many ways.
fn learn_of_agent(folder: &Path, socket: &str) -> Vec<String> {
    let mut learned: Vec<String> = [
        "ping",
        "info",
        "interfaces --json",
        "fsfreeze status",
        "call guest-get-osinfo",
        "call guest-dance",
        "exec -- echo -n a",
        "cat /etc/os-release",
    ]
    .map(|words| {
        format!(
            "{:?}",
            Tool::start(folder, &format!("--socket {socket} agent {words}")).end()
        )
    })
    .into();
    let stream = UnixStream::connect(folder.join(socket)).unwrap();
    let mut client = Client::agent(stream, Options::guest_agent()).unwrap();
    learned.push(format!("{:?}", client.execute(&qga::GuestPing)));
    learned.push(format!("{:?}", client.execute(&qga::GuestInfo)));
    learned.push(format!(
        "{:?}",
        client.execute(&qga::GuestExec::new("/nowhere/at-all"))
    ));
    learned
}

/// An agent, which does not greet: both sides come into step by a number that is another each time.
#[test]
fn agents_are_recorded_and_replayed() {
    let Some(mut agent) = harmless_agent() else {
        return;
    };
    drop(agent.connect(AGENT));
    let folder = agent.folder();
    let record = Tool::ready(folder, &format!("--socket {AGENT} record talk"));
    let learned = learn_of_agent(folder, "talk.sock");
    assert_eq!(learned[6], r#"(Some(0), "a", "")"#);
    assert_eq!(record.stop(), done(0, "", ""));
    let lines = recorded(folder, "talk");
    for side in ["client", "server"] {
        let delimiter = format!("{{\"delimiter\": \"{side}\"}}");
        assert!(lines.contains(&delimiter), "{lines:#?}");
    }
    let replay = Tool::ready(folder, "replay talk --listen again --once");
    assert_eq!(learn_of_agent(folder, "again"), learned);
    assert_eq!(replay.end(), done(0, "", ""));
}

#[test]
fn descriptors_and_refusals() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    let talk = |socket: &str| {
        let mut client = client(folder, socket);
        let null = || vec![OwnedFd::from(File::open("/dev/null").unwrap())];
        let (get, close) = (commands::Getfd::new("null"), commands::Closefd::new("null"));
        // Only one that has come can be given back.
        let outcomes = [
            client.execute(&get),
            client.execute_with_fds(&get, null()),
            client.execute(&close),
            client.execute(&close),
        ];
        let told = outcomes.map(|outcome| match outcome {
            Ok(_) => "done".to_owned(),
            Err(error) => error.to_string(),
        });
        assert_eq!([&*told[1], &*told[2]], ["done", "done"]);
        assert!(told[0].starts_with("GenericError: "), "{}", told[0]);
        assert!(told[3].starts_with("GenericError: "), "{}", told[3]);
        told
    };
    let record = Tool::ready(folder, "record talk --listen tap");
    let told = talk("tap");
    assert_eq!(record.stop().0, Some(0));
    let replay = Tool::ready(folder, "replay talk --listen again --once");
    assert_eq!(talk("again"), told);
    assert_eq!(replay.end(), done(0, "", ""));
}

/// What a client hears in all that says this, and then nothing more.
fn hears(folder: &Path, socket: &str, says: &str, until: &str) -> String {
    let mut stream = UnixStream::connect(folder.join(socket)).unwrap();
    stream.write_all(says.as_bytes()).unwrap();
    let mut heard = String::new();
    let mut lines = BufReader::new(&stream);
    while !heard.contains(until) {
        assert_ne!(lines.read_line(&mut heard).unwrap(), 0, "{heard}");
    }
    heard
}

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

/// What cannot be written down is not passed on.
#[test]
fn a_disk_that_is_full() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = folder();
    let folder = folder.path();
    let listener = UnixListener::bind(folder.join(MONITOR)).unwrap();
    let record = Tool::ready(folder, "record /dev/full --overwrite --listen tap");
    let mut client = UnixStream::connect(folder.join("tap")).unwrap();
    client.write_all(b"{}").unwrap();
    let (code, said, complained) = record.end();
    assert_eq!((code, &*said), (Some(2), ""));
    let expected = "qmp: cannot write /dev/full any more, and pass nothing on: No space left";
    assert!(complained.starts_with(expected), "{complained}");
    let mut heard = Vec::new();
    let (mut server, _) = listener.accept().unwrap();
    server.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"");
    assert!(!folder.join("tap").exists());
}

#[test]
fn what_is_there_and_what_is_not() {
    let folder = folder();
    let folder = folder.path();
    let qmp = |words: &str| Tool::start(folder, words).end();
    let complains = |words: &str, expected: &str| {
        let (code, said, complained) = qmp(words);
        assert_eq!((code, &*said), (Some(2), ""), "{words}: {complained}");
        assert!(complained.starts_with(expected), "{words}: {complained}");
    };
    complains("record talk", "qmp: cannot connect to unix:qmp: ");
    assert!(!folder.join("talk").exists());
    // Clients that have not come yet wait with it.
    let _monitor = UnixListener::bind(folder.join(MONITOR)).unwrap();
    fs::write(folder.join("talk"), "mine").unwrap();
    complains(
        "record talk",
        "qmp: cannot record into talk: it is there already, and left as it is; --overwrite empties it\n",
    );
    complains(
        "record new --listen talk",
        "qmp: cannot listen at unix:talk: ",
    );
    complains(
        "record none/new --listen s",
        "qmp: cannot record into none/new: ",
    );
    assert_eq!(fs::read_to_string(folder.join("talk")).unwrap(), "mine");
    assert!(!folder.join("talk.sock").exists() && !folder.join("s").exists());
    let record = Tool::ready(folder, "record talk --overwrite");
    record.signal(Signal::INT);
    assert_eq!(record.end(), done(0, "", ""));
    assert_eq!(fs::read_to_string(folder.join("talk")).unwrap(), "");

    complains(
        "replay talk --listen s",
        "qmp: talk: nothing was recorded\n",
    );
    complains(
        "replay nope --listen s",
        "qmp: nope: it cannot be read: No such file",
    );
    fs::write(
        folder.join("talk"),
        "{\"end\": \"client\"}\n{\"client\": nope}\n",
    )
    .unwrap();
    complains(
        "replay talk --listen s",
        "qmp: talk: line 2: expected a value, found 'n' at byte 11, near `{\"client\": nope}`; each line of a recording is a message as `qmp record` writes it: mend this one, or record again\n",
    );
    assert!(!folder.join("s").exists());
    let said = "{\"server\": {\"QMP\": {}}}\n{\"client\": {\"execute\": \"a\"}}\n{\"server\": {\"return\": 1}}\n";
    fs::write(folder.join("talk"), said).unwrap();
    complains(
        "replay talk --listen talk",
        "qmp: cannot listen at unix:talk: ",
    );
    complains("replay talk", "error: ");
    // What differs is told, for people and for programs.
    let replay = Tool::ready(folder, "replay talk --listen s --once");
    let heard = hears(folder, "s", "{'execute': 'b'}{'execute': 'a'}", "return");
    assert_eq!(
        heard,
        "{\"QMP\": {}}\r\n{\"error\":{\"class\":\"GenericError\",\"desc\":\"b: the recording has no such request here; it has {\\\"execute\\\": \\\"a\\\"}\"}}\r\n{\"return\": 1}\r\n"
    );
    let told = "qmp: connection 1, message 1: expected {\"execute\": \"a\"}, found {\"execute\": \"b\"}\n\
        qmp: the client has said something else than was recorded\n";
    assert_eq!(replay.end(), done(1, "", told));
    let replay = Tool::ready(folder, "replay talk --listen s --once --json");
    drop(UnixStream::connect(folder.join("s")).unwrap());
    let (code, said, _) = replay.end();
    assert_eq!(code, Some(1));
    let expected = "{\"lacks\":{\"connection\":1,\"messages\":1,\"first\":{\"execute\": \"a\"}}}\n\
        {\"parted\":1}\n{\"ended\":\"client\"}\n";
    assert_eq!(said, expected);
}
