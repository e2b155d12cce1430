//! `qmp shell` and real machines: in a terminal, as a person types and reads, and from a pipe.
#![cfg(unix)]

mod script;
mod typing;

use std::path::Path;

use qapi_tests::live::{MONITOR, Process, Terminal, machine};

/// The name of another monitor's socket.
const OTHER: &str = "other";

/// A machine with some of everything; nobody speaks with it yet.
fn some_machine() -> Option<Process> {
    let mut machine = machine(&[
        "-name",
        "vm",
        "-device",
        "virtio-balloon-pci,id=balloon0",
        "-blockdev",
        "null-co,node-name=image0,size=1048576",
        "-blockdev",
        "null-co,node-name=image1,size=1048576",
        "-netdev",
        "user,id=user0",
        "-qmp",
        "unix:other,server=on,wait=off",
    ])?;
    // The first session ends when the monitor is known to listen; a monitor serves one after the other.
    drop(machine.client(MONITOR));
    Some(machine)
}

/// A shell in a terminal, that speaks with the machine whose folder this is; what is typed is remembered there.
fn shell(folder: &Path, words: &[&str]) -> Terminal {
    shell_on("xterm-256color", folder, words)
}

/// The same in a terminal of another kind.
fn shell_on(term: &str, folder: &Path, words: &[&str]) -> Terminal {
    let terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
        command
            .current_dir(folder)
            .env("TERM", term)
            .env("QMP_SOCKET", MONITOR)
            .env("XDG_STATE_HOME", folder.join("state"))
            .arg("shell")
            .args(words)
    });
    terminal.sees(") ");
    terminal
}
