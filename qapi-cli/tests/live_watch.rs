//! `qmp info --watch` on a terminal, and a machine that changes.
#![cfg(unix)]

use std::os::unix::process::ExitStatusExt;

use qapi_tests::live::{MONITOR, Terminal, machine};
use qapi_types::Any;
use rustix::process::Signal;

/// What happens is shown in its place, with nobody asking again; what was there before is there again in the end, and below it
/// the last that was known.
#[test]
fn a_terminal_shows_the_machine_until_it_ends() {
    let Some(mut machine) = machine(&["-name", "vm", "-qmp", "unix:other,server=on,wait=off"])
    else {
        return;
    };
    drop(machine.client(MONITOR));
    let mut other = machine.client("other");
    let watch = "--socket qmp info --watch 100000";
    let line = format!("echo before; {} {watch}", env!("CARGO_BIN_EXE_qmp"));
    let mut terminal = Terminal::run("sh", |command| {
        command.args(["-c", &line]).current_dir(machine.folder())
    });
    let first = terminal.sees("status     prelaunch");
    assert!(first.starts_with("name       vm\n"), "{first}");
    other.execute_raw("cont", None).unwrap();
    let second = terminal.sees("status     running");
    assert_eq!(second, first.replace("prelaunch", "running"));

    // Jobs and migrations, as they come and go.
    let mut execute = |name: &str, arguments: &str| {
        let arguments: Any = arguments.parse().unwrap();
        other.execute_raw(name, Some(&arguments)).unwrap();
    };
    execute(
        "blockdev-create",
        r#"{"job-id": "j", "options": {"driver": "file", "filename": "image", "size": 1048576}}"#,
    );
    terminal.sees("jobs       j: create, concluded, 1 of 1 (100%)");
    execute("job-dismiss", r#"{"id": "j"}"#);
    terminal.until("what it was", |state| state.shown() == second);
    execute("migrate", r#"{"uri": "file:state"}"#);
    let third = terminal.sees("migration  completed");

    // Little room: lines are cut off, and what is below is counted.
    terminal.resize(3, 14);
    let lines: Vec<&str> = third.lines().collect();
    let [name, version] = [lines[0], lines[1]].map(|line| &line[..line.len().min(14)]);
    let small = format!("{name}\n{version}\n… and {} more", lines.len() - 2);
    terminal.until(&small, |state| state.shown() == small);
    terminal.resize(30, 100);
    terminal.until("all of it", |state| state.shown() == third);

    other.execute_raw("quit", None).unwrap();
    let (status, last) = terminal.end();
    let expected = format!("before\n{third}\nended      host-qmp-quit");
    assert_eq!((status.code(), &*last), (Some(0), &*expected));
    assert!(terminal.shows_cursor());
}

/// Whoever asks it to end, and whether the machine answers or not.
#[test]
fn signals_leave_the_terminal_as_it_was() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    for (key, signal, answers) in [
        (Some("\x03"), Signal::INT, true),
        (Some("\x1c"), Signal::QUIT, true),
        (Some("\x03"), Signal::INT, false),
        (None, Signal::TERM, false),
        (None, Signal::HUP, true),
    ] {
        let mut terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
            command
                .args(["--socket", MONITOR, "info", "--watch", "0"])
                .current_dir(machine.folder())
        });
        let shown = terminal.sees("status     prelaunch");
        assert!(!terminal.shows_cursor());
        if !answers {
            machine.freeze();
        }
        match key {
            Some(key) => terminal.keys(key),
            None => terminal.signal(signal),
        }
        let (status, last) = terminal.end();
        machine.thaw();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        // The terminal shows which key it was.
        let last = last.replace("^C", "").replace("^\\", "");
        assert_eq!(last.trim_start(), shown);
        assert!(terminal.shows_cursor());
    }
}

/// Ctrl-Z gives the terminal back to the shell, for as long as it takes.
#[test]
fn a_stop_leaves_the_terminal_as_it_was() {
    let Some(mut machine) = machine(&["-qmp", "unix:other,server=on,wait=off"]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let mut other = machine.client("other");
    let qmp = env!("CARGO_BIN_EXE_qmp");
    let line = format!(
        "set -m; {qmp} --socket qmp info --watch; echo stopped; bg; read word; echo $word; fg"
    );
    let mut terminal = Terminal::run("sh", |command| {
        command.args(["-c", &line]).current_dir(machine.folder())
    });
    terminal.sees("status     prelaunch");
    terminal.keys("\x1a");
    terminal.sees("stopped");
    assert!(terminal.shows_cursor());
    // In the background it lets the terminal be.
    other.execute_raw("cont", None).unwrap();
    terminal.keys("back\r");
    let shown = terminal.sees("status     running");
    assert!(!shown.contains("stopped"), "{shown}");
    assert!(!terminal.shows_cursor());
    terminal.keys("\x03");
    let (_, last) = terminal.end();
    assert!(terminal.shows_cursor());
    assert!(
        last.contains("stopped") && last.contains("\nback\n"),
        "{last}"
    );
}

/// In a terminal without a shell nobody could let it go on.
#[test]
fn nothing_stops_who_is_alone() {
    let Some(mut machine) = machine(&["-qmp", "unix:other,server=on,wait=off"]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let mut other = machine.client("other");
    let terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
        command
            .args(["--socket", MONITOR, "info", "--watch"])
            .current_dir(machine.folder())
    });
    terminal.sees("status     prelaunch");
    terminal.keys("\x1a");
    other.execute_raw("cont", None).unwrap();
    terminal.sees("status     running");
}

/// What shows lines and no more gets a line for whatever changes.
#[test]
fn a_terminal_that_only_shows_lines() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let mut terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
        command
            .env("TERM", "dumb")
            .args(["--socket", MONITOR, "info", "--watch"])
            .current_dir(machine.folder())
    });
    terminal.sees(" status     prelaunch");
    machine.killer()();
    terminal.end();
    assert!(!terminal.is_commanded());
}
