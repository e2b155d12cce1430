//! `qmp info --watch` on a terminal, and a machine that changes.
#![cfg(unix)]

use qapi_tests::live::{MONITOR, Terminal, machine};

/// What the terminal does first.
const WATCH: &str = concat!(
    env!("CARGO_BIN_EXE_qmp"),
    " --socket qmp info --watch 100000"
);

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
    let line = format!("echo before; {WATCH}");
    let Some(terminal) = Terminal::start(machine.folder(), &line) else {
        return;
    };
    let first = terminal.wait_for(|screen| screen.contains("status     prelaunch"));
    assert!(first.starts_with("name       vm\n"), "{first}");
    other.execute_raw("cont", None).unwrap();
    let second = terminal.wait_for(|screen| screen.contains("status     running"));
    assert_eq!(second, first.replace("prelaunch", "running"));

    // Little room: lines are cut off, and what is below is counted.
    terminal.resize(12, 3);
    let hidden = first.lines().count() - 2;
    let small = format!("name       v\nversion    1\n… and {hidden}");
    terminal.wait_for(|screen| screen.starts_with(&small));
    terminal.resize(80, 24);
    terminal.wait_for(|screen| screen == second);

    other.execute_raw("quit", None).unwrap();
    let last = terminal.wait_for(|screen| screen.ends_with("= 0"));
    let expected = format!("before\n{second}\nended      host-qmp-quit\n= 0");
    assert_eq!(last, expected);
}

#[test]
fn an_interrupt_leaves_the_terminal_as_it_was() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let line = format!("echo before; {WATCH}");
    let Some(terminal) = Terminal::start(machine.folder(), &line) else {
        return;
    };
    terminal.wait_for(|screen| screen.contains("status     prelaunch"));
    terminal.keys(&["C-c"]);
    let last = terminal.wait_for(|screen| screen.ends_with("= 130"));
    assert!(last.starts_with("before\nversion"), "{last}");
}
