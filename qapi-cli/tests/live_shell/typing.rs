//! In a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;

use super::{OTHER, shell, shell_on, some_machine};
use qapi_tests::live::{MONITOR, Terminal};
use rustix::process::{Pid, Signal, kill_process};

/// What a key sends.
const UP: &str = "\x1b[A";
const RIGHT: &str = "\x1b[C";
const HOME: &str = "\x1b[H";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

/// Drops what is typed. What follows in the same moment would be dropped as well.
#[track_caller]
fn drop_line(shell: &Terminal) {
    shell.keys(CTRL_C);
    shell.line_is("(qmp)");
}

#[test]
fn replies_and_mistakes() {
    let Some(machine) = some_machine() else {
        return;
    };
    let mut shell = shell(machine.folder(), &[]);
    for (typed, shown) in [
        (
            "query-name",
            "(qmp) query-name\n{\n  \"name\": \"vm\"\n}\n(qmp)",
        ),
        // What is wrong is underlined, and named.
        (
            "blockdev-add driver=raww node-name=x",
            "\n                   ^^^^^^^^^^^\n`driver` takes one of ",
        ),
        (
            "blockdev-add driver=qcow2",
            "missing: `file` (an object or a string)",
        ),
        ("query-nam", "\ndid you mean `query-name`?"),
        (
            "device_add driver=virtio-rng-pci bus=pcie.1",
            "GenericError: Bus 'pcie.1' not found\n`bus` can be ",
        ),
        ("exit now", "usage: exit"),
    ] {
        shell.keys(typed);
        shell.keys("\r");
        shell.sees(shown);
        shell.line_is("(qmp)");
    }
    // JSON goes on over lines.
    shell.keys("qom-get path=/machine {\"property\":\r");
    shell.line_is("");
    shell.keys("\"type\"}\r");
    shell.sees("\"pc-q35-");
    // What is left open by mistake is not waited for for ever.
    shell.keys("stop 'x\r\r");
    shell.sees("the ' in column 6 is not closed");
    shell.line_is("(qmp)");
    shell.keys(CTRL_D);
    let (status, _) = shell.end();
    assert_eq!(status.code(), Some(0));
    assert!(shell.is_as_it_was());
}

/// Who is told to end while somebody types leaves the terminal as it was, for whatever comes next in it.
#[test]
fn signals_leave_the_terminal_as_it_was() {
    let Some(machine) = some_machine() else {
        return;
    };
    for signal in [Signal::TERM, Signal::HUP] {
        let mut shell = shell(machine.folder(), &[]);
        shell.keys("query-na");
        shell.line_is("(qmp) query-na");
        assert!(!shell.is_as_it_was());
        shell.signal(signal);
        let (status, _) = shell.end();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert!(shell.is_as_it_was());
    }
}

/// Whoever stops it while somebody types has the terminal as it was, and what was typed is there again when it goes on.
#[test]
fn a_stop_leaves_the_terminal_as_it_was() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    let qmp = env!("CARGO_BIN_EXE_qmp");
    let line = format!(
        "set -m; sh -c 'echo $$ >pid; exec {qmp} shell --no-history'; echo stopped; read word; echo $word; fg; \
         echo again; fg"
    );
    let mut terminal = Terminal::run("sh", |command| {
        let command = command.current_dir(folder).env("QMP_SOCKET", MONITOR);
        command.args(["-c", &line])
    });
    terminal.line_is("(qmp)");
    let pid = fs::read_to_string(folder.join("pid")).unwrap();
    let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    terminal.keys("query-na");
    terminal.line_is("(qmp) query-na");
    kill_process(pid, Signal::TSTP).unwrap();
    terminal.sees("\nstopped");
    assert!(terminal.is_as_it_was());
    terminal.keys("back\r");
    terminal.sees("\nback\n");
    terminal.line_is("(qmp) query-na");
    terminal.keys("me\x1a");
    terminal.sees("\nagain");
    terminal.line_is("(qmp) query-name");
    terminal.keys("\r");
    terminal.sees("\"name\": \"vm\"");
    terminal.line_is("(qmp)");
    // Ctrl-C is for a program that is read, and no failure of it.
    terminal.keys("query-name | sh -c 'trap \"exit 0\" INT; echo read; read a </dev/tty'\r");
    terminal.sees("\nread");
    terminal.keys(CTRL_C);
    terminal.line_is("(qmp)");
    assert!(!terminal.sees("read").contains("failed"));
    // Programs in between do with the terminal what they like.
    terminal.keys("query-name | sh -c 'read line; stty raw; echo shown; stty sane'\r");
    terminal.sees("\nshown");
    terminal.line_is("(qmp)");
    terminal.keys(CTRL_D);
    terminal.end();
    assert!(terminal.is_as_it_was());
}

/// In a terminal without a shell nobody could let it go on.
#[test]
fn nothing_stops_who_is_alone() {
    let Some(machine) = some_machine() else {
        return;
    };
    let shell = shell(machine.folder(), &[]);
    shell.keys("query-na\x1ame\r");
    shell.sees("\"name\": \"vm\"");
}

/// What shows lines and no more is asked for no more.
#[test]
fn a_terminal_that_only_shows_lines() {
    let Some(machine) = some_machine() else {
        return;
    };
    for (term, is_commanded) in [("dumb", false), ("xterm", true)] {
        let mut shell = shell_on(term, machine.folder(), &[]);
        shell.line_is("(qmp)");
        for (typed, shown) in [
            ("query-name\r", "\n  \"name\": \"vm\"\n"),
            ("query-nam\r", "did you mean `query-name`?"),
            ("device_add\r", "missing: `driver`"),
            ("cont\r", " RESUME\n"),
            ("stop\r", " STOP\n"),
        ] {
            shell.keys(typed);
            shell.sees(shown);
            shell.line_is("(qmp)");
        }
        shell.keys(CTRL_D);
        assert_eq!(shell.end().0.code(), Some(0));
        assert_eq!(shell.is_commanded(), is_commanded);
    }
}

#[test]
fn completion_and_hints() {
    let Some(mut machine) = some_machine() else {
        return;
    };
    let mut other = machine.client(OTHER);
    let shell = shell(machine.folder(), &[]);
    for (typed, line) in [
        ("query-stat\tu\t", "(qmp) query-status"),
        ("device_del \t", "(qmp) device_del id= a string"),
        ("device_del id=b\t", "(qmp) device_del id=balloon0"),
        (
            "blockdev-del node-name=im\t",
            "(qmp) blockdev-del node-name=image",
        ),
        ("blockdev-add ", "(qmp) blockdev-add driver="),
        (
            "blockdev-add driver=qcow2 ",
            "(qmp) blockdev-add driver=qcow2 file=",
        ),
        (
            "blockdev-add driver=qcow2 file.dr\t",
            "(qmp) blockdev-add driver=qcow2 file.driver= one of blkdebug, blklogwrites, blkreplay, blkverify, …",
        ),
        ("netdev_del id=\t", "(qmp) netdev_del id=user0"),
        (
            "qom-get path=/machine/peri\t",
            "(qmp) qom-get path=/machine/peripheral  property=",
        ),
        (
            "qom-get path=/machine/peripheral/ball\t property=guest-stats-p\t",
            "(qmp) qom-get path=/machine/peripheral/balloon0 property=guest-stats-polling-interval",
        ),
        (
            "device_add driver=virtio-rng-pci max-b\t",
            "(qmp) device_add driver=virtio-rng-pci max-bytes= an integer (uint64)",
        ),
        (
            "block-commit on-error=re\t",
            "(qmp) block-commit on-error=report device=",
        ),
        (
            "transaction( block-dirty-bitmap-add n\t",
            "(qmp) transaction( block-dirty-bitmap-add node=",
        ),
        (
            "transaction( block-dirty-bitmap-add node=image1\tna\t",
            "(qmp) transaction( block-dirty-bitmap-add node=image1 name= a string",
        ),
        ("help block_res\t", "(qmp) help block_resize"),
        ("hmp info stat\tu\t", "(qmp) hmp info status"),
        ("oob ya\t", "(qmp) oob yank instances="),
    ] {
        shell.keys(typed);
        shell.line_is(line);
        drop_line(&shell);
    }
    // What is there now counts.
    other
        .execute_raw(
            "object-add",
            Some(&r#"{"qom-type": "rng-builtin", "id": "rng7"}"#.parse().unwrap()),
        )
        .unwrap();
    shell.keys("object-del id=r\t");
    shell.line_is("(qmp) object-del id=rng7");
    drop_line(&shell);
    // A hint is typed by moving over it.
    shell.keys("device_del ");
    shell.line_is("(qmp) device_del id=");
    shell.keys(RIGHT);
    shell.line_is("(qmp) device_del id= a string");
}

#[test]
fn events_while_somebody_types() {
    let Some(mut machine) = some_machine() else {
        return;
    };
    let mut other = machine.client(OTHER);
    let shell = shell(machine.folder(), &[]);
    let mut switch = |command| other.execute_raw(command, None).unwrap();

    shell.keys("query-na");
    shell.line_is("(qmp) query-na");
    switch("cont");
    let shown = shell.sees(" RESUME\n(qmp) query-na");
    assert_eq!(shown.matches("query-na").count(), 1, "{shown}");
    shell.keys("me\r");
    shell.sees("\"name\": \"vm\"");
    shell.line_is("(qmp)");

    // A text over several lines of the screen, with the cursor in its middle.
    let long = format!("qom-set path=/machine property={}", "x".repeat(60));
    shell.keys(&long);
    shell.keys(HOME);
    switch("stop");
    let shown = shell.until("event", |state| {
        state.shown().contains(" STOP\n(qmp) qom-set")
    });
    assert_eq!(shown.matches("qom-set").count(), 1, "{shown}");
    let text = shown.split("(qmp) ").last().unwrap().replace('\n', "");
    assert!(text.starts_with(&long), "{shown}");
    drop_line(&shell);

    // They can be turned off, and come before the reply to what causes them.
    shell.keys("cont\r");
    shell.sees("(qmp) cont\n");
    let shown = shell.sees("{}\n(qmp)");
    let resume = shown.rfind("RESUME").unwrap();
    assert!(resume > shown.rfind("cont").unwrap() && resume < shown.rfind("{}").unwrap());
    shell.keys("events RESET SHUT*\rstop\rquery-status\r");
    shell.sees("\"running\": false");
    assert!(!shell.sees("(qmp) stop\n{}").contains("STOP\n{}"));
}

#[test]
fn what_was_typed_before() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    let mut first = shell(folder, &[]);
    first.keys("query-name\r");
    first.sees("\"vm\"");
    first.keys("object-add qom-type=secret id=s data=hunter2\r");
    first.sees("{}");
    first.keys(" query-uuid\r");
    first.sees("\"UUID\"");
    first.keys("{\"execute\":\r\"query-kvm\"}\r");
    first.sees("\"present\"");
    first.keys(UP);
    first.until("both lines", |state| {
        state
            .shown()
            .ends_with("(qmp) {\"execute\":\n\"query-kvm\"}")
    });
    drop_line(&first);
    first.keys("exit\r");
    assert_eq!(first.end().0.code(), Some(0));

    let history = folder.join("state/qmp/history");
    let kept = fs::read_to_string(&history).unwrap();
    assert!(kept.contains("query-name"), "{kept}");
    assert!(
        !kept.contains("hunter2") && !kept.contains("query-uuid"),
        "{kept}"
    );
    assert_eq!(
        history.metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );

    let second = shell(folder, &[]);
    second.keys(UP);
    second.line_is("(qmp) exit");
    second.keys(UP);
    second.line_is("\"query-kvm\"}");
    // Within a text of several lines the cursor moves first.
    second.keys(UP);
    second.keys(UP);
    second.line_is("(qmp) query-name");
    drop_line(&second);
    // It is searched, too.
    second.keys("\x12kvm");
    second.sees("\"query-kvm\"}");
}

#[test]
fn what_takes_too_long_is_given_up() {
    let Some(machine) = some_machine() else {
        return;
    };
    let mut shell = shell(machine.folder(), &[]);
    shell.keys("query-na");
    shell.line_is("(qmp) query-na");
    drop_line(&shell);
    machine.freeze();
    shell.keys("query-name\r");
    // While it is waited for Ctrl-C is a signal.
    shell.until("waiting", |_| shell.is_as_it_was());
    shell.keys(CTRL_C);
    shell.sees("not waited for; it may be done yet");
    shell.line_is("(qmp)");
    // Whoever completes is not kept for long.
    shell.keys("device_del id=\tx");
    shell.line_is("(qmp) device_del id=x");
    drop_line(&shell);
    machine.thaw();
    shell.keys("query-status\r");
    let shown = shell.sees("\"status\"");
    assert!(!shown.contains("\"name\""), "{shown}");
    shell.line_is("(qmp)");
    shell.keys(CTRL_D);
    assert_eq!(shell.end().0.code(), Some(0));
}

#[test]
fn a_machine_that_dies_ends_the_shell_at_once() {
    for typed in [
        "",
        "query-na",
        "blockdev-add driver={\r",
        "\t",
        "query-name\r\x12que",
    ] {
        let Some(machine) = some_machine() else {
            return;
        };
        let mut shell = shell(machine.folder(), &[]);
        shell.keys(typed);
        match typed {
            // All commands are too many for a screen: their beginnings are listed, and nothing is asked.
            "\t" => shell.sees("query-"),
            "query-name\r\x12que" => shell.sees("(reverse-i-search)`que': query-name"),
            "" => shell.line_is("(qmp)"),
            typed => shell.sees(typed.trim_end()),
        };
        machine.killer()();
        let (status, shown) = shell.end();
        assert_eq!(status.code(), Some(2), "{shown}");
        assert!(
            shown.ends_with("\nqmp: the server has closed the connection"),
            "{typed}: {shown}"
        );
        assert!(shell.is_as_it_was());
    }
}

#[test]
fn a_machine_that_ends_as_it_was_told_to() {
    for (words, typed) in [
        (&[][..], "quit\r"),
        (&["--hmp"], "quit\r"),
        (&[], "{'execute': 'quit'}\r"),
    ] {
        let Some(mut machine) = some_machine() else {
            return;
        };
        let mut shell = shell(machine.folder(), words);
        shell.keys(typed);
        let (status, shown) = shell.end();
        assert_eq!(status.code(), Some(0), "{shown}");
        assert!(shown.ends_with("\nthe machine has ended"), "{shown}");
        assert!(machine.wait().success());
    }
}

#[test]
fn the_human_monitor() {
    let Some(machine) = some_machine() else {
        return;
    };
    let mut shell = shell(machine.folder(), &["--read-only"]);
    shell.line_is("(qmp, read-only)");
    shell.keys("hmp\r");
    shell.line_is("(hmp, read-only)");
    shell.keys("info sta\tu\t\r");
    shell.sees("VM status: paused");
    shell.keys("system_reset\r");
    shell.sees("a read-only session takes `help` and `info`, not `system_reset`");
    shell.keys("cpu 7\r");
    shell.sees("GenericError: ");
    shell.line_is("(hmp, read-only)");
    shell.keys(CTRL_D);
    shell.line_is("(qmp, read-only)");
    shell.keys(CTRL_D);
    assert_eq!(shell.end().0.code(), Some(0));
}
