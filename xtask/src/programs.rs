//! The programs that tests talk to or ask for their opinion, and how they come onto a Debian machine.

use std::path::Path;
use std::process::Command;

use crate::process::{Failure, find, output, run};
use crate::steps::Outcome;
use crate::workspace::root;

/// A program and the Debian packages that have it.
const PROGRAMS: [(&str, &str); 12] = [
    (
        "qemu-system-x86_64",
        "qemu-system-x86 qemu-system-modules-spice",
    ),
    ("qemu-system-s390x", "qemu-system-s390x"),
    ("qemu-img", "qemu-utils"),
    ("qemu-storage-daemon", "qemu-utils"),
    ("qemu-ga", "qemu-guest-agent"),
    ("fusermount3", "fuse3"),
    ("mandoc", "mandoc"),
    ("man", "man-db"),
    ("groff", "groff-base"),
    ("chromium", "chromium"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// Fetches the packages that the browser is driven with, as they are locked.
pub(crate) fn provide_packages() -> Outcome {
    if find("npm").is_none() {
        return left_out(&["npm"], "it is not installed");
    }
    let folder = root().join("tests/browser");
    let quietly = ["ci", "--no-audit", "--no-fund"];
    match run(Command::new("npm").args(quietly).current_dir(folder)) {
        Ok(()) => Outcome::Passed,
        Err(failure) => Outcome::LeftOut(format!("the reference in a browser ({failure})")),
    }
}

/// Backports of the release that has QEMU 7.2 itself.
const BACKPORTS: &str = "bookworm-backports";
const BACKPORTS_FILE: &str = "/etc/apt/sources.list.d/qapi-bookworm-backports.sources";
const BACKPORTS_SOURCE: &str = "\
Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
";

/// The programs that are not there.
pub(crate) fn missing() -> Vec<&'static str> {
    let names = PROGRAMS.iter().map(|(program, _)| *program);
    names.filter(|program| find(program).is_none()).collect()
}

/// Installs what is missing, if this is a Debian machine and we may.
pub(crate) fn provide() -> Outcome {
    let absent = missing();
    if absent.is_empty() {
        for (program, _) in PROGRAMS {
            eprintln!("{program}: {}", version(program));
        }
        return Outcome::Passed;
    }
    eprintln!("missing: {}", absent.join(", "));
    let tried = match obstacle() {
        Some(reason) => Err(reason),
        None => install(&absent),
    };
    let absent = missing();
    match (tried, absent.is_empty()) {
        (_, true) => Outcome::Passed,
        (Ok(()), false) => left_out(&absent, "the packages do not have them"),
        (Err(reason), false) => left_out(&absent, &reason),
    }
}

fn left_out(absent: &[&str], reason: &str) -> Outcome {
    Outcome::LeftOut(format!(
        "the tests that need {} ({reason})",
        absent.join(", ")
    ))
}

fn version(program: &str) -> String {
    let text = output(Command::new(program).arg("--version")).unwrap_or_default();
    text.lines()
        .next()
        .unwrap_or("its version is unknown")
        .to_owned()
}

/// What keeps us from installing packages.
fn obstacle() -> Option<String> {
    if find("apt-get").is_none() || !Path::new("/etc/debian_version").exists() {
        return Some("packages are installed on Debian and its like only".to_owned());
    }
    let user = output(Command::new("id").arg("-u")).unwrap_or_default();
    (user.trim() != "0").then(|| "only root can install packages".to_owned())
}

fn install(absent: &[&str]) -> Result<(), Failure> {
    let mut packages: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| absent.contains(program))
        .flat_map(|(_, packages)| packages.split(' '))
        .collect();
    packages.dedup();
    let backports = is_bookworm();
    if backports && !offers_backports() {
        eprintln!("adding {BACKPORTS} as a source of packages: {BACKPORTS_FILE}");
        std::fs::write(BACKPORTS_FILE, BACKPORTS_SOURCE)
            .map_err(|error| format!("{BACKPORTS_FILE}: {error}"))?;
    }
    // A source that does not answer is no reason to give up: the others may have what we need.
    if let Err(failure) = run(apt().arg("update")) {
        eprintln!("{failure}");
    }
    let preferred = backports && offers_backports();
    let from = if preferred { BACKPORTS } else { "the release" };
    eprintln!("installing {} from {from}", packages.join(", "));
    let install = |packages: &[&str], release: &[&str]| {
        let quietly = ["install", "--yes", "--no-install-recommends"];
        run(apt().args(quietly).args(release).args(packages))
    };
    let installed = match preferred {
        true => install(&packages, &["--target-release", BACKPORTS]).or_else(|failure| {
            eprintln!("{failure}; trying the release itself");
            install(&packages, &[])
        }),
        false => install(&packages, &[]),
    };
    installed.or_else(|failure| {
        // One that a release does not have is no reason to go without the others.
        eprintln!("{failure}; trying one after the other");
        for package in packages {
            if let Err(failure) = install(&[package], &[]) {
                eprintln!("{failure}");
            }
        }
        Ok(())
    })
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_bookworm() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release
        .lines()
        .any(|line| line == "VERSION_CODENAME=bookworm")
}

/// Is there a source of backports among those that apt is told to use?
fn offers_backports() -> bool {
    output(apt().args(["indextargets", "--format", "$(RELEASE)"]))
        .is_ok_and(|releases| releases.lines().any(|release| release == BACKPORTS))
}
