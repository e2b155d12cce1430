//! Agents that are as they should be, old, forbidden to answer, slow, gone, or hostile.

mod commands;
mod files;
mod freeze;

use clap::Parser;
use qapi_client::server::Request;
use qapi_client::server::fake::Act;
use qapi_tests::agent::Agent;
use qapi_types::Refusal;

use crate::qmp::{Arguments, Terminals, run};

/// What `qmp agent` has done: its exit code, both outputs, and what it has asked the agent.
struct Done {
    code: u8,
    out: String,
    err: String,
    asked: Vec<String>,
}

/// Runs `qmp --timeout 5 agent` with `words` against an agent that answers so.
fn agent(words: &[&str], answer: impl FnMut(&Request) -> Vec<Act> + Send + 'static) -> Done {
    on(Terminals::default(), &[&["agent"], words].concat(), answer)
}

/// The same with other words before, and outputs that may be terminals.
fn on(
    terminals: Terminals,
    words: &[&str],
    answer: impl FnMut(&Request) -> Vec<Act> + Send + 'static,
) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent");
    let agent = Agent::listen(&path, answer);
    let command = ["qmp", "--socket", path.to_str().unwrap()];
    let arguments = Arguments::try_parse_from(command.iter().chain(words)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&arguments, terminals, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(out), text(err).replace(path.to_str().unwrap(), "PATH"));
    let asked = agent.asked();
    Done {
        code,
        out,
        err,
        asked,
    }
}

/// Answers `name` with `json`, and refuses whatever else.
fn only(name: &'static str, json: &str) -> impl FnMut(&Request) -> Vec<Act> + Send + use<> {
    let json = json.to_owned();
    move |request| match request.name() == Some(name) {
        true => vec![Act::returns(&*json)],
        false => vec![Act::Refuse(Refusal::generic("no"))],
    }
}

/// What is made of what an agent returns, for people and for scripts.
#[test]
fn what_an_agent_tells() {
    for (words, name, json, expected) in [
        ("ping", "guest-ping", "{}", ""),
        (
            "interfaces",
            "guest-network-get-interfaces",
            r#"[{"name": "lo", "ip-addresses": [{"ip-address": "::1", "ip-address-type": "ipv6", "prefix": 128}]},
                {"name": "eth\u001b0", "hardware-address": "52:54", "ip-addresses": [
                {"ip-address": "10.0.0.2", "ip-address-type": "ipv4", "prefix": 8},
                {"ip-address": "x", "ip-address-type": "ipx", "prefix": 0}]}, {"name": "ifb0", "hardware-address": "be:8e"}]"#,
            "lo            ::1/128\neth\u{fffd}0  52:54  10.0.0.2/8, x/0\nifb0   be:8e\n",
        ),
        (
            "filesystems",
            "guest-get-fsinfo",
            r#"[{"name": "vda1", "mountpoint": "/", "type": "ext4", "used-bytes": 512, "total-bytes": 1024, "disk": [
                {"pci-controller": {"domain": 0, "bus": 0, "slot": 1, "function": 0}, "bus-type": "virtio", "bus": 0, "target": 0,
                 "unit": 0, "dev": "/dev/vda"}]}, {"name": "t", "mountpoint": "/tmp", "type": "tmpfs\n", "disk": []}]"#,
            "/     ext4    512 B of 1 KiB  /dev/vda\n/tmp  tmpfs\u{fffd}\n",
        ),
        (
            "disks",
            "guest-get-disks",
            r#"[{"name": "/dev/vda1", "partition": true, "dependencies": ["/dev/vda"]},
                {"name": "/dev/vda", "partition": false, "dependencies": [], "address": {"pci-controller":
                {"domain": 0, "bus": 4, "slot": 10, "function": 1}, "bus-type": "tape", "bus": 0, "target": 0, "unit": 0,
                 "serial": "s1"}}, {"name": "/dev/dm-0", "partition": false, "dependencies": ["/dev/vda1"], "alias": "root"}]"#,
            "/dev/vda1  part of /dev/vda\n/dev/vda   tape, 0000:04:0a.1, serial s1\n/dev/dm-0  on /dev/vda1, also root\n",
        ),
        (
            "users",
            "guest-get-users",
            r#"[{"user": "ada", "login-time": 1763704001.25}, {"user": "b", "login-time": 1e300, "domain": "D"}]"#,
            "ada  since 2025-11-21T05:46:41Z\nD\\b  since 170141183460469231731687303715 s\n",
        ),
        (
            "fsfreeze status",
            "guest-fsfreeze-status",
            "\"half\\u0007\"",
            "half\u{fffd}\n",
        ),
        (
            "fsfreeze freeze",
            "guest-fsfreeze-freeze",
            "2",
            "2 file systems frozen\n",
        ),
        (
            "fsfreeze freeze /a",
            "guest-fsfreeze-freeze-list",
            "1",
            "1 file system frozen\n",
        ),
        (
            "fsfreeze thaw",
            "guest-fsfreeze-thaw",
            "0",
            "0 file systems thawed\n",
        ),
        (
            "fstrim",
            "guest-fstrim",
            r#"{"paths": [{"path": "/", "trimmed": 1024, "minimum": 0}, {"path": "/b", "error": "no"}, {"path": "/c"}]}"#,
            "/   1 KiB\n/b  no\n/c  trimmed\n",
        ),
        (
            "ssh-keys list ada",
            "guest-ssh-get-authorized-keys",
            r#"{"keys": ["ssh-x A a@b", "\u009b"]}"#,
            "ssh-x A a@b\n\u{fffd}\n",
        ),
        (
            "call guest-x a=1",
            "guest-x",
            r#"{"b": [1, "\u009b"]}"#,
            "{\"b\":[1,\"\\u009b\"]}\n",
        ),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let done = agent(&words, only(name, json));
        assert_eq!(
            (done.code, &*done.out, &*done.err),
            (0, expected, ""),
            "{words:?}"
        );
        assert_eq!(done.asked.last().map(String::as_str), Some(name));
        if words[0] != "call" && !words.contains(&"freeze") && !words.contains(&"thaw") {
            let done = agent(&[&words[..], &["--json"]].concat(), only(name, json));
            let told: qapi_types::Any = done.out.parse().unwrap();
            assert_eq!(told, json.parse().unwrap(), "{words:?}");
        }
    }
}

/// All there is to know; and of an agent that tells nothing, nothing.
#[test]
fn a_guest_at_a_glance() {
    let told = |request: &Request| {
        vec![match request.name() {
            Some("guest-info") => Act::returns(
                r#"{"version": "7.2.0", "supported_commands": [{"name": "guest-b", "enabled": true, "success-response": true},
                    {"name": "guest-a", "enabled": false, "success-response": true}]}"#,
            ),
            Some("guest-get-host-name") => Act::returns(r#"{"host-name": "build\u001b7"}"#),
            Some("guest-get-osinfo") => Act::returns(
                r#"{"id": "debian", "pretty-name": "Debian", "kernel-release": "6.1", "machine": "x86_64"}"#,
            ),
            Some("guest-get-timezone") => Act::returns(r#"{"zone": "NST", "offset": -12600}"#),
            Some("guest-get-users") => Act::returns(r#"[{"user": "ada", "login-time": 0}]"#),
            Some("guest-fsfreeze-status") => Act::returns("\"frozen\""),
            _ => Act::Refuse(Refusal::generic("no")),
        }]
    };
    let done = agent(&["info"], told);
    let expected = "\
agent      7.2.0
commands   1 of 2
           not guest-a
host       build\u{fffd}7
system     Debian
           kernel 6.1, x86_64
timezone   NST, UTC-03:30
users      ada  since 1970-01-01T00:00:00Z
fsfreeze   frozen
";
    assert_eq!((done.code, &*done.out, &*done.err), (0, expected, ""));
    let done = agent(&["info", "--json"], told);
    let facts: qapi_types::Any = done.out.parse().unwrap();
    let commands = r#"{"enabled": ["guest-b"], "disabled": ["guest-a"]}"#;
    assert_eq!(facts.get("commands"), commands.parse().ok());

    for json in ["7", "{}", "[{}]"] {
        let done = agent(&["info"], move |_| vec![Act::returns(json)]);
        assert_eq!(done.code, 0, "{json}");
        let lines = done
            .out
            .lines()
            .filter(|line| !line.starts_with("fsfreeze"));
        assert_eq!(lines.collect::<Vec<_>>(), Vec::<&str>::new(), "{json}");
    }
}

/// What `guest-info` says of `guest-fstrim`, and what an agent without it answers.
fn lacking(commands: &str, frozen: &str) -> impl FnMut(&Request) -> Vec<Act> + Send + use<> {
    let info = format!(r#"{{"version": "7.2.0", "supported_commands": [{commands}]}}"#);
    let frozen = frozen.to_owned();
    move |request| {
        vec![match request.name() {
            Some("guest-info") => Act::returns(&*info),
            Some("guest-fsfreeze-status") => Act::returns(&*frozen),
            Some(name) => Act::Refuse(Refusal::command_not_found(name)),
            None => Act::Die,
        }]
    }
}

#[test]
fn why_an_agent_refuses() {
    let disabled = r#"{"name": "guest-fstrim", "enabled": false, "success-response": true}"#;
    for (commands, frozen, words, expected) in [
        (
            "",
            "",
            "disks",
            "qmp: the guest agent, version 7.2.0, does not know guest-get-disks; it came with that of QEMU 5.2\n",
        ),
        (
            "",
            "",
            "call guest-dance",
            "qmp: the guest agent, version 7.2.0, does not know guest-dance\n",
        ),
        (
            disabled,
            "\"thawed\"",
            "fstrim",
            "qmp: guest-fstrim is forbidden in this guest, by the settings of its agent\n",
        ),
        (
            disabled,
            "\"frozen\"",
            "fstrim",
            "qmp: guest-fstrim has to wait: the guest's file systems are frozen, and `qmp agent fsfreeze thaw` thaws them\n",
        ),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let done = agent(&words, lacking(commands, frozen));
        assert_eq!((done.code, &*done.out, &*done.err), (1, "", expected));
    }
}

/// No agent, one that falls silent, one that goes, and one that talks nonsense.
#[test]
fn agents_that_do_not_answer() {
    let silent = on(
        Terminals::default(),
        &["--timeout", "2", "agent", "users"],
        |_| Vec::new(),
    );
    let expected = "qmp: timed out waiting for the reply to guest-get-users: the agent may be busy with it, or gone\n";
    assert_eq!((silent.code, &*silent.err), (2, expected));
    for (act, expected) in [
        (
            Act::Die,
            "qmp: the guest agent is gone: the server has closed the connection\n",
        ),
        (Act::bytes("\x1b[2J"), "qmp: this is not QMP: "),
        (
            Act::returns("{\"user\": 1}"),
            "qmp: unexpected data from guest-get-users: ",
        ),
        (
            Act::returns("[{\"user\": \"a\"}]"),
            "qmp: unexpected data from guest-get-users: ",
        ),
    ] {
        let done = agent(&["users"], move |_| vec![act.clone()]);
        assert_eq!((done.code, &*done.out), (2, ""), "{}", done.err);
        assert!(done.err.starts_with(expected), "{}", done.err);
        assert!(!done.err.contains('\x1b'));
    }
    let arguments = ["qmp", "--socket", "/nowhere", "agent", "ping"];
    let mut err = Vec::new();
    let arguments = Arguments::try_parse_from(arguments).unwrap();
    assert_eq!(
        run(&arguments, Terminals::default(), &mut Vec::new(), &mut err),
        2
    );
    assert!(err.starts_with(b"qmp: cannot connect to unix:/nowhere: "));
}

/// A channel whose other end nobody serves.
#[test]
fn no_agent_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let path = path.to_str().unwrap();
    for (words, code) in [
        ("users", 2),
        ("exec true", 125),
        ("fsfreeze hold true", 125),
    ] {
        let command = ["qmp", "--timeout", "0.05", "--socket", path, "agent"];
        let words = command.into_iter().chain(words.split(' '));
        let arguments = Arguments::try_parse_from(words).unwrap();
        let mut err = Vec::new();
        assert_eq!(
            run(&arguments, Terminals::default(), &mut Vec::new(), &mut err),
            code
        );
        let expected = format!(
            "qmp: no guest agent answers at unix:{path}: it may not be installed, or not run, or be talking to somebody else\n"
        );
        assert_eq!(String::from_utf8(err).unwrap(), expected);
    }
}

/// What answers on failure only.
#[test]
fn silence_is_consent() {
    for (words, expected) in [
        (
            "shutdown",
            "the guest was told to power off, and has not refused within 0.05 s\n",
        ),
        (
            "reboot",
            "the guest was told to start again, and has not refused within 0.05 s\n",
        ),
        (
            "halt",
            "the guest was told to halt, and has not refused within 0.05 s\n",
        ),
        (
            "suspend",
            "the guest was told to sleep, and has not refused within 0.05 s\n",
        ),
        ("suspend disk --json", "{}\n"),
    ] {
        let listening =
            |time| -> Vec<&str> { words.split(' ').chain(["--listen", time]).collect() };
        for acts in [vec![], vec![Act::Die]] {
            let done = agent(&listening("0.05"), move |_| acts.clone());
            assert_eq!((done.code, &*done.out, &*done.err), (0, expected, ""));
        }
        let refused = |_: &Request| vec![Act::Refuse(Refusal::generic("no"))];
        let done = agent(&listening("60"), refused);
        assert_eq!(
            (done.code, &*done.out, &*done.err),
            (1, "", "qmp: GenericError: no\n")
        );
    }
    // One that is called by its name, and that the agent has said this of.
    let done = agent(&["call", "guest-nap"], |request| match request.name() {
        Some("guest-info") => vec![Act::returns(
            r#"{"version": "", "supported_commands": [{"name": "guest-nap", "enabled": true, "success-response": false}]}"#,
        )],
        _ => vec![Act::Die],
    });
    assert_eq!((done.code, &*done.out, &*done.err), (0, "{}\n", ""));
}
