//! `qmp call` with arguments in words, and `qmp schema`: real machines get what is meant.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use qapi_tests::done::{Done, done};
use qapi_tests::live::{MONITOR, Process, Program, folder, machine};

/// Runs `qmp` with `words` in `folder`, where a monitor is.
fn qmp(folder: &Path, words: &[&str]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp"));
    command
        .current_dir(folder)
        .env("QMP_SOCKET", MONITOR)
        .args(words);
    done(command.output().unwrap())
}

/// Executes commands one after the other; of each is known how it ends and how what it prints begins.
fn check(folder: &Path, calls: &[(&str, &[&str], Result<&str, &str>)]) {
    for (name, words, expected) in calls {
        let words = [&["call", name], *words].concat();
        let (code, out, err) = qmp(folder, &words);
        match expected {
            Ok(printed) => {
                assert_eq!((code, &*err), (Some(0), ""), "{words:?}");
                assert!(out.starts_with(printed), "{words:?}: {out}");
            }
            Err(message) => {
                // What the machine has refused went to it.
                let expected = if *message == REFUSED { 1 } else { 2 };
                assert_eq!((code, &*out), (Some(expected), ""), "{words:?}");
                assert!(err.contains(message), "{words:?}: {err}");
            }
        }
    }
}

const REFUSED: &str = "GenericError: ";
const DONE: Result<&str, &str> = Ok("{}\n");

#[test]
fn a_machine_gets_what_is_meant() {
    let arguments = [
        "-device",
        "pcie-root-port,id=port0",
        "-device",
        "virtio-balloon-pci,id=balloon0",
        "-chardev",
        "ringbuf,id=ring0",
    ];
    let Some(mut machine) = machine(&arguments) else {
        return;
    };
    drop(machine.client(MONITOR));
    check(
        machine.folder(),
        &[
            // Nodes within nodes; a name that looks like a number, a size with a unit, a discriminator that comes last.
            (
                "blockdev-add",
                &[
                    "node-name=null",
                    "file.node-name=on",
                    "file.size=2M",
                    "file.read-zeroes=on",
                    "file.driver=null-co",
                    "driver=raw",
                ],
                DONE,
            ),
            ("blockdev-add", &["driver=null-co", "node-name=n2"], DONE),
            (
                "blockdev-add",
                &[
                    "driver=quorum",
                    "node-name=q",
                    "vote-threshold=0x1",
                    "children.1=n2",
                    "children.0.driver=null-co",
                ],
                DONE,
            ),
            (
                "blockdev-add",
                &[
                    r#"{"driver":"raw"}"#,
                    "node-name=r",
                    "file=q",
                    "read-only=true",
                ],
                DONE,
            ),
            ("x-debug-query-block-graph", &[], Ok("{")),
            ("blockdev-del", &["node-name=null"], DONE),
            ("blockdev-del", &["node-name=r"], DONE),
            (
                "object-add",
                &[
                    "qom-type=memory-backend-ram",
                    "id=true",
                    "size=4M",
                    "share=off",
                ],
                DONE,
            ),
            (
                "qom-get",
                &["path=/objects/true", "property=size"],
                Ok("4194304\n"),
            ),
            (
                "object-add",
                &[
                    "id=limits",
                    "qom-type=throttle-group",
                    "limits.iops-total=100",
                ],
                DONE,
            ),
            (
                "qom-get",
                &["path=/objects/limits", "property=x-iops-total"],
                Ok("100\n"),
            ),
            ("netdev_add", &["type=hubport", "id=net0", "hubid=0"], DONE),
            // Properties of a driver: a bool, an integer, a string that looks like one, an enum that looks like a bool.
            (
                "device_add",
                &[
                    "driver=virtio-net-pci",
                    "id=nic0",
                    "bus=port0",
                    "netdev=net0",
                    "mq=off",
                    "vectors=0x3",
                    "disable-legacy=on",
                    "mac=52:54:00:12:34:56",
                ],
                DONE,
            ),
            ("qom-get", &["path=nic0", "property=vectors"], Ok("3\n")),
            (
                "qom-get",
                &["path=nic0", "property=disable-legacy"],
                Ok("\"on\"\n"),
            ),
            (
                "qom-set",
                &[
                    "path=balloon0",
                    "property=guest-stats-polling-interval",
                    "value=2",
                ],
                DONE,
            ),
            (
                "qom-get",
                &["path=balloon0", "property=guest-stats-polling-interval"],
                Ok("2\n"),
            ),
            (
                "send-key",
                &[
                    "keys.0.type=qcode",
                    "keys.0.data=ctrl",
                    "keys.1.type=number",
                    "keys.1.data=0x1e",
                    "hold-time=1",
                ],
                DONE,
            ),
            (
                "send-key",
                &[r#"keys=[{"type":"qcode","data":"ret"}]"#],
                DONE,
            ),
            (
                "human-monitor-command",
                &["command-line=info name"],
                Ok("\""),
            ),
            (
                "human-monitor-command",
                &["command-line=info cpus", "cpu-index=0"],
                Ok("\"* CPU #0"),
            ),
            (
                "ringbuf-write",
                &["device=ring0", "data=\"null\"", "format=utf8"],
                DONE,
            ),
            (
                "ringbuf-read",
                &["device=ring0", "size=1K"],
                Ok("\"null\"\n"),
            ),
            (
                "migrate-set-capabilities",
                &[
                    "capabilities.0.capability=mapped-ram",
                    "capabilities.0.state=on",
                    "capabilities.1.state=off",
                    "capabilities.1.capability=multifd",
                ],
                DONE,
            ),
            (
                "migrate-set-parameters",
                &["max-bandwidth=64M", "tls-creds=null"],
                DONE,
            ),
            (
                "query-cpu-model-expansion",
                &[
                    "type=full",
                    "model.name=qemu64",
                    "model.props.pmu=false",
                    "model.props.min-level=0",
                ],
                Ok("{\"model\":{\"name\":\"qemu64\""),
            ),
            (
                "qom-list-properties",
                &["typename=memory-backend-ram"],
                Ok("["),
            ),
            (
                "transaction",
                &["actions.0.type=abort", "actions.0.data={}"],
                Err(REFUSED),
            ),
        ],
    );
    let folder = machine.folder();
    let file = folder.join("state");
    let file = format!("channels.0.addr.filename={}", file.display());
    let words = [
        "channels.0.channel-type=main",
        &file,
        "channels.0.addr.offset=4K",
        "channels.0.addr.transport=file",
    ];
    check(folder, &[("migrate", &words, DONE)]);
}

#[test]
fn what_a_machine_would_not_take_it_does_not_get() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    check(
        machine.folder(),
        &[
            (
                "blockdev-add",
                &["drivr=raw"],
                Err("did you mean `driver`?"),
            ),
            (
                "blockdev-add",
                &["driver=qcow2", "node-name=a"],
                Err("missing: `file` (an object or a string)"),
            ),
            (
                "blockdev-add",
                &["driver=raw", "file.driver=fil"],
                Err("`file.driver` takes one of"),
            ),
            (
                "device_add",
                &["driver=virtio-net-pci", "vector=5"],
                Err("there is no argument `vector`: did you mean `vectors`?"),
            ),
            (
                "device_add",
                &["driver=virtio-net-pci", "mq=5"],
                Err("`mq` takes on or off, not `5`"),
            ),
            (
                "migrate",
                &["channels.1.channel-type=main"],
                Err("missing: `channels.0`"),
            ),
            (
                "set-action",
                &["reboot=shut"],
                Err("`reboot` takes one of reset, shutdown, not `shut`"),
            ),
        ],
    );
}

#[test]
fn a_storage_daemon_gets_what_is_meant() {
    let chardev = format!("socket,id=c,path={MONITOR},server=on,wait=off");
    let arguments = ["--chardev", &chardev, "--monitor", "c"];
    let Some(mut daemon) = Process::start(Program::StorageDaemon, folder(), &arguments) else {
        return;
    };
    drop(daemon.client(MONITOR));
    let folder = daemon.folder();
    check(
        folder,
        &[
            (
                "blockdev-add",
                &["driver=null-co", "node-name=null", "size=1M"],
                DONE,
            ),
            (
                "nbd-server-start",
                &["addr.data.path=nbd", "addr.type=unix", "max-connections=1"],
                DONE,
            ),
            (
                "block-export-add",
                &["id=on", "node-name=null", "type=nbd", "writable=off"],
                DONE,
            ),
            ("query-block-exports", &[], Ok("[{\"node-name\":\"null\"")),
            (
                "block-export-add",
                &["id=x", "node-name=null", "type=nbd", "writabl=off"],
                Err("did you mean `writable`?"),
            ),
        ],
    );
    let (code, out, err) = qmp(folder, &["schema", "nbd-server-start"]);
    assert_eq!((code, &*err), (Some(0), ""));
    assert!(out.contains("addr: SocketAddressLegacy"), "{out}");
}

/// Every command and event has a page of some lines, and lines that are not too long.
#[test]
fn every_page_can_be_read() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    drop(machine.client(MONITOR));
    let folder = machine.folder();
    let (code, all, err) = qmp(folder, &["schema"]);
    assert_eq!((code, &*err), (Some(0), ""));
    assert!(all.lines().count() > 250);
    let kinds = ["command", "event"];
    let names = all
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    for name in names.step_by(30) {
        let (code, page, err) = qmp(folder, &["schema", name]);
        assert_eq!((code, &*err), (Some(0), ""), "{name}");
        let first = page
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(": "));
        let kind = first.and_then(|first| first.split([',', '\n']).next());
        assert!(kind.is_some_and(|kind| kinds.contains(&kind)), "{page}");
        let wide = page.lines().filter(|line| line.trim().contains(' '));
        let wide: Vec<_> = wide.filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:?}");
    }
}
