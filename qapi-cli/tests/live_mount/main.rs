//! `qmp qom mount` and a real machine, with the system's own ways to look at files.
#![cfg(target_os = "linux")]

mod contents;
mod ends;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use qapi_client::blocking::Client;
use qapi_tests::live::{MONITOR, Process, Program, has_fuse, machine};
use rustix::process::{Pid, Signal, kill_process};

/// What the machines here have; the second monitor is for the test.
const MACHINE: &[&str] = &[
    "-qmp",
    "unix:other,server=on,wait=off",
    "-device",
    "virtio-balloon-pci,id=balloon0",
    "-device",
    "qemu-xhci,id=xhci0",
];

/// A machine with a second session; nothing where there can be no mount.
#[track_caller]
fn vm() -> Option<(Process, Client)> {
    let able = has_fuse() && Program::Fusermount.need().is_some();
    let mut machine = able.then(|| machine(MACHINE)).flatten()?;
    drop(machine.client(MONITOR));
    let other = machine.client("other");
    Some((machine, other))
}

/// A mount, which goes when this is dropped.
struct Mount {
    child: Child,
    directory: PathBuf,
}

impl Mount {
    /// `qmp … qom mount DIR …` of `machine`, as soon as it says that it is there.
    fn new(machine: &Process, before: &[&str], after: &[&str]) -> Self {
        let directory = machine.folder().join("mount");
        fs::create_dir_all(&directory).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_qmp"))
            .current_dir(machine.folder())
            .env("QMP_SOCKET", MONITOR)
            .args(before)
            .args(["qom", "mount", "mount"])
            .args(after)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let expected = match after {
            ["--json"] => format!(r#"{{"mounted":"{}","path":"/"}}"#, directory.display()),
            after => format!("mounted {} on mount", after.first().unwrap_or(&"/")),
        };
        assert_eq!(line, expected + "\n");
        let mount = Self { child, directory };
        assert!(mount.is_there());
        mount
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.join(path)
    }

    fn read(&self, path: &str) -> String {
        let read = fs::read_to_string(self.path(path));
        read.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether the system has it among its mounts.
    fn is_there(&self) -> bool {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        let directory = self.directory.to_str().unwrap();
        mounts
            .lines()
            .any(|line| line.split(' ').nth(1) == Some(directory))
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// How it has ended, and what it has said; it has left the directory as it was.
    fn end(mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        let mut err = self.child.stderr.take().unwrap();
        err.read_to_string(&mut said).unwrap();
        let status = self.child.wait().unwrap();
        assert!(!self.is_there());
        assert_eq!(fs::read_dir(&self.directory).unwrap().count(), 0);
        (status, said)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // That there is nothing to end is as it should be.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let mut unmount = Command::new("fusermount3");
        let unmount = unmount.args(["-u", "-z", "-q", "--"]).arg(&self.directory);
        let _ = unmount.stderr(Stdio::null()).status();
    }
}
