//! From a pipe.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use qapi_client::server::Replay;
use qapi_tests::done::{Done, run_with};
use qapi_tests::live::{MONITOR, Process, Program, folder};

use super::{OTHER, some_machine};

/// A shell that speaks with the monitor in `folder`.
fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    command
        .current_dir(folder)
        .env("QMP_SOCKET", MONITOR)
        .arg("shell")
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it with `script` as its input.
fn run(folder: &Path, words: &[&str], script: &str) -> Done {
    run_with(command(folder, words), script)
}

#[track_caller]
fn check(folder: &Path, words: &[&str], script: &str, expected: (i32, &str, &str)) {
    let (code, out, err) = run(folder, words, script);
    assert_eq!(
        (code, &*out, &*err),
        (Some(expected.0), expected.1, expected.2),
        "{script}"
    );
}

/// Where to connect to is a word for whoever has no variable.
#[test]
fn the_monitor_is_a_word() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    for (words, script, expected) in [
        (
            &[OTHER, "-p"][..],
            "query-name",
            (0, "{\n  \"name\": \"vm\"\n}\n", ""),
        ),
        (&[OTHER, "-H"], "info name", (0, "vm\n", "")),
        (
            &[OTHER, "--socket", MONITOR],
            "query-name",
            (2, "", "qmp: it is either other or --socket qmp\n"),
        ),
    ] {
        check(folder, words, script, expected);
    }
}

#[test]
fn programs_read_what_comes_of_lines() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    for (words, script, expected) in [
        (
            &[][..],
            "query-name | tr a-z A-Z | cat # all\nquery-name\n",
            (0, "{\"NAME\":\"VM\"}\n{\"name\":\"vm\"}\n", ""),
        ),
        (&[], "{'execute': 'query-name'} |wc -l", (0, "1\n", "")),
        (&[], "hmp info name | tr m n", (0, "vn\n", "")),
        (&["--hmp"], "info name | tr m n\n", (0, "vn\n", "")),
        (&[], "help stop | sed 's/:.*//;q'", (0, "stop\n", "")),
        // More than a pipe takes, of which nobody wants to read more.
        (&[], "query-qmp-schema | true", (0, "", "")),
        (
            &[],
            "query-name | grep -q nobody\nquery-name",
            (
                1,
                "",
                "qmp: line 1: `grep -q nobody` has failed: exit status: 1\n",
            ),
        ),
        // What is refused is for people to read.
        (
            &[],
            "query-nam | cat",
            (
                1,
                "",
                "qmp: line 1: CommandNotFound: The command query-nam has not been found\n",
            ),
        ),
        (
            &[],
            "events off | cat",
            (2, "", "qmp: line 1: there is nothing to read of `events`\n"),
        ),
        (
            &[],
            "query-name |",
            (2, "", "qmp: line 1: no program follows the |\n"),
        ),
        (
            &["--read-only"],
            "query-name | cat",
            (2, "", "qmp: line 1: a read-only session runs no programs\n"),
        ),
    ] {
        check(folder, words, script, expected);
    }
}

/// Words become what was meant, whatever they look like: what QEMU's own shell does and what it was seen to fail at.
#[test]
fn lines_are_commands() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    let name = r#"{"name":"vm"}"#;
    for (script, expected) in [
        ("", (0, "", "")),
        ("\n  \n\t\n", (0, "", "")),
        ("# nothing\nquery-name", (0, &*format!("{name}\n"), "")),
        (
            "query-name\r\nquery-name\r\n",
            (0, &format!("{name}\n{name}\n"), ""),
        ),
        // As some editors begin a file.
        (
            "\u{feff}query-name\r\nquery-name",
            (0, &format!("{name}\n{name}\n"), ""),
        ),
        // Spaces, quotes, and strings that look like something else.
        (
            "object-add qom-type=iothread id='a b'\n",
            (
                1,
                "",
                "qmp: line 1: GenericError: Parameter 'id' expects an identifier\n",
            ),
        ),
        (
            "chardev-add id=c backend.type=null backend.data.logfile=\"it's 1.0\"\nchardev-remove id=c\nchardev-add id=c backend.type=null backend.data.logfile=007\n",
            (0, "{}\n{}\n{}\n", ""),
        ),
        (
            "blockdev-add {'driver': 'null-co', 'node-name': 'n1', 'read-zeroes': True, \"size\": 65536}\nblockdev-del node-name=n1",
            (0, "{}\n{}\n", ""),
        ),
        (
            "{\n 'execute': 'query-name',\n 'id': [1, {}]\n}\n",
            (0, &format!("{name}\n"), ""),
        ),
        // null is a value where one is taken, and the name of a node that is not there where none is.
        (
            "blockdev-add driver=qcow2 node-name=q file=image0 backing=null",
            (
                1,
                "",
                "qmp: line 1: GenericError: Image is not in qcow2 format\n",
            ),
        ),
        (
            "blockdev-add driver=raw node-name=r file=null",
            (
                1,
                "",
                "qmp: line 1: GenericError: Cannot find device='null' nor node-name='null'\n",
            ),
        ),
        (
            "qom-set path=/machine property=graphics value=1.5",
            (
                1,
                "",
                "qmp: line 1: GenericError: Invalid parameter type for 'graphics', expected: boolean\n",
            ),
        ),
        // Arguments that are wrong are told before the machine is asked.
        (
            "query-name\nblock_resize node-name=image0 size=0x10x\nquery-name",
            (
                2,
                &format!("{name}\n"),
                "qmp: line 2: `size` takes an integer, not `0x10x`\n",
            ),
        ),
        (
            "stop\n\n\ndevice_del\n",
            (2, "{}\n", "qmp: line 4: missing: `id` (a string)\n"),
        ),
        (
            "query-name x",
            (
                2,
                "",
                "qmp: line 1: `x` is neither KEY=VALUE nor a JSON object\n",
            ),
        ),
        (
            "query-nam",
            (
                1,
                "",
                "qmp: line 1: CommandNotFound: The command query-nam has not been found\n",
            ),
        ),
        (
            "{\"execute\": 1}",
            (2, "", "qmp: line 1: `execute` takes a command's name\n"),
        ),
        (
            "stop '",
            (2, "", "qmp: line 1: the ' in column 6 is not closed\n"),
        ),
        ("exit\nno-such-command", (0, "", "")),
    ] {
        check(folder, &[], script, expected);
    }
    let (code, out, _) = run(folder, &["--keep-going"], "nope\nquery-name\nstop x\n");
    assert_eq!((code, &*out), (Some(1), &*format!("{name}\n")));
}

#[test]
fn transactions_do_all_or_nothing() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    let names = "query-named-block-nodes\n";
    for (script, expected) in [
        (
            "transaction(\n  block-dirty-bitmap-add node=image0 name=b0\n  # another\n\n  block-dirty-bitmap-add node=image1 name='b 1'\n)\n",
            (0, "{}\n", ""),
        ),
        (
            "transaction( block-dirty-bitmap-disable node=image0 name=b0 )\n",
            (0, "{}\n", ""),
        ),
        (
            "transaction( properties.completion-mode=individual\nblock-dirty-bitmap-enable {'node': 'image0', 'name': 'b0'} )\n",
            (0, "{}\n", ""),
        ),
        (
            "transaction(\nblock-dirty-bitmap-remove node=image0 name=b0\nblock-dirty-bitmap-remove node=image1 name=nope\n)\n",
            (
                1,
                "",
                "qmp: line 1: GenericError: Dirty bitmap 'nope' not found\n",
            ),
        ),
        (
            "transaction(\nblock-dirty-bitmap-remove nod=image0 name=b0\n)\n",
            (
                2,
                "",
                "qmp: line 1: there is no argument `nod`: did you mean `node`?\nmissing: `node` (a string)\n",
            ),
        ),
        (
            "stop\ntransaction(\n",
            (
                2,
                "{}\n",
                "qmp: line 2: `transaction(` is not closed by a `)`\n",
            ),
        ),
    ] {
        check(folder, &[], script, expected);
    }
    let (_, out, _) = run(folder, &[], names);
    assert!(
        out.contains(r#""name":"b0""#) && out.contains(r#""name":"b 1""#),
        "{out}"
    );
}

#[test]
fn messages_events_and_recordings() {
    let Some(mut machine) = some_machine() else {
        return;
    };
    let mut other = machine.client(OTHER);
    let folder = machine.folder();
    let (code, out, err) = run(
        folder,
        &["--json", "--events", "--keep-going", "--verbose"],
        "cont\ndevice_del id=nobody\n",
    );
    assert_eq!((code, &*err), (Some(1), ""));
    let lines: Vec<&str> = out.lines().collect();
    let [sent, event, returned, sent_too, refused] = &*lines else {
        panic!("{out}");
    };
    assert_eq!(*sent, r#"{"execute":"cont"}"#);
    assert!(
        event.starts_with(r#"{"event":"RESUME","data":{},"#),
        "{event}"
    );
    assert_eq!(*returned, r#"{"return":{}}"#);
    assert_eq!(
        *sent_too,
        r#"{"execute":"device_del","arguments":{"id":"nobody"}}"#
    );
    assert_eq!(
        *refused,
        r#"{"error":{"class":"DeviceNotFound","desc":"Device 'nobody' not found"}}"#
    );
    let (_, out, err) = run(folder, &["--events"], "stop");
    assert_eq!(out, "{}\n");
    assert!(err.ends_with(" STOP\n"), "{err}");

    // What was recorded is what another shell hears that says the same.
    let script = "query-name\ndevice_del id=nobody\nrecord off\nquery-status\n";
    let (_, said, complained) = run(folder, &["--record", "rec", "--keep-going"], script);
    let recording = folder.join("rec");
    assert_eq!(
        recording.metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    let replay: Replay = fs::read_to_string(&recording).unwrap().parse().unwrap();
    let listener = UnixListener::bind(folder.join("again")).unwrap();
    let playing = thread::spawn(move || replay.play(listener.accept().unwrap().0));
    let script = "query-name\ndevice_del id=nobody\n";
    let (_, out, err) = run(folder, &["--keep-going"], "");
    assert_eq!((&*out, &*err), ("", ""));
    let mut again = command(folder, &["--keep-going"])
        .env("QMP_SOCKET", "again")
        .spawn()
        .unwrap();
    again
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let again = again.wait_with_output().unwrap();
    assert!(said.starts_with(str::from_utf8(&again.stdout).unwrap()));
    assert_eq!(again.stderr, complained.as_bytes());
    assert_eq!(playing.join().unwrap().unwrap(), []);
    // It is never written over.
    let (code, _, err) = run(folder, &["--record", "rec"], "query-name");
    assert_eq!(code, Some(2));
    assert!(err.starts_with("qmp: cannot record into rec: "), "{err}");
    drop(other.execute_raw("query-name", None).unwrap());
}

#[test]
fn nothing_is_changed_by_those_who_only_read() {
    let Some(machine) = some_machine() else {
        return;
    };
    let words = &["--read-only", "--keep-going"];
    let script = "query-name\nqom-get path=/machine property=graphics\nstop\nno-such-thing\nhmp info name\nhmp stop\n{'execute': 'quit'}\ntransaction( x )\n";
    let (code, out, err) = run(machine.folder(), words, script);
    assert_eq!(code, Some(2));
    assert_eq!(out, "{\"name\":\"vm\"}\ntrue\nvm\n");
    let refused: Vec<&str> = err.lines().collect();
    assert_eq!(refused.len(), 5, "{err}");
    assert_eq!(
        refused[0],
        "qmp: line 3: `stop` is not known to change nothing, and this session is read-only"
    );
}

#[test]
fn the_human_monitor_is_told() {
    let Some(machine) = some_machine() else {
        return;
    };
    let folder = machine.folder();
    let script = "info name\ncpu 0\ncpu 9\nexit\ninfo name\n";
    check(
        folder,
        &["--hmp", "--keep-going"],
        script,
        (
            1,
            "vm\n",
            "qmp: line 3: GenericError: Parameter 'cpu-index' expects a CPU number\n",
        ),
    );
    check(
        folder,
        &[],
        "hmp\ninfo name\nexit\nquery-name\n",
        (0, "vm\n{\"name\":\"vm\"}\n", ""),
    );
}

#[test]
fn machines_that_end() {
    // The last line may be their end; what follows is not done, and that is said.
    for (script, expected) in [
        ("quit\n\n# good night\n", (0, "{}\n", "")),
        (
            "quit\nquery-name\n",
            (2, "{}\n", "qmp: line 2: the machine has ended\n"),
        ),
    ] {
        let Some(mut machine) = some_machine() else {
            return;
        };
        check(machine.folder(), &[], script, expected);
        assert!(machine.wait().success());
    }
    // Nobody waits for the next line.
    let Some(machine) = some_machine() else {
        return;
    };
    let mut child = command(machine.folder(), &[]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"query-name\n").unwrap();
    let mut reply = [0];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut reply)
        .unwrap();
    machine.killer()();
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        output.stderr,
        b"qmp: the server has closed the connection\n"
    );
}

/// Another interface, with other commands.
#[test]
fn the_storage_daemon() {
    let monitor = format!("socket,path={MONITOR},server=on,wait=off,id=m");
    let words = ["--chardev", &monitor, "--monitor", "chardev=m"];
    let Some(mut daemon) = Process::start(Program::StorageDaemon, folder(), &words) else {
        return;
    };
    drop(daemon.client(MONITOR));
    let script =
        "blockdev-add driver=null-co node-name=n size=1M\nblockdev-del node-name=n\nquery-status\n";
    let (code, out, err) = run(daemon.folder(), &["--keep-going"], script);
    assert_eq!((code, &*out), (Some(1), "{}\n{}\n"), "{err}");
    check(daemon.folder(), &[], "quit", (0, "{}\n", ""));
    assert!(daemon.wait().success());
}
