//! How a machine is started so that it does not outlive us, whatever becomes of us.
//!
//! Between us and the machine is a moment of `qmp` itself: it asks the system for a signal at our death, and becomes the
//! machine. Whoever is killed cannot see to it any more.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::{env, io, process};

use rustix::process::{Pid, getppid};

use super::super::Failure;
use super::super::program::unstartable;

/// The option by which `qmp` is told to be that moment.
pub(super) const OPTION: &str = "launched-by";

/// A command that becomes the one that `words` say.
///
/// # Errors
/// The system does not tell where our own program is.
pub(super) fn command(words: &[OsString]) -> io::Result<Command> {
    let us = match cfg!(target_os = "linux") {
        // It is ourselves even if the file has been replaced.
        true => PathBuf::from("/proc/self/exe"),
        false => env::current_exe()?,
    };
    let mut command = Command::new(us);
    command
        .arg("run")
        .arg(format!("--{OPTION}={}", process::id()))
        .arg("--")
        .args(words);
    Ok(command)
}

/// Becomes the program that `words` say, which is told to end when the process `parent` does.
///
/// # Errors
/// Always: it has not become it.
pub(super) fn become_program(words: &[OsString], parent: i32) -> Failure {
    // Where the system does not do so the machine ends nevertheless, unless we are killed.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM));
    let [name, arguments @ ..] = words else {
        return Failure::Ended(2, String::new());
    };
    if getppid() != Pid::from_raw(parent) {
        return Failure::Unmet("whoever wanted a machine has gone".to_owned());
    }
    let mut command = Command::new(name);
    let error = command.args(arguments).exec();
    let (code, message) = unstartable(&command, &error);
    Failure::Ended(code, message)
}
