//! `qmp agent`: what a guest does for whoever asks its agent. A file a subject.

mod call;
mod cat;
mod exec;
mod file;
mod freeze;
mod freezing;
mod guest;
mod hold;
mod info;
mod input;
mod network;
mod password;
mod power;
mod shell;
mod ssh_keys;
mod storage;
mod time;
mod user;
mod write;

use std::io::Write;

use clap::{Args, Subcommand};

use super::program::after;
use super::{Failure, Monitor, Terminals};
pub(super) use guest::why_not;

/// Talk to the agent in a guest
///
/// The agent is where --socket says, which is not where the monitor is, or else where the variable QGA_SOCKET does. What an
/// earlier client has left in its channel does no harm.
///
/// Ends with 0 if all went well; with 1 if the agent refused, does not know the command, or must not do it; with 2 if the
/// command line makes no sense, there is no connection, no agent answers, or it does not answer any more. `exec` and
/// `fsfreeze hold` end as what they run does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qga agent info
  qmp --socket vm.qga agent exec -- systemctl is-system-running
  qmp --socket vm.qga agent cat /var/log/messages | tail
  qmp --socket vm.qga agent fsfreeze hold -- lvcreate --snapshot vg/disk0")]
pub(super) struct Agent {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Ping(info::Ping),
    Info(info::Info),
    #[command(alias = "ifconfig")]
    Interfaces(network::Interfaces),
    Filesystems(storage::Filesystems),
    Disks(storage::Disks),
    Fstrim(storage::Fstrim),
    Fsfreeze(freeze::Fsfreeze),
    Exec(exec::Exec),
    Cat(cat::Cat),
    Write(write::Write),
    Users(user::Users),
    SetPassword(user::SetPassword),
    SshKeys(ssh_keys::SshKeys),
    Time(time::Time),
    #[command(alias = "powerdown")]
    Shutdown(power::Shutdown),
    Reboot(power::Reboot),
    Halt(power::Halt),
    Suspend(power::Suspend),
    Call(call::Call),
    Shell(shell::Shell),
}

impl Agent {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminals: Terminals,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        match &self.action {
            Action::Ping(ping) => ping.run(monitor, out),
            Action::Info(info) => info.run(monitor, out),
            Action::Interfaces(interfaces) => interfaces.run(monitor, out),
            Action::Filesystems(filesystems) => filesystems.run(monitor, out),
            Action::Disks(disks) => disks.run(monitor, out),
            Action::Fstrim(fstrim) => fstrim.run(monitor, out),
            Action::Fsfreeze(fsfreeze) => fsfreeze.run(monitor, out),
            Action::Exec(exec) => exec.run(monitor, terminals, out, err),
            Action::Cat(cat) => cat.run(monitor, terminals.out, out),
            Action::Write(write) => write.run(monitor, out),
            Action::Users(users) => users.run(monitor, out),
            Action::SetPassword(password) => password.run(monitor, out),
            Action::SshKeys(keys) => keys.run(monitor, out),
            Action::Time(time) => time.run(monitor, out),
            Action::Shutdown(shutdown) => shutdown.run(monitor, out),
            Action::Reboot(reboot) => reboot.run(monitor, out),
            Action::Halt(halt) => halt.run(monitor, out),
            Action::Suspend(suspend) => suspend.run(monitor, out),
            Action::Call(call) => call.run(monitor, terminals.out, out),
            Action::Shell(shell) => shell.run(monitor, out, err),
        }
    }
}

/// The end that the signal has asked for.
fn interrupted(signal: i32, message: String) -> Failure {
    Failure::Ended(after(signal), message)
}

#[cfg(test)]
mod tests;
