//! `qmp record` and `qmp replay`: what real clients and a real machine say to each other, and again without the machine.
#![cfg(unix)]

mod again;
mod clients;
mod ends;
mod files;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use qapi_client::blocking::Client;
use qapi_tests::done::Done;
use qapi_tests::live::MONITOR;
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
