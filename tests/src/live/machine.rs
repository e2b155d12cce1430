//! A machine to talk to.

use tempfile::TempDir;

use super::{Process, Program, folder};

/// The name of the socket of a machine's monitor, in its folder.
pub const MONITOR: &str = "qmp";

/// A machine without devices, windows, the user's configuration, and anything that a computer may not be able to do.
const BARE: &[&str] = &[
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-m",
    "64",
];

/// Starts a machine that stands still and has a monitor at [`MONITOR`], with further arguments; `None` if the emulator is
/// not installed.
///
/// # Panics
/// As [`Process::start`].
#[track_caller]
pub fn machine(arguments: &[&str]) -> Option<Process> {
    machine_in(folder(), arguments)
}

/// The same in a folder that has something for the machine.
///
/// # Panics
/// As [`Process::start`].
#[track_caller]
pub fn machine_in(folder: TempDir, arguments: &[&str]) -> Option<Process> {
    start(Program::System, "q35", folder, arguments)
}

/// As [`machine`], but a mainframe (s390x).
///
/// # Panics
/// As [`Process::start`].
#[track_caller]
pub fn mainframe(arguments: &[&str]) -> Option<Process> {
    start(Program::Mainframe, "s390-ccw-virtio", folder(), arguments)
}

#[track_caller]
fn start(program: Program, kind: &str, folder: TempDir, arguments: &[&str]) -> Option<Process> {
    let machine = format!("{kind},accel=tcg");
    let monitor = format!("unix:{MONITOR},server=on,wait=off");
    let own = ["-machine", &machine, "-S", "-qmp", &monitor];
    Process::start(program, folder, &[BARE, &own, arguments].concat())
}
