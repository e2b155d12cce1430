//! The README's sessions with `qmp`: a real machine says what is shown there.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use qapi_client::blocking::Client;
use qapi_tests::live::{Program, has_fuse, machine};

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
                let mut child = start(machine.folder(), command, &environment);
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
            } else if command.starts_with("qmp ") || mounts {
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
            assert!(child.wait().unwrap().success());
        }
    }
    assert!(held > 5);
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
