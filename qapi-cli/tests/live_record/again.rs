//! What was said is said again, to clients of any kind.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use qapi_client::blocking::{Client, Options};
use qapi_tests::live::{AGENT, MONITOR, harmless_agent, learn, machine, python};
use qapi_types::qga::commands as qga;
use qapi_types::qmp::commands;

use super::{Tool, client, done, recorded};

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
