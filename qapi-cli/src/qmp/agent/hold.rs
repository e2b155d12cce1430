//! `qmp agent fsfreeze hold`: file systems that are frozen while a command runs, and no longer.

use std::ffi::OsString;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use clap::Args;
use qapi_client::CallOptions;
use qapi_types::qga::commands::{GuestFsfreezeStatus, GuestFsfreezeThaw};
use qapi_types::qga::types::GuestFsfreezeStatus as Status;
use signal_hook::consts::SIGINT;

use super::super::deadline::Deadline;
use super::super::interrupt::{on_every_interrupt, uncaught};
use super::super::monitor::seconds;
use super::super::program::{GRACE, Program, Waited, after, exit_code};
use super::super::{Failure, Monitor};
use super::freezing::freeze;
use super::guest::Guest;

/// How often it is tried to thaw what was frozen, and how long to wait before it is tried again.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// How long thawing may take where others may take for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// The exit code when the time was over, as that of `timeout`.
const LATE: u8 = 124;

/// The exit code when freezing or thawing has failed, as that of `timeout` and `env` for what is theirs.
const FAILED: u8 = 125;

/// Freeze the guest's file systems, run a command here, and thaw them, however that ends
///
/// They are thawed when the command has ended, when its time is over, and on Ctrl-C and signals: it is asked to end with
/// SIGTERM, and killed 5 seconds later, or at the next signal. If the agent does not answer it is looked for anew, three times.
/// The agent's channel is kept meanwhile, and nobody else can use it. File systems that are frozen already are left to whoever did that, and the command is not run.
///
/// Ends as the command does: with its exit code, or with 128 and the number of the signal that has ended it or was sent to us;
/// 127 if there is no such command, 126 if it cannot be run. With 124 if its time was over. With 125 if nothing was frozen, if
/// thawing failed, or if the guest had thawed before: what the command has made may then not be consistent.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qga agent fsfreeze hold -- lvcreate --snapshot vg/disk0
  qmp --socket vm.qga agent fsfreeze hold --within 10 -- \\
      qmp --socket vm.qmp call blockdev-snapshot-sync device=disk0 snapshot-file=s.qcow2")]
pub(super) struct Hold {
    /// Freeze this file system, and no others but those that are named likewise [default: all]
    #[arg(long = "mountpoint", value_name = "PATH")]
    mountpoints: Vec<String>,
    /// How long the command may take [default: for ever]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    within: Option<Duration>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Hold {
    pub(super) fn run(&self, monitor: &Monitor) -> Result<(), Failure> {
        let (code, message) = match self.hold(monitor) {
            Ok(code) => (code, String::new()),
            Err(failure) => failure.end(),
        };
        match code {
            0 => Ok(()),
            code => Err(Failure::Ended(code, message)),
        }
    }

    fn hold(&self, monitor: &Monitor) -> Result<u8, Failure> {
        // Before anything is frozen: from here on nothing ends us before it is thawed.
        let (sender, told) = channel();
        on_every_interrupt(move |signal| {
            // Whoever has ended meanwhile need not be told.
            let _ = sender.send(signal);
        })
        .map_err(uncaught)?;
        let mut guest = Guest::find(monitor).map_err(failed)?;
        if guest.ask(&GuestFsfreezeStatus).map_err(failed)? == Status::Frozen {
            let message = "somebody else has frozen the guest's file systems";
            return Err(Failure::Ended(FAILED, message.to_owned()));
        }
        let frozen = match freeze(&mut guest, &self.mountpoints) {
            Ok(count) => count,
            Err((failure, false)) => return Err(failed(failure)),
            // They may be frozen, or will be.
            Err((failure, true)) => {
                thaw(guest, monitor)?;
                return Err(failed(failure));
            }
        };
        let ended = match frozen {
            0 => Err((
                FAILED,
                "the guest has no file systems that can be frozen".to_owned(),
            )),
            _ => self.follow(&told),
        };
        let thawed = thaw(guest, monitor)?;
        match ended {
            Ok(0) if thawed == Some(0) => {
                let message = "the guest had thawed its file systems before the command ended";
                Err(Failure::Ended(FAILED, message.to_owned()))
            }
            Ok(code) => Ok(code),
            Err((code, message)) => Err(Failure::Ended(code, message)),
        }
    }

    /// Runs the command: its exit code, or another and the reason.
    fn follow(&self, told: &Receiver<i32>) -> Result<u8, (u8, String)> {
        let unseen = |error| (FAILED, format!("the command's end cannot be seen: {error}"));
        // Somebody may have had enough while the guest was busy.
        if let Ok(signal) = told.try_recv() {
            return Err((after(signal), String::new()));
        }
        // clap has seen to it that there is a command.
        let [name, arguments @ ..] = &self.command[..] else {
            return Ok(0);
        };
        let mut program = Program::start(Command::new(name).args(arguments))?;
        let deadline = Deadline::after(self.within);
        match program.wait(deadline, told).map_err(unseen)? {
            Waited::Ended(status) => Ok(exit_code(status)),
            Waited::Late => {
                program.end(told).map_err(unseen)?;
                Err((LATE, "timed out: the command was ended".to_owned()))
            }
            Waited::Told(signal) => {
                stop(&mut program, signal, told).map_err(unseen)?;
                Err((after(signal), String::new()))
            }
        }
    }
}

/// Ends the program because of a signal. A terminal has told it of a Ctrl-C itself.
fn stop(program: &mut Program, signal: i32, told: &Receiver<i32>) -> std::io::Result<ExitStatus> {
    if signal == SIGINT {
        let grace = Deadline::after(Some(GRACE));
        if let Waited::Ended(status) = program.wait(grace, told)? {
            return Ok(status);
        }
    }
    program.end(told)
}

/// Thaws what was frozen, of an agent that has come anew, if need be: how many file systems, if the first answer told.
fn thaw(guest: Guest, monitor: &Monitor) -> Result<Option<i64>, Failure> {
    let patience = monitor.options().timeout.unwrap_or(PATIENCE);
    let options = CallOptions::new().within(patience);
    let mut found = Ok(guest);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let thawed = found.and_then(|mut guest| guest.ask_with(&GuestFsfreezeThaw, options));
        let failure = match thawed {
            Ok(count) => return Ok(Some(count).filter(|_| attempt == 1)),
            Err(failure) => failure,
        };
        if attempt == ATTEMPTS {
            let (_, why) = failure.end();
            let message = format!(
                "the guest's file systems may still be frozen, `qmp agent fsfreeze thaw` thaws them: {why}"
            );
            return Err(Failure::Ended(FAILED, message));
        }
        thread::sleep(PAUSE);
        // A channel serves one client at a time: the old session is gone by now.
        found = Guest::find(monitor);
    }
}

/// A failure of what is ours to do.
fn failed(failure: Failure) -> Failure {
    Failure::Ended(FAILED, failure.end().1)
}
