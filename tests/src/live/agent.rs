//! A guest's agent to talk to, whose guest is the very system that the tests run on.

use std::process::Command;

use super::{Process, Program, folder};

/// The name of the socket of an agent, in its folder.
pub const AGENT: &str = "agent";

/// What an agent may do that is to do nothing to the system.
const HARMLESS: &str = "--allow-rpcs=guest-sync-delimited,guest-ping,guest-info,guest-get-osinfo,guest-get-host-name,\
    guest-get-time,guest-get-timezone,guest-get-users,guest-network-get-interfaces,guest-get-fsinfo,guest-get-disks,\
    guest-fsfreeze-status,guest-exec,guest-exec-status,guest-file-open,guest-file-read,guest-file-write,guest-file-flush,\
    guest-file-close";

/// Starts an agent with its channel at [`AGENT`]; `None` if it is not installed. It does what it is asked for.
///
/// # Panics
/// As [`Process::start`].
#[track_caller]
pub fn agent() -> Option<Process> {
    start(&[])
}

/// The same, of an agent that is told not to do what might harm somebody; `None` if it cannot be told either.
///
/// # Panics
/// As [`Process::start`].
#[track_caller]
pub fn harmless_agent() -> Option<Process> {
    let program = Program::GuestAgent.need()?;
    let help = Command::new(program).arg("--help").output();
    let help = help.expect("the agent can be run").stdout;
    match String::from_utf8_lossy(&help).contains("--allow-rpcs") {
        true => start(&[HARMLESS]),
        false => None,
    }
}

#[track_caller]
fn start(arguments: &[&str]) -> Option<Process> {
    let folder = folder();
    let path = folder.path().join(AGENT).display().to_string();
    let state = folder.path().display().to_string();
    let own = ["-m", "unix-listen", "-p", &path, "-t", &state];
    Process::start(Program::GuestAgent, folder, &[&own, arguments].concat())
}
