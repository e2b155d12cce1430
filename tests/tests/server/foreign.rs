//! Clients that others have written: Python's `qemu.qmp`, and `qmp-shell`, which comes with it.
//!
//! `cargo xtask ci` installs them below cargo's target folder. Where they are not, these tests are left out.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use qapi_tests::live::python;

use crate::vm::Vm;

/// A program among Python's, if it is there.
fn program(name: &str) -> Option<PathBuf> {
    python(env!("CARGO_TARGET_TMPDIR"), name)
}

/// Runs a program to its end, with something on its standard input.
fn run(command: &mut Command, input: &str) -> String {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(status.success(), "{status}: {stdout}{stderr}");
    stdout.into_owned()
}

/// What a user of the library would write; it says what it finds.
const SCRIPT: &str = r#"
import asyncio, sys
from qemu.qmp import ExecuteError, QMPClient

async def refused(client, name, arguments=None, oob=False):
    try:
        await client.execute(name, arguments, oob=oob)
    except ExecuteError as error:
        print(error.error_class, error)

async def main():
    client = QMPClient('test')
    await client.connect(sys.argv[1])
    print(client.greeting.QMP.version['package'], client.greeting.QMP.capabilities)
    print(await client.execute('query-status'))
    with client.listener(('RESUME', 'STOP')) as listener:
        await client.execute('cont')
        await client.execute('stop')
        print([(await listener.get())['event'] for _ in range(2)])
    answers = await asyncio.gather(*(client.execute('query-name') for _ in range(100)))
    print(len(answers), set(answer['name'] for answer in answers))
    await refused(client, 'query-nonsense')
    await refused(client, 'set_link', {'name': 'n', 'up': 'high', 'far': True})
    await refused(client, 'migrate-pause', oob=True)
    print(len(await client.execute('query-qmp-schema')) > 20)
    await client.execute('quit')
    await client.disconnect()

asyncio.run(main())
"#;

#[test]
fn pythons_client_drives_our_server() {
    let Some(python) = program("python") else {
        return;
    };
    let vm = Vm::start();
    let said = run(
        Command::new(python).arg("-c").arg(SCRIPT).arg(vm.socket()),
        "",
    );
    let expected = "\
of the tests ['oob']
{'running': False, 'status': 'prelaunch'}
['RESUME', 'STOP']
100 {'w\u{e4}chter'}
CommandNotFound The command query-nonsense has not been found
GenericError Invalid parameter type for 'up', expected: boolean
GenericError nothing is being migrated
True
";
    assert_eq!(said, expected);
    vm.wait();
}

#[test]
fn qmp_shell_drives_our_server() {
    let Some(shell) = program("qmp-shell") else {
        return;
    };
    let vm = Vm::start();
    // It keeps a history in the user's folder.
    let home = tempfile::tempdir().unwrap();
    let input = "query-status\ncont\nset_link name=n up=high\nquery-status\nquit\n";
    let said = run(
        Command::new(shell)
            .arg(vm.socket())
            .env("HOME", home.path()),
        input,
    );
    for expected in [
        r#"{"return": {"running": false, "status": "prelaunch"}"#,
        r#""desc": "Invalid parameter type for 'up', expected: boolean""#,
        r#"{"return": {"running": true, "status": "running"}"#,
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    vm.wait();
}
