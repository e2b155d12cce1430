//! Descriptors on their way through: they reach the machine with their command, and nothing of them stays behind.

use std::fs::{self, File};
use std::io::{IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_tests::live::python;
use qapi_types::Any;
use qapi_types::qmp::commands::{AddFd, Getfd, QueryNamedBlockNodes};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use crate::Shared;
use crate::raw::Raw;

/// How many images there are.
const IMAGES: u64 = 10;

/// A machine that is shared, and images beside it, each of another size.
fn start() -> Option<Shared> {
    let shared = Shared::start(&[], &["--listen", "watch,read-only"])?;
    fs::create_dir(shared.at("images")).unwrap();
    for number in 0..IMAGES {
        let image = File::create(path(&shared, number)).unwrap();
        image.set_len(size(number)).unwrap();
    }
    Some(shared)
}

fn path(shared: &Shared, number: u64) -> PathBuf {
    shared.at(&format!("images/{number}"))
}

fn size(number: u64) -> u64 {
    (number + 1) << 16
}

fn numbered(shared: &Shared, number: u64) -> OwnedFd {
    let image = File::options()
        .read(true)
        .write(true)
        .open(path(shared, number));
    image.unwrap().into()
}

/// Some image.
fn image(shared: &Shared) -> OwnedFd {
    numbered(shared, 0)
}

/// How many images a process has open.
fn open_images(shared: &Shared, process: u32) -> usize {
    let images = shared.at("images").canonicalize().unwrap();
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    open.flatten()
        .filter(|entry| fs::read_link(entry.path()).is_ok_and(|path| path.starts_with(&images)))
        .count()
}

/// Waits until a process has so many of it open: what a multiplexer closes, it closes when it comes to it.
#[track_caller]
fn until_open(shared: &Shared, process: u32, expected: usize) {
    for _ in 0..6000 {
        if open_images(shared, process) == expected {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(open_images(shared, process), expected);
}

/// Sends bytes with descriptors.
fn send(stream: &UnixStream, bytes: &[u8], descriptors: &[OwnedFd]) {
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
    let mut room = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(64))];
    let mut ancillary = SendAncillaryBuffer::new(&mut room);
    assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
    let sent = sendmsg(
        stream,
        &[IoSlice::new(bytes)],
        &mut ancillary,
        SendFlags::empty(),
    );
    assert_eq!(sent, Ok(bytes.len()));
}

#[test]
fn disks_are_opened_from_descriptors() {
    let Some(mut shared) = start() else {
        return;
    };
    let (mux, machine) = (shared.mux.child.id(), shared.machine.id());
    thread::scope(|scope| {
        // Each has its own, though the machine keeps those of one command only.
        for number in 0..IMAGES {
            let shared = &shared;
            scope.spawn(move || {
                let mut client = Client::connect_unix(shared.path()).unwrap();
                let add = AddFd::new().fdset_id(number as i64);
                let image = || vec![numbered(shared, number)];
                client.execute_with_fds(&add, image()).unwrap();
                let node = format!(
                    r#"{{"driver": "file", "node-name": "n{number}", "filename": "/dev/fdset/{number}"}}"#
                );
                let node: Any = node.parse().unwrap();
                client.execute_raw("blockdev-add", Some(&node)).unwrap();
                let getfd = Getfd::new(format!("f{number}"));
                client.execute_with_fds(&getfd, image()).unwrap();
            });
        }
    });
    until_open(&shared, mux, 0);
    // A set, a node's own and a name for each; what one client has named another closes.
    let opened = open_images(&shared, machine);
    let mut other = Client::connect_unix(shared.path()).unwrap();
    for number in 0..IMAGES {
        let name: Any = format!(r#"{{"fdname": "f{number}"}}"#).parse().unwrap();
        other.execute_raw("closefd", Some(&name)).unwrap();
    }
    assert_eq!(open_images(&shared, machine), opened - IMAGES as usize);
    // Each client's command has found the descriptor that came with it.
    let nodes = other.execute(&QueryNamedBlockNodes::new()).unwrap();
    let mut sizes: Vec<(&str, i64)> = nodes
        .iter()
        .map(|node| (node.node_name.as_str(), node.image.virtual_size))
        .collect();
    sizes.sort_unstable();
    let names: Vec<String> = (0..IMAGES).map(|number| format!("n{number}")).collect();
    let expected = (0..IMAGES).zip(&names);
    let expected: Vec<_> = expected
        .map(|(number, name)| (name.as_str(), size(number) as i64))
        .collect();
    assert_eq!(sizes, expected);
    assert_eq!(shared.mux.end().0, Some(0));
}

/// However it ends, on our side they are closed.
#[test]
fn nothing_of_them_stays_behind() {
    let Some(shared) = start() else {
        return;
    };
    let mux = shared.mux.child.id();
    let refused = |client: &mut Raw| client.reply().get("error").expect("it is refused");

    // The machine keeps what has come with a command that lacks its arguments: nobody else is to find it.
    let mut careless = Raw::ready(&shared.path(), false);
    send(
        &careless.stream,
        br#"{"execute": "getfd"}"#,
        &[image(&shared)],
    );
    refused(&mut careless);
    until_open(&shared, mux, 0);
    let mut thief = Raw::ready(&shared.path(), false);
    thief.say(r#"{"execute": "getfd", "arguments": {"fdname": "mine"}}"#);
    let why = refused(&mut thief);
    assert!(why.as_json().contains("no descriptor"), "{why}");

    // Where they are of no use, and with a command that takes none.
    let mut watcher = Raw::ready(&shared.at("watch"), false);
    send(
        &watcher.stream,
        br#"{"execute": "getfd"}"#,
        &[image(&shared)],
    );
    refused(&mut watcher);
    send(&watcher.stream, b" ", &[image(&shared), image(&shared)]);
    let other = Raw::ready(&shared.path(), false);
    send(&other.stream, b"{", &[image(&shared)]);
    until_open(&shared, mux, 1);
    drop(other);
    until_open(&shared, mux, 0);

    // Many at once, again and again, from one that does not wait.
    let mut greedy = Raw::ready(&shared.path(), false);
    let many: Vec<OwnedFd> = (0..60).map(|_| image(&shared)).collect();
    for _ in 0..50 {
        send(&greedy.stream, b" ", &many);
    }
    greedy.say(r#"{"execute": "query-name"}"#);
    greedy.reply();
    assert!(open_images(&shared, mux) < 20);
    drop(greedy);
    until_open(&shared, mux, 0);

    // On their way to a machine that stands still, and then is no more.
    shared.machine.freeze();
    let waiting: Vec<Raw> = (0..5)
        .map(|number| {
            let mut client = Raw::ready(&shared.path(), false);
            let name = format!(r#""arguments": {{"fdname": "n{number}"}}"#);
            let getfd = format!(r#"{{"execute": "getfd", {name}}}"#);
            send(&client.stream, getfd.as_bytes(), &[image(&shared)]);
            client.stream.write_all(b" ").unwrap();
            client
        })
        .collect();
    // One is with the machine, the others wait for their turn.
    until_open(&shared, mux, 4);
    drop(waiting);
    until_open(&shared, mux, 0);
    shared.machine.thaw();
}

/// What a user of Python's library writes: the descriptor comes before its command, with a space.
const SCRIPT: &str = r#"
import asyncio, sys
from qemu.qmp import QMPClient

async def main():
    client = QMPClient('descriptors')
    await client.connect(sys.argv[1])
    with open(sys.argv[2]) as image:
        client.send_fd_scm(image.fileno())
    await client.execute('query-name')
    print(await client.execute('add-fd', {'fdset-id': 3}))
    await client.disconnect()

asyncio.run(main())
"#;

#[test]
fn pythons_client_passes_one() {
    let Some(python) = python(env!("CARGO_TARGET_TMPDIR"), "python") else {
        return;
    };
    let Some(shared) = start() else {
        return;
    };
    let script = |path: &Path| {
        let mut command = Command::new(&python);
        command
            .arg("-c")
            .arg(SCRIPT)
            .arg(path)
            .arg(self::path(&shared, 0));
        command.output().unwrap()
    };
    let output = script(&shared.path());
    let (said, error) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(said.contains("'fdset-id': 3"), "{said}{error}");
    until_open(&shared, shared.mux.child.id(), 0);
    assert_eq!(open_images(&shared, shared.machine.id()), 1);
}
