use qapi_client::server::fake::{Act, FakeMachine};
use qapi_types::{Any, Refusal};

use crate::qmp::tests::{against, directed};

/// What a machine says that has something of everything.
const ANSWERS: [(&str, &str); 12] = [
    ("query-name", r#"{"name": "v\nm"}"#),
    ("query-status", r#"{"status": "running", "running": true}"#),
    (
        "query-cpus-fast",
        r#"[{"target": "x86_64"}, {"target": "x86_64"}]"#,
    ),
    (
        "query-memory-size-summary",
        r#"{"base-memory": 134217728, "plugged-memory": 1610612736}"#,
    ),
    (
        "query-block",
        r#"[{"device": "", "qdev": "/d", "inserted": {"node-name": "n", "drv": "qcow2", "file": "f",
            "image": {"virtual-size": 1073741824}}}, {"device": "cd0", "tray_open": true},
            {"device": "s", "io-status": "nospace", "inserted": {"drv": "qcow2", "ro": true, "encrypted": true,
            "file": "json:{\"driver\": \"qcow2\", \"file\": {\"driver\": \"file\", \"filename\": \"s.img\"}}",
            "backing_file_depth": 30}}, {"device": "t", "inserted": {"file": "json:{", "backing_file_depth": 1}}]"#,
    ),
    (
        "query-block-exports",
        r#"[{"id": "e", "type": "nbd", "node-name": "n", "shutting-down": false},
            {"id": "f", "type": "fuse", "node-name": "n", "shutting-down": true}]"#,
    ),
    (
        "query-jobs",
        r#"[{"id": "j", "type": "commit", "status": "running", "current-progress": 5, "total-progress": 9},
            {"id": "k", "type": "create", "status": "concluded", "error": "full"}]"#,
    ),
    (
        "query-chardev",
        r#"[{"label": "c", "filename": "pty:/1", "frontend-open": false}, {"label": "d", "filename": "vc", "frontend-open": true}]"#,
    ),
    ("query-display-options", r#"{"type": "gtk"}"#),
    (
        "query-vnc-servers",
        r#"[{"server": [{"host": "::", "service": "5900"}, {"family": "unix", "host": "v", "service": ""}]}]"#,
    ),
    (
        "query-spice",
        r#"{"enabled": true, "host": "h", "port": 1}"#,
    ),
    (
        "query-migrate",
        r#"{"status": "active", "total-time": 1250, "ram": {"transferred": 2048, "remaining": 1, "total": 3}}"#,
    ),
];

/// Properties of the homes of devices, and of the devices in them.
fn properties(path: &str) -> Act {
    Act::returns(match path {
        "/machine/peripheral" => {
            r#"[{"name": "net1", "type": "child<e1000>"}, {"name": "r", "type": "child<memory-region>"}, {"name": "d", "type": "child<d>"}]"#
        }
        "/machine/peripheral/net1" => {
            r#"[{"name": "mac", "type": "str"}, {"name": "netdev", "type": "str"}]"#
        }
        "/machine/peripheral/d" => r#"[{"name": "mac", "type": "str"}]"#,
        _ => return Act::Refuse(Refusal::generic("no")),
    })
}

fn whole() -> FakeMachine {
    let machine = FakeMachine::new().on("qom-get", Act::returns("\"52:54\""));
    ANSWERS.iter().fold(machine, |machine, (name, reply)| {
        machine.on(name, Act::returns(*reply))
    })
}

/// What `qmp info` says of a machine whose objects are those that `properties` tells.
fn info(machine: FakeMachine, words: &[&str], properties: fn(&str) -> Act) -> (u8, String, String) {
    directed(machine, &[&["info"], words].concat(), |fake| {
        while let Some(request) = fake.asked() {
            let path = request.arguments().and_then(|all| all.get("path"));
            let path = path.and_then(|path| path.to::<String>().ok());
            fake.act(&request, properties(&path.unwrap_or_default()));
        }
    })
}

#[test]
fn all_there_is_to_know() {
    let (code, out, err) = info(whole(), &[], properties);
    let expected = "\
name       v\u{fffd}m
version    10.2.0
status     running
cpus       2 (x86_64)
memory     128 MiB
           1.5 GiB plugged in
block      /d: n, qcow2, f, 1 GiB
           cd0: empty, tray open
           s: qcow2, s.img, 30 backing files, encrypted, read-only, I/O status nospace
           t: json:{, 1 backing file
exports    e: nbd, n
           f: fuse, n, shutting down
jobs       j: commit, running, 5 of 9 (55%)
           k: create, concluded, full
network    /machine/peripheral/net1: e1000, 52:54, 52:54
chardev    c: pty:/1, nobody listens
           d: vc
display    gtk
           vnc [::]:5900
           vnc unix:v
           spice h:1
migration  active, 66%, 2 KiB sent, 1 B to go, 1.2 s
";
    assert_eq!((code, &*out, &*err), (0, expected, ""));

    let (code, out, err) = info(whole(), &["--json"], properties);
    assert_eq!((code, &*err), (0, ""));
    let found: Any = out.parse().unwrap();
    for (name, expected) in [
        ("name", r#""v\nm""#),
        ("cpus", r#"{"count":2,"target":"x86_64"}"#),
        (
            "network",
            r#"[{"path":"/machine/peripheral/net1","type":"e1000","mac":"52:54","netdev":"52:54"}]"#,
        ),
        ("migration", ANSWERS[11].1),
    ] {
        assert_eq!(found.get(name), expected.parse().ok(), "{name}");
    }
}

/// A storage daemon has no devices, but nodes.
#[test]
fn nodes_where_there_are_no_devices() {
    let nodes = r#"[{"node-name": "n", "drv": "raw", "file": "f", "ro": true}]"#;
    let machine = FakeMachine::new()
        .on("query-block", Act::returns("[]"))
        .on("query-named-block-nodes", Act::returns(nodes));
    let refused = |_: &str| Act::Refuse(Refusal::command_not_found("it"));
    let (code, out, _) = info(machine, &[], refused);
    let expected = "version    10.2.0\nblock      n: raw, f, read-only\n";
    assert_eq!((code, &*out), (0, expected));
}

/// Whatever a machine does not know, and whatever is not as it should be, is left out.
#[test]
fn what_is_not_known_is_left_out() {
    let refused = |_: &str| Act::Refuse(Refusal::command_not_found("it"));
    let found = info(FakeMachine::new(), &[], refused);
    let expected = "version    10.2.0\n".to_owned();
    assert_eq!(found, (0, expected, String::new()));

    let odd = ANSWERS
        .iter()
        .fold(FakeMachine::new(), |machine, (name, _)| {
            machine.on(name, Act::returns("7"))
        });
    let found = info(odd, &["--json"], refused);
    let expected = "{\"version\":\"10.2.0\"}\n".to_owned();
    assert_eq!(found, (0, expected, String::new()));
}

#[test]
fn a_machine_that_goes_is_told() {
    let machine = whole().on("query-cpus-fast", Act::Die);
    let (code, _, err) = against(machine, &["info"]);
    assert_eq!(
        (code, &*err),
        (2, "qmp: the server has closed the connection\n")
    );
}

/// A machine that stops when it is asked for the first time, is reset at the second, and ends at the third.
fn short_lived(words: &[&str], goodbye: &[Act]) -> (u8, String, String) {
    let refused = Act::Refuse(Refusal::command_not_found("it"));
    let machine = whole()
        .not_on("query-status")
        .on("query-block", refused.clone())
        .on("query-chardev", refused);
    let mut asked = 0;
    directed(machine, &[&["info"], words].concat(), |fake| {
        while let Some(request) = fake.asked() {
            if request.name() != Some("query-status") {
                fake.act(&request, properties("/"));
                continue;
            }
            asked += 1;
            match asked {
                1 => {
                    fake.act(&request, Act::returns(r#"{"status": "running"}"#));
                    fake.say(Act::event("STOP", "{}"));
                }
                2 => {
                    fake.act(&request, Act::returns(r#"{"status": "paused"}"#));
                    fake.say(Act::event("RESET", "{}"));
                }
                _ => goodbye.iter().cloned().for_each(|act| fake.say(act)),
            }
        }
    })
}

/// Nobody waits for the next time to ask when something happens; what has not changed is not said again.
#[test]
fn what_changes_is_told() {
    let shutdown = Act::event("SHUTDOWN", r#"{"guest": false, "reason": "host-\u001b"}"#);
    let first = "\
name       v\u{fffd}m
version    10.2.0
status     running
cpus       2 (x86_64)
memory     128 MiB
           1.5 GiB plugged in
exports    e: nbd, n
           f: fuse, n, shutting down
jobs       j: commit, running, 5 of 9 (55%)
           k: create, concluded, full
display    gtk
           vnc [::]:5900
           vnc unix:v
           spice h:1
migration  active, 66%, 2 KiB sent, 1 B to go, 1.2 s
status     paused
";
    for (goodbye, last) in [
        (
            vec![shutdown.clone(), Act::Die],
            "ended      host-\u{fffd}\n",
        ),
        (vec![Act::Die], "ended      the connection was closed\n"),
    ] {
        let (code, out, err) = short_lived(&["--watch", "100000"], &goodbye);
        // Behind the time, which is as long as it will be for a while.
        let told: Vec<&str> = out.lines().map(|line| &line[18..]).collect();
        let expected = format!("{first}{last}");
        assert_eq!(told, expected.lines().collect::<Vec<_>>());
        assert_eq!((code, &*err), (0, ""));
    }

    let (code, out, err) = short_lived(&["--watch", "100000", "--json"], &[shutdown, Act::Die]);
    let objects: Vec<Any> = out.lines().map(|line| line.parse().unwrap()).collect();
    let told = |name| {
        objects
            .iter()
            .map(|object| object.get(name))
            .collect::<Vec<_>>()
    };
    assert_eq!((code, &*err), (0, ""));
    let word = |word: &str| Some(Any::from(word));
    assert_eq!(
        told("status"),
        [word("running"), word("paused"), word("paused")]
    );
    assert_eq!(told("ended"), [None, None, word("host-\u{1b}")]);

    let (code, out, err) = short_lived(&["--watch", "100000"], &[Act::bytes("!")]);
    assert_eq!((code, out.lines().count()), (2, 16));
    assert!(err.starts_with("qmp: this is not QMP: "), "{err}");
}

/// Without events, it is asked all the same.
#[test]
fn a_quiet_machine_is_asked_again() {
    let mut asked = 0;
    let machine = whole().not_on("query-status");
    let (code, out, err) = directed(machine, &["info", "--watch", "0"], |fake| {
        while let Some(request) = fake.asked() {
            let of_status = request.name() == Some("query-status");
            asked += u32::from(of_status);
            match of_status {
                true if asked > 2 => fake.say(Act::Die),
                true => fake.act(&request, Act::returns(r#"{"status": "running"}"#)),
                false => fake.act(&request, properties("/")),
            }
        }
    });
    assert_eq!((code, &*err), (0, ""));
    let ended = "ended      the connection was closed\n";
    assert!(out.ends_with(ended), "{out}");
}
