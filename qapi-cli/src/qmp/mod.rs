//! The command line of `qmp`: one file a subcommand.

mod arguments;
mod call;
mod deadline;
mod event;
mod events;
mod info;
#[cfg(unix)]
mod interrupt;
mod job;
mod layout;
mod monitor;
mod qom;
mod wait;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use qapi_client::Error;

use monitor::Monitor;

/// Talks to running machines over the monitor that QEMU opens with `-qmp`.
///
/// Ends with 0 if all went well, with 1 if QEMU refused, with 2 if the command line makes no sense, there is no connection,
/// or no reply came. Subcommands that wait end with 3 if that was in vain.
#[derive(Debug, Parser)]
#[command(name = "qmp", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    monitor: Monitor,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Call(call::Call),
    Events(events::Events),
    Info(info::Info),
    Qom(qom::Qom),
    Wait(wait::Wait),
}

/// Why a subcommand has not done what it should.
enum Failure {
    /// The command line makes no sense.
    Usage(String),
    /// The session has failed, or QEMU has refused.
    Session(Error),
    /// What was asked for is not so, and will not be.
    Unmet(String),
    /// What was waited for has not happened in time.
    TimedOut(String),
    /// What should be shown cannot be written.
    Output(io::Error),
}

pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = io::stdout().is_terminal();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let code = run(&arguments, terminal, &mut out, &mut io::stderr().lock());
    ExitCode::from(code)
}

/// Does what the command line says, and answers the exit code.
fn run(arguments: &Arguments, terminal: bool, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let done = match &arguments.command {
        Command::Call(call) => call.run(&arguments.monitor, terminal, out, err),
        Command::Events(events) => events.run(&arguments.monitor, out, err),
        Command::Info(info) => info.run(&arguments.monitor, out),
        Command::Qom(qom) => qom.run(&arguments.monitor, out, err),
        Command::Wait(wait) => wait.run(&arguments.monitor, out),
    };
    let (code, message) = match done.and_then(|()| out.flush().map_err(Failure::Output)) {
        Ok(()) => return 0,
        // Who reads has seen enough, as `head` has.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return 0,
        Err(Failure::Session(Error::Refused(refusal))) => (1, refusal.to_string()),
        Err(Failure::Session(error)) => (2, error.to_string()),
        Err(Failure::Unmet(message)) => (1, message),
        Err(Failure::Usage(message)) => (2, message),
        Err(Failure::TimedOut(message)) => (3, message),
        Err(Failure::Output(error)) => (2, format!("cannot write: {error}")),
    };
    // If not even that can be written there is nobody to tell.
    let _ = writeln!(err, "qmp: {}", layout::legible(&message));
    code
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(all(test, unix))]
mod tests;
