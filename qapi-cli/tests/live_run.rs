//! `qmp run`: real machines that come and go with whoever speaks with them.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use qapi_client::blocking::{Client, Options};
use qapi_tests::done::{Done, done, run_with};
use qapi_tests::live::{Program, Terminal, folder};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A machine that stands still and writes down its process ID.
const MACHINE: &str = "qemu-system-x86_64 -nodefaults -no-user-config -display none -m 64 -machine q35,accel=tcg -S \
    -pidfile pid -name vm -qmp unix:other,server=on,wait=off";

/// A folder for machines, if there are any.
#[track_caller]
fn machines() -> Option<TempDir> {
    Program::System.need()?;
    Some(folder())
}

/// `qmp run` with `options`, and the machine with more words.
fn command(folder: &Path, options: &str, machine: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    let words = format!("run {options} -- {machine}");
    command
        .current_dir(folder)
        .env("QMP_SOCKET", "/nowhere")
        .args(words.split(' ').filter(|word| !word.is_empty()));
    command
}

/// The same, started, with pipes for all there is to say.
fn start(folder: &Path, options: &str, machine: &str) -> Child {
    let mut command = command(folder, options, machine);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    pipes.stderr(Stdio::piped()).spawn().unwrap()
}

/// What comes of a script.
fn script(folder: &Path, options: &str, machine: &str, lines: &str) -> Done {
    run_with(command(folder, options, machine), lines)
}

/// The machine's process, as soon as it has written it down.
fn machine(folder: &Path) -> Pid {
    loop {
        let text = fs::read_to_string(folder.join("pid")).unwrap_or_default();
        if let Ok(pid) = text.trim().parse() {
            return Pid::from_raw(pid).unwrap();
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until there is no such process any more.
fn gone(pid: Pid) {
    let path = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    // What nobody has asked about yet is no process any more, either.
    while fs::read_to_string(path.join("stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        thread::sleep(Duration::from_millis(5));
    }
}

/// Says a line and waits for its reply: the machine runs, and so does the shell. More could follow.
fn talk(child: &mut Child) -> ChildStdin {
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"query-name\n").unwrap();
    let mut first = [0];
    let out = child.stdout.as_mut().unwrap();
    out.read_exact(&mut first).unwrap();
    input
}

#[test]
fn scripts_and_how_they_end() {
    let Some(folder) = machines() else { return };
    let folder = folder.path();
    for (lines, expected) in [
        (
            "query-name\nquery-status\n",
            (
                0,
                "{\"name\":\"vm\"}\n{\"status\":\"prelaunch\",\"running\":false}\n",
                "",
            ),
        ),
        ("", (0, "", "")),
        (
            "quit\nquery-name\n",
            (2, "{}\n", "qmp: line 2: the machine has ended"),
        ),
        (
            "query-name\nno-such-command\nquery-name",
            (1, "{\"name\":\"vm\"}\n", "qmp: line 2: CommandNotFound: "),
        ),
    ] {
        let (code, out, err) = script(folder, "", MACHINE, lines);
        let (expected_code, expected_out, begin) = expected;
        assert_eq!(
            (code, &*out),
            (Some(expected_code), expected_out),
            "{lines}: {err}"
        );
        assert!(
            err.starts_with(begin) && err.is_empty() == begin.is_empty(),
            "{err}"
        );
        assert!(
            !folder.join("pid").exists(),
            "{lines}: the machine has not ended well"
        );
    }
    // Whose words they are shows without a `--`, too: the first that is no option begins the machine's.
    let mut plain = Command::new(env!("CARGO_BIN_EXE_qmp"));
    plain
        .current_dir(folder)
        .arg("run")
        .args(MACHINE.split(' '));
    let (code, out, err) = run_with(plain, "query-name\n");
    assert_eq!((code, &*out, &*err), (Some(0), "{\"name\":\"vm\"}\n", ""));
}

/// Machines that do not even begin say why, and theirs is the exit code.
#[test]
fn machines_that_do_not_start() {
    let Some(folder) = machines() else { return };
    for (machine, code, message) in [
        (
            format!("{MACHINE} -no-such-option"),
            1,
            "qemu-system-x86_64: -no-such-option: invalid option\n",
        ),
        (
            format!("{MACHINE} -drive file=/nowhere"),
            1,
            "qemu-system-x86_64: -drive file=/nowhere: ",
        ),
        (
            "/nowhere/at-all".to_owned(),
            127,
            "qmp: cannot start /nowhere/at-all: ",
        ),
        ("/".to_owned(), 126, "qmp: cannot start /: "),
        // It would stay, and nobody could see to its end.
        (
            format!("{MACHINE} -daemonize"),
            2,
            "qmp: a machine that goes into the background does not go when its user does: leave out -daemonize\n",
        ),
        (
            "qemu-system-x86_64 --version".to_owned(),
            0,
            "QEMU emulator version ",
        ),
    ] {
        let (got, out, err) = script(folder.path(), "", &machine, "query-name\n");
        assert_eq!((got, &*out), (Some(code), ""), "{machine}: {err}");
        assert!(err.starts_with(message), "{err}");
    }
    let mut named = Command::new(env!("CARGO_BIN_EXE_qmp"));
    named.args(["--socket", "vm.sock", "run", "--", "true"]);
    let (code, _, err) = done(named.output().unwrap());
    assert_eq!(code, Some(2));
    assert!(err.contains("leave out --socket"), "{err}");
    // No machine at all: nobody greets.
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    let words = [
        "--timeout",
        "0.1",
        "run",
        "--",
        "sh",
        "-c",
        "exec sleep 1000",
    ];
    let (code, out, err) = done(command.args(words).stdin(Stdio::null()).output().unwrap());
    assert_eq!((code, &*out), (Some(2), ""));
    assert_eq!(err, "qmp: timed out waiting for the server's greeting\n");
}

#[test]
fn a_storage_daemon_is_a_machine() {
    if Program::StorageDaemon.need().is_none() {
        return;
    }
    let folder = folder();
    let daemon = "qemu-storage-daemon --blockdev null-co,node-name=n";
    let done = script(folder.path(), "", daemon, "query-block-jobs\n");
    assert_eq!(done, (Some(0), "[]\n".to_owned(), String::new()));
}

/// What asks `qmp` to end, ends the machine.
#[test]
fn signals_end_the_machine() {
    let Some(folder) = machines() else { return };
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let mut child = start(folder.path(), "", MACHINE);
        let _input = talk(&mut child);
        let pid = machine(folder.path());
        kill_process(Pid::from_child(&child), signal).unwrap();
        let (got, _, err) = done(child.wait_with_output().unwrap());
        assert_eq!(got, Some(code), "{err}");
        gone(pid);
        assert!(!folder.path().join("pid").exists());
    }
}

/// Whoever is killed cannot see to the machine; it goes all the same.
#[test]
#[cfg(target_os = "linux")]
fn a_machine_does_not_outlive_its_user() {
    let Some(folder) = machines() else { return };
    let mut child = start(folder.path(), "", MACHINE);
    let pid = machine(folder.path());
    child.kill().unwrap();
    child.wait().unwrap();
    gone(pid);
}

/// A machine that does not heed is killed in the end.
#[test]
fn a_machine_that_hangs_is_killed() {
    let Some(folder) = machines() else { return };
    let mut child = start(folder.path(), "", MACHINE);
    let input = talk(&mut child);
    kill_process(machine(folder.path()), Signal::STOP).unwrap();
    drop(input);
    let (code, _, err) = done(child.wait_with_output().unwrap());
    assert_eq!(code, Some(137), "{err}");
}

/// With `--keep` it is the machine that says when it is over.
#[test]
fn a_machine_that_is_kept() {
    let Some(folder) = machines() else { return };
    let folder = folder.path();
    for (ending, code) in [("quit", 0), ("KILL", 137), ("TERM", 143)] {
        let mut child = start(folder, "--keep", MACHINE);
        drop(talk(&mut child));
        let pid = machine(folder);
        match ending {
            "quit" => {
                let stream = UnixStream::connect(folder.join("other")).unwrap();
                let mut other = Client::over(stream, Options::default()).unwrap();
                other.execute_raw("quit", None).unwrap();
            }
            "KILL" => kill_process(pid, Signal::KILL).unwrap(),
            _ => kill_process(Pid::from_child(&child), Signal::TERM).unwrap(),
        }
        let (got, _, err) = done(child.wait_with_output().unwrap());
        assert_eq!(got, Some(code), "{ending}: {err}");
        gone(pid);
        // One that is killed does not clear up.
        let _ = fs::remove_file(folder.join("pid"));
    }
}

/// A machine in a terminal.
fn typed(folder: &Path) -> Terminal {
    let terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
        command
            .current_dir(folder)
            .args(["run", "--no-history", "--"])
            .args(MACHINE.split(' ').filter(|word| !word.is_empty()))
    });
    terminal.line_is("(qmp)");
    terminal
}

/// On a terminal: what the machine writes and what it does is shown above what is being typed; Ctrl-C is for what is typed.
#[test]
fn somebody_types() {
    let Some(folder) = machines() else { return };
    let folder = folder.path();
    let mut terminal = typed(folder);
    terminal.keys("query-na");
    terminal.line_is("(qmp) query-na");
    terminal.keys("\x03");
    terminal.line_is("(qmp)");
    terminal.keys("query-name\r");
    terminal.sees("\"name\": \"vm\"");
    terminal.line_is("(qmp)");
    let pid = machine(folder);
    terminal.keys("query-st");
    terminal.sees("(qmp) query-st");
    // It says that it was told so, on its standard error, and ends well.
    kill_process(pid, Signal::TERM).unwrap();
    let (status, screen) = terminal.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.contains("terminating on signal 15"), "{screen}");
    gone(pid);
}

/// Who leaves takes the machine along.
#[test]
fn somebody_leaves() {
    let Some(folder) = machines() else { return };
    let folder = folder.path();
    let mut terminal = typed(folder);
    let pid = machine(folder);
    terminal.keys("\x04");
    let (status, screen) = terminal.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    gone(pid);
    assert!(!folder.join("pid").exists());
}
