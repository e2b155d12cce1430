//! The programs that live tests need.

use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::thread;

/// A program that is installed, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The emulator.
    System,
    /// The emulator of another architecture, a mainframe's: its devices, its byte order and its branches of unions are others.
    Mainframe,
    /// The tool for disk images.
    Image,
    /// The storage daemon.
    StorageDaemon,
    /// The guest agent.
    GuestAgent,
    /// What unmounts file systems of programs.
    Fusermount,
    /// The browser that shows the reference.
    Browser,
    /// What runs the scripts that drive the browser.
    Node,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::System,
        Self::Mainframe,
        Self::Image,
        Self::StorageDaemon,
        Self::GuestAgent,
        Self::Fusermount,
        Self::Browser,
        Self::Node,
    ];

    /// The file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "qemu-system-x86_64",
            Self::Mainframe => "qemu-system-s390x",
            Self::Image => "qemu-img",
            Self::StorageDaemon => "qemu-storage-daemon",
            Self::GuestAgent => "qemu-ga",
            Self::Fusermount => "fusermount3",
            Self::Browser => "chromium",
            Self::Node => "node",
        }
    }

    /// Where it is: on `PATH`, or where distributions put what is for administrators, which not everybody has on it.
    pub fn find(self) -> Option<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).chain([Path::new("/usr/sbin").to_owned()]);
        folders
            .map(|folder| folder.join(self.name()))
            .find(|file| file.is_file())
    }

    /// As [`find`](Self::find); if it is nowhere the running test is left out, and this is said.
    ///
    /// # Panics
    /// It is nowhere, and `QAPI_REQUIRE_LIVE` is 1.
    #[track_caller]
    pub fn need(self) -> Option<PathBuf> {
        let found = self.find();
        if found.is_none() {
            let name = self.name();
            assert!(
                !required(),
                "{name} is not installed, and QAPI_REQUIRE_LIVE=1"
            );
            leave_out(&format!("{name} is not installed"));
        }
        found
    }
}

/// Whether programs can have file systems here. Where the system has no device for that the running test is left out, and
/// this is said; nobody can install one.
#[track_caller]
pub fn has_fuse() -> bool {
    let device = "/dev/fuse";
    let opened = File::options().read(true).write(true).open(device);
    if let Err(error) = &opened {
        leave_out(&format!("{device}: {error}"));
    }
    opened.is_ok()
}

/// Says that the running test is left out, and why.
#[track_caller]
fn leave_out(reason: &str) {
    let place = Location::caller();
    let thread = thread::current();
    // With one thread for all tests the harness gives it no test's name.
    let test = thread.name().unwrap_or("a test");
    say(&format!("left out: {test} ({place}): {reason}"));
}

/// Whether a program that is missing is a failure.
fn required() -> bool {
    env::var_os("QAPI_REQUIRE_LIVE").is_some_and(|value| value == "1")
}

/// Writes a line to standard error itself: of a test that passes the harness shows nothing that `eprintln!` writes.
pub fn say(line: &str) {
    // If nobody reads it nobody misses it.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Says in one line which programs are there and which are not, and answers those that are.
///
/// # Panics
/// One is missing, and `QAPI_REQUIRE_LIVE` is 1.
pub fn announce() -> Vec<Program> {
    let (there, missing): (Vec<_>, Vec<_>) = Program::ALL
        .into_iter()
        .partition(|program| program.find().is_some());
    let names = |programs: &[Program]| match programs {
        [] => "none".to_owned(),
        programs => {
            let names: Vec<_> = programs.iter().map(|program| program.name()).collect();
            names.join(", ")
        }
    };
    let line = format!(
        "programs for live tests: {}; missing: {}",
        names(&there),
        names(&missing)
    );
    assert!(
        missing.is_empty() || !required(),
        "{line}, and QAPI_REQUIRE_LIVE=1"
    );
    say(&line);
    there
}
