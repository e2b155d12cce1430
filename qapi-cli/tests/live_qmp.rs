//! The command `qmp` and a real machine: what it prints, and how it ends.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use qapi_tests::live::{MONITOR, machine};
use qapi_types::Any;

/// What `qmp` has done: its exit code, and what it has written to both outputs.
type Done = (Option<i32>, String, String);

/// Runs `qmp --socket MONITOR` in `folder`.
fn qmp(folder: &Path, words: &[&str]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    command
        .current_dir(folder)
        .args(["--socket", MONITOR])
        .args(words);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn replies_refusals_and_events() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    // The first session ends when the monitor is known to listen; a monitor serves one after the other.
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    for (words, expected) in [
        (&["query-name"][..], "{\"name\":\"vm\"}\n"),
        (&["query-name", "--pretty"], "{\n  \"name\": \"vm\"\n}\n"),
        (
            &["qom-get", "path=/machine", "property=suppress-vmdesc"],
            "false\n",
        ),
        (
            &[
                "qom-get",
                r#"{"path": "/machine", "property": "suppress-vmdesc"}"#,
            ],
            "false\n",
        ),
    ] {
        let expected = (Some(0), expected.to_owned(), String::new());
        assert_eq!(
            qmp(folder, &[&["call"], words].concat()),
            expected,
            "{words:?}"
        );
    }

    let (code, out, err) = qmp(folder, &["call", "--events", "cont"]);
    assert_eq!((code, &*out), (Some(0), "{}\n"));
    let event: Any = err.lines().next().unwrap().parse().unwrap();
    assert_eq!(event.get("event"), Some(Any::from("RESUME")));

    for (words, class) in [
        (&["no-such-command"][..], "CommandNotFound"),
        (&["device_del", "id=nobody"], "DeviceNotFound"),
        (&["qom-get", "path=/machine"], "GenericError"),
    ] {
        let (code, out, err) = qmp(folder, &[&["call"], words].concat());
        assert_eq!((code, &*out), (Some(1), ""), "{words:?}");
        assert!(err.starts_with(&format!("qmp: {class}: ")), "{err}");
    }
}

#[test]
fn machines_that_hang_and_machines_that_are_gone() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    machine.freeze();
    let (code, out, err) = qmp(
        machine.folder(),
        &["--timeout", "0.05", "call", "query-name"],
    );
    assert_eq!((code, &*out), (Some(2), ""));
    assert!(err.starts_with("qmp: timed out waiting for "), "{err}");

    machine.thaw();
    let ended = qmp(machine.folder(), &["call", "quit"]);
    assert_eq!(ended, (Some(0), "{}\n".to_owned(), String::new()));
    assert!(machine.wait().success());
    let (code, out, err) = qmp(machine.folder(), &["call", "query-name"]);
    assert_eq!((code, &*out), (Some(2), ""));
    assert!(
        err.starts_with("qmp: cannot connect to unix:qmp: "),
        "{err}"
    );
}
