//! The README's sessions with `qmp`: a real machine says what is shown there.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use qapi_client::blocking::Client;
use qapi_client::server::Request;
use qapi_client::server::fake::Act;
use qapi_tests::agent::Agent;
use qapi_tests::live::{Program, Terminal, has_fuse, machine};
use qapi_types::Refusal;
use rustix::process::{Pid, Signal, kill_process};

/// The commands after which somebody types, and what is shown when that is waited for.
const SHELLS: [(&str, &str); 2] = [("qmp shell", "(qmp)"), ("qmp agent shell", "(qga)")];

/// What the key sends that leaves it.
const CTRL_D: &str = "\x04";

/// The machine that README talks to.
const MACHINE: &[&str] = &[
    "-name",
    "vm",
    "-device",
    "virtio-balloon-pci,id=balloon0",
    "-drive",
    "if=none,id=disk0,driver=null-co,node-name=image0",
    "-netdev",
    "user,id=user0",
    "-device",
    "virtio-net-pci,id=net0,netdev=user0",
    "-machine",
    "pc-i440fx-10.0,accel=tcg",
    "-qmp",
    "unix:vm.sock,server=on,wait=off",
    "-qmp",
    "unix:other.sock,server=on,wait=off",
];

#[test]
fn sessions_are_as_shown() {
    let Some(mut machine) = machine(MACHINE) else {
        return;
    };
    drop(machine.client("vm.sock"));
    let _agent = Agent::listen(&machine.folder().join("vm.qga"), answer);
    let mut other = machine.client("other.sock");
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let blocks = readme.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    let mut environment = Vec::new();
    let mut held = 0;
    for block in blocks {
        let mounts = block.contains("$ qmp qom mount ");
        if mounts && !(has_fuse() && Program::Fusermount.need().is_some()) {
            continue;
        }
        let mut beside = None;
        for exchange in block.split("$ ").skip(1) {
            let (command, shown) = exchange.split_once('\n').unwrap();
            if let Some(command) = command.strip_suffix(" &") {
                let command = format!("exec {command}");
                let mut child = start(machine.folder(), &command, &environment);
                let mut line = String::new();
                let mut out = BufReader::new(child.stdout.take().unwrap());
                out.read_line(&mut line).unwrap();
                assert_eq!(line, shown);
                beside = Some(child);
            } else if let Some((name, value)) = command
                .strip_prefix("export ")
                .and_then(|setting| setting.split_once('='))
            {
                environment.push((name, value));
            } else if let Some((_, prompt)) = SHELLS.iter().find(|(it, _)| *it == command) {
                let told = typed(machine.folder(), command, prompt, shown, &environment);
                assert_eq!(without_numbers(&told), without_numbers(shown), "{command}");
                held += 1;
            } else if command.starts_with("qmp ") || command.contains("| qmp ") || mounts {
                let told = run(machine.folder(), command, &environment, &mut other);
                // The test has monitors of its own.
                let own =
                    |line: &&str| line.contains("unix:other.sock") || line.contains("unix:qmp");
                let told: String = told
                    .split_inclusive('\n')
                    .filter(|line| !own(line))
                    .collect();
                assert_eq!(without_numbers(&told), without_numbers(shown), "{command}");
                held += 1;
            }
        }
        if let Some(mut child) = beside {
            // What nothing has ended goes on until somebody ends it.
            if !block.contains("$ fusermount3 -u ") {
                kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
            }
            assert!(child.wait().unwrap().success());
        }
    }
    assert!(held > 5);
}

/// What a terminal shows in which `command` runs, when the same is typed as in `shown`.
fn typed(
    folder: &Path,
    command: &str,
    mark: &str,
    shown: &str,
    environment: &[(&str, &str)],
) -> String {
    let mut words = command.split_whitespace().skip(1);
    let mut terminal = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |program| {
        let program = program.args(words.by_ref()).current_dir(folder);
        program
            .env("XDG_STATE_HOME", folder)
            .envs(environment.iter().copied())
    });
    // A prompt that has been answered is not taken for the next one.
    let prompt = |number: usize| {
        terminal.until("prompt", |state| {
            let lines = state.shown();
            let prompts = lines.lines().filter(|line| line.starts_with(mark));
            prompts.count() == number && state.line().trim_end() == mark
        })
    };
    let (mut prompts, mut is_open) = (0, false);
    for line in shown.lines() {
        let prompted = line.strip_prefix(mark);
        if prompted.is_some() {
            prompts += 1;
            prompt(prompts);
        }
        // What is in brackets goes on over lines, for which there is no prompt.
        if let Some(typed) = prompted.or(Some(line).filter(|_| is_open)) {
            terminal.keys(&format!("{}\r", typed.trim_start()));
            is_open = (is_open || typed.ends_with('(')) && !typed.ends_with(')');
        }
    }
    prompt(prompts + 1);
    terminal.keys(CTRL_D);
    let (status, told) = terminal.end();
    assert!(status.success());
    let told = told.trim_end().strip_suffix(mark);
    told.expect("the prompt is the last that is there")
        .to_owned()
}

/// What the agent of README's guest knows: commands, some of which it must not do, and replies.
const GUEST: [(&str, &str); 15] = [
    ("guest-get-host-name", r#"{"host-name": "build7"}"#),
    (
        "guest-get-osinfo",
        r#"{"pretty-name": "Debian GNU/Linux 12 (bookworm)", "kernel-release": "6.1.0-37-amd64", "machine": "x86_64"}"#,
    ),
    ("guest-get-timezone", r#"{"zone": "CET", "offset": 3600}"#),
    (
        "guest-get-users",
        r#"[{"user": "ada", "login-time": 1763704001}]"#,
    ),
    (
        "guest-network-get-interfaces",
        r#"[{"name": "lo", "hardware-address": "00:00:00:00:00:00", "ip-addresses": [
            {"ip-address": "127.0.0.1", "ip-address-type": "ipv4", "prefix": 8},
            {"ip-address": "::1", "ip-address-type": "ipv6", "prefix": 128}]},
            {"name": "eth0", "hardware-address": "52:54:00:12:34:56", "ip-addresses": [
            {"ip-address": "10.0.2.15", "ip-address-type": "ipv4", "prefix": 24}]}]"#,
    ),
    (
        "guest-get-fsinfo",
        r#"[{"name": "vda2", "mountpoint": "/", "type": "ext4", "used-bytes": 3350000000, "total-bytes": 20937965568, "disk": [
            {"bus-type": "virtio", "bus": 0, "target": 0, "unit": 0, "dev": "/dev/vda",
             "pci-controller": {"domain": 0, "bus": 0, "slot": 4, "function": 0}}]},
            {"name": "vda1", "mountpoint": "/boot", "type": "ext4", "used-bytes": 117440512, "total-bytes": 988807168, "disk": [
            {"bus-type": "virtio", "bus": 0, "target": 0, "unit": 0, "dev": "/dev/vda",
             "pci-controller": {"domain": 0, "bus": 0, "slot": 4, "function": 0}}]}]"#,
    ),
    ("guest-exec", r#"{"pid": 1482}"#),
    (
        "guest-exec-status",
        r#"{"exited": true, "exitcode": 3, "out-data": "aW5hY3RpdmUK"}"#,
    ),
    ("guest-file-open", "1000"),
    (
        "guest-file-read",
        r#"{"count": 7, "buf-b64": "YnVpbGQ3Cg==", "eof": true}"#,
    ),
    ("guest-file-close", "{}"),
    ("guest-fsfreeze-status", "\"thawed\""),
    ("guest-fsfreeze-freeze", "2"),
    ("guest-fsfreeze-thaw", "2"),
    ("guest-ping", "{}"),
];

/// What it must not do.
const FORBIDDEN: [&str; 2] = ["guest-set-time", "guest-set-user-password"];

/// What it says to a command.
fn answer(request: &Request) -> Vec<Act> {
    let name = request.name().unwrap_or_default();
    let reply = GUEST.iter().find(|(known, _)| *known == name);
    vec![match (name, reply) {
        ("guest-info", _) => {
            let command = |name: &str, enabled: bool| {
                format!(r#"{{"name": "{name}", "enabled": {enabled}, "success-response": true}}"#)
            };
            let enabled = GUEST.iter().map(|(name, _)| command(name, true));
            let forbidden = FORBIDDEN.iter().map(|name| command(name, false));
            let commands: Vec<String> = enabled.chain(forbidden).collect();
            let commands = commands.join(", ");
            Act::returns(format!(
                r#"{{"version": "7.2.19", "supported_commands": [{commands}]}}"#
            ))
        }
        ("guest-shutdown", _) => return Vec::new(),
        (_, Some((_, reply))) => Act::returns(*reply),
        (name, None) => Act::Refuse(Refusal::command_not_found(name)),
    }]
}

/// Has a shell run `command`.
fn start(folder: &Path, command: &str, environment: &[(&str, &str)]) -> Child {
    let programs = Path::new(env!("CARGO_BIN_EXE_qmp")).parent().unwrap();
    let path = env::join_paths([programs, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .env("PATH", path)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What `command` prints, while the machine runs and stops if it is events that it prints.
fn run(folder: &Path, command: &str, environment: &[(&str, &str)], other: &mut Client) -> String {
    let mut child = start(folder, command, environment);
    while command.starts_with("qmp events ") && child.try_wait().unwrap().is_none() {
        other.execute_raw("stop", None).unwrap();
        other.execute_raw("cont", None).unwrap();
    }
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// Times and addresses are others each time.
fn without_numbers(text: &str) -> String {
    text.split(|character: char| character.is_ascii_digit())
        .filter(|piece| !piece.is_empty())
        .collect::<Vec<_>>()
        .join("0")
}
