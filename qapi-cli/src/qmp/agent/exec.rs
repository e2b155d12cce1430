//! `qmp agent exec`.

use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use clap::Args;
use data_encoding::BASE64;
use qapi_client::{CallOptions, Error, Limits};
use qapi_types::qga::commands::{GuestExec, GuestExecStatus};
use qapi_types::qga::types::{
    GuestExecCaptureOutput, GuestExecCaptureOutputMode, GuestExecStatus as Status,
};
use qapi_types::{Any, AnyMembers, Command};

use super::super::deadline::Deadline;
use super::super::interrupt::interrupts;
use super::super::monitor::seconds;
use super::super::program::after;
use super::super::screen::Screen;
use super::super::{Failure, Monitor, Terminals};
use super::guest::{Guest, decoded, read, show_json};
use super::input;

/// How much the agent keeps of what a command says.
const KEPT: usize = 16 << 20;

/// How much may be given to the command.
const INPUT: usize = 16 << 20;

/// How often the agent is asked whether the command has ended: at first, and at last.
const INTERVALS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// How long the last answer may take, when the time is over.
const GRACE: Duration = Duration::from_secs(1);

/// The exit code when it is not known how the command has ended, as that of `timeout`.
const UNKNOWN: u8 = 124;

/// The exit code when something of ours has failed, as that of `timeout` and `env`.
const FAILED: u8 = 125;

/// Run a command in the guest, with the agent's rights
///
/// No shell has a part in it: `sh -c 'a | b'` asks for one. The agent tells what the command has said when it has ended, the
/// first 16 MiB of it; into files and pipes that goes as it is, and of what a terminal would obey it is shown the ends of lines
/// and tabs.
///
/// Ends as the command does: with its exit code, 255 for one that is larger, or with 128 and the number of the signal that has
/// ended it. With 124 if that is not known: the time is over, or the agent does not answer any more; the command may go on, and
/// its process ID is told. With 125 if it could not be run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qga agent exec uname -r
  qmp --socket vm.qga agent exec --within 60 -- sh -c 'apt-get update && apt-get -y upgrade'
  pg_dump db | qmp --socket vm.qga agent exec --input - psql db")]
pub(super) struct Exec {
    /// Set a variable; the command then has no others than these [default: the agent's own]
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Give the command this file on its standard input, - for ours
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Show what the command writes to both its outputs in the order in which it does, as its standard output
    #[arg(long)]
    merge: bool,
    /// How long to wait for the command to end [default: for ever]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    within: Option<Duration>,
    /// Show what the command says as it is, on a terminal, too
    #[arg(long)]
    raw: bool,
    /// Print what the agent returns in the end, as JSON, with the process ID
    #[arg(long)]
    json: bool,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// Why the command has not ended here.
enum Trouble {
    /// It could not be run.
    Failed(Failure),
    /// It may go on: an exit code, what there is to say, and the process if it is known.
    Unknown(u8, String, Option<i64>),
}

impl Exec {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminals: Terminals,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let (code, message) = match self.execute(monitor, terminals, out, err) {
            Ok(code) => (code, String::new()),
            Err(Trouble::Failed(failure)) => match failure.end() {
                // Who reads has seen enough.
                (0, message) => (0, message),
                (_, message) => (FAILED, message),
            },
            Err(Trouble::Unknown(code, message, pid)) => {
                if let (true, Some(pid)) = (self.json, pid) {
                    let exited = ("exited", Any::from(false));
                    show_json(&with_pid(pid, [exited]), out)?;
                }
                (code, message)
            }
        };
        match code {
            0 => Ok(()),
            code => Err(Failure::Ended(code, message)),
        }
    }

    fn execute(
        &self,
        monitor: &Monitor,
        terminals: Terminals,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<u8, Trouble> {
        let command = self.command()?;
        let deadline = Deadline::after(self.within);
        let limits = Limits {
            // Both outputs in base64.
            message: 3 * KEPT,
            ..Limits::guest()
        };
        let mut guest = Guest::find_within(monitor, limits)?;
        let told = interrupts()?;
        let pid = match guest.client().execute(&command) {
            Ok(reply) => reply.pid,
            Err(error) if error.outcome_unknown() => {
                let message = format!("{error}: the command may have been started");
                return Err(Trouble::Unknown(UNKNOWN, message, None));
            }
            Err(error) => {
                let failure = guest.explain(error, GuestExec::NAME, GuestExec::SINCE);
                return Err(failure.into());
            }
        };
        let (reply, status) = follow(&mut guest, pid, deadline, &told)?;
        self.show(pid, &reply, &status, terminals, out, err)?;
        let number = match (status.exitcode, status.signal) {
            (Some(code), _) => code,
            (None, Some(signal)) => signal.saturating_add(128),
            (None, None) => {
                let message = format!("the agent does not say how process {pid} has ended");
                return Err(Trouble::Unknown(UNKNOWN, message, None));
            }
        };
        Ok(u8::try_from(number).or_else(|_| {
            say(err, &format!("it has ended with {number}"))?;
            Ok::<_, Failure>(u8::MAX)
        })?)
    }

    /// Shows what the command has said.
    fn show(
        &self,
        pid: i64,
        reply: &Any,
        status: &Status,
        terminals: Terminals,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        if self.json {
            let members = reply.to().unwrap_or_else(|_| AnyMembers::new());
            return show_json(&with_pid(pid, members), out);
        }
        let Status {
            out_data,
            err_data,
            out_truncated,
            err_truncated,
            ..
        } = status;
        let [out_kept, err_kept] = [
            show(out_data, terminals.out && !self.raw, out)?,
            show(err_data, terminals.err && !self.raw, err)?,
        ];
        // There are agents that do not say that they keep no more.
        let is_cut_off = [out_truncated, err_truncated].contains(&&Some(true));
        match is_cut_off || out_kept.max(err_kept) >= KEPT {
            true => say(
                err,
                "the agent keeps 16 MiB of an output, and may have had more",
            ),
            false => Ok(()),
        }
    }

    fn command(&self) -> Result<GuestExec, Failure> {
        if let Some(word) = self.env.iter().find(|word| !word.contains('=')) {
            return Err(Failure::Usage(format!("`{word}` is not NAME=VALUE")));
        }
        // clap has seen to it that there is one.
        let (path, arguments) = self
            .command
            .split_first()
            .map_or(("", &[][..]), |(path, rest)| (path.as_str(), rest));
        let mut command = GuestExec::new(path).arg(arguments.to_vec());
        command.env = (!self.env.is_empty()).then(|| self.env.clone());
        if let Some(path) = &self.input {
            command.input_data = Some(BASE64.encode(&input::read(path, INPUT)?));
        }
        // Agents before 8.0 know a flag only.
        Ok(command.capture_output(match self.merge {
            true => GuestExecCaptureOutput::Mode(GuestExecCaptureOutputMode::Merged),
            false => GuestExecCaptureOutput::Flag(true),
        }))
    }
}

/// Asks until the process has ended: what the agent says then, as it came and as it is understood.
fn follow(
    guest: &mut Guest,
    pid: i64,
    deadline: Deadline,
    told: &Receiver<i32>,
) -> Result<(Any, Status), Trouble> {
    let command = GuestExecStatus::new(pid);
    let arguments = Any::encode_from(&command);
    let unknown = |code, message| Trouble::Unknown(code, message, Some(pid));
    let patience = guest.client().options().timeout;
    let mut interval = INTERVALS.0;
    loop {
        let late = deadline.has_passed();
        let timeout = [patience, deadline.remaining().map(|time| time.max(GRACE))];
        let options = match timeout.into_iter().flatten().min() {
            Some(timeout) => CallOptions::new().within(timeout),
            None => CallOptions::new().unbounded(),
        };
        let client = guest.client();
        match client.execute_raw_with(GuestExecStatus::NAME, Some(&arguments), options) {
            Ok(reply) => match read::<GuestExecStatus>(&reply) {
                Ok(status) if status.exited => return Ok((reply, status)),
                Ok(_) => {}
                Err(failure) => return Err(unknown(UNKNOWN, failure.end().1)),
            },
            Err(Error::TimedOut { .. }) if deadline.has_passed() => {}
            Err(error) => {
                let why = guest.explain(error, GuestExecStatus::NAME, GuestExecStatus::SINCE);
                let why = why.end().1;
                return Err(unknown(
                    UNKNOWN,
                    format!("{why}; what has become of process {pid} is not known"),
                ));
            }
        }
        if late || deadline.has_passed() {
            return Err(unknown(
                UNKNOWN,
                format!("timed out; process {pid} may go on in the guest"),
            ));
        }
        if let Ok(signal) = told.recv_timeout(deadline.within(interval)) {
            return Err(unknown(
                after(signal),
                format!("process {pid} goes on in the guest"),
            ));
        }
        interval = (interval * 2).min(INTERVALS.1);
    }
}

/// The object with the process ID before what else there is.
fn with_pid(pid: i64, members: impl IntoIterator<Item = (impl Into<String>, Any)>) -> Any {
    let mut object = AnyMembers::from_iter([("pid", pid)]);
    for (name, value) in members {
        let name: String = name.into();
        if name != "pid" {
            object.push(name, value);
        }
    }
    object.into()
}

/// Shows an output of the command, and answers how long it is.
fn show(data: &Option<String>, legible: bool, out: &mut dyn Write) -> Result<usize, Failure> {
    let bytes = decoded(data.as_deref().unwrap_or_default())?;
    let mut screen = Screen::new(out, legible);
    screen.show(&bytes)?;
    screen.finish()?;
    Ok(bytes.len())
}

fn say(err: &mut dyn Write, message: &str) -> Result<(), Failure> {
    Ok(writeln!(err, "qmp: {message}")?)
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
