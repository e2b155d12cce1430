//! `qmp mux` and a real machine: who shares a monitor sees what it would see alone.
#![cfg(unix)]

mod clients;
mod crowd;
mod descriptors;
mod ends;
mod raw;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use qapi_tests::done::Done;
use qapi_tests::live::{MONITOR, Process, machine};
use raw::Raw;
use rustix::process::{Pid, Signal, kill_process};

/// A machine that is shared: at `all` by those who may do everything, and elsewhere as it is said.
struct Shared {
    machine: Process,
    mux: Mux,
}

impl Shared {
    /// Starts both; `None` if there is no machine to be had.
    #[track_caller]
    fn start(machine_words: &[&str], words: &[&str]) -> Option<Self> {
        let words = [&["--listen", "all"], words].concat();
        let machine = some_machine(machine_words)?;
        let mux = Mux::start(machine.folder(), &words);
        Some(Self { machine, mux })
    }

    fn path(&self) -> PathBuf {
        self.at("all")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.machine.folder().join(name)
    }
}

/// A machine whose monitor is known to listen, and free.
#[track_caller]
fn some_machine(words: &[&str]) -> Option<Process> {
    let mut machine = machine(&[&["-name", "vm"], words].concat())?;
    drop(machine.client(MONITOR));
    Some(machine)
}

/// Has a client ask for what takes the machine until the other end of the connection that is returned is closed: a disk
/// over the network, from one who says nothing. Meanwhile the machine does nothing else in band.
#[track_caller]
fn hold_up(shared: &Shared, client: &mut Raw) -> UnixStream {
    let listener = UnixListener::bind(shared.at("disk")).unwrap();
    client.say(
        r#"{"execute": "blockdev-add", "id": "held up", "arguments": {
            "driver": "nbd", "node-name": "remote", "server": {"type": "unix", "path": "disk"}}}"#,
    );
    listener.accept().unwrap().0
}

/// `qmp mux`, ready for clients. It is killed when it goes.
struct Mux {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it has said when it was ready.
    ready: String,
}

impl Mux {
    #[track_caller]
    fn start(folder: &Path, words: &[&str]) -> Self {
        Self::of(command(folder, words))
    }

    #[track_caller]
    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        out.read_line(&mut ready).unwrap();
        assert!(ready.contains("ready"), "{ready}");
        Self { child, out, ready }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Tells it to end, and answers how it has.
    fn end(&mut self) -> Done {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.wait()
    }

    /// Waits until it ends: its exit code, and what it has said since it was ready.
    fn wait(&mut self) -> Done {
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), out, err)
    }
}

impl Drop for Mux {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `qmp mux` with these words in the folder of a machine.
fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    command
        .current_dir(folder)
        .env("QMP_SOCKET", MONITOR)
        .arg("mux")
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
