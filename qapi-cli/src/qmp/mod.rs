//! The command line of `qmp`: one file a subcommand.

mod agent;
mod arguments;
mod board;
mod call;
mod deadline;
mod event;
mod events;
mod facts;
mod info;
#[cfg(unix)]
mod interrupt;
mod job;
mod layout;
mod monitor;
mod mux;
mod order;
mod program;
mod qom;
mod quantity;
mod read_only;
mod record;
mod recording;
mod replay;
mod run;
mod schema;
mod screen;
mod serving;
mod shell;
mod socket;
mod wait;
mod wanted;
mod words;

#[path = "../manual.rs"]
mod manual;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
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
    Agent(agent::Agent),
    Call(call::Call),
    Events(events::Events),
    Info(info::Info),
    #[command(name = "mux")]
    Multiplex(mux::Multiplexer),
    Qom(qom::Qom),
    Record(record::Record),
    Replay(replay::Replay),
    Run(run::Run),
    Schema(schema::Schema),
    Shell(shell::Shell),
    Wait(wait::Wait),
    Completions(manual::Completions),
    Man(manual::Man),
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
    /// An end with a code of its own, and what there is to say of it, if anything.
    Ended(u8, String),
}

pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminals = Terminals {
        out: io::stdout().is_terminal(),
        err: io::stderr().is_terminal(),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let code = run(&arguments, terminals, &mut out, &mut io::stderr().lock());
    ExitCode::from(code)
}

/// Which outputs people look at.
#[derive(Clone, Copy, Debug, Default)]
struct Terminals {
    out: bool,
    err: bool,
}

/// Does what the command line says, and answers the exit code.
fn run(
    arguments: &Arguments,
    terminals: Terminals,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let done = match &arguments.command {
        Command::Agent(agent) => agent.run(&arguments.monitor, terminals, out, err),
        Command::Call(call) => call.run(&arguments.monitor, terminals.out, out, err),
        Command::Events(events) => events.run(&arguments.monitor, out, err),
        Command::Info(info) => info.run(&arguments.monitor, terminals.out, out),
        Command::Multiplex(mux) => mux.run(&arguments.monitor, out, err),
        Command::Qom(qom) => qom.run(&arguments.monitor, out, err),
        Command::Record(record) => record.run(&arguments.monitor, out, err),
        Command::Replay(replay) => replay.run(out, err),
        Command::Run(run) => run.run(&arguments.monitor, out, err),
        Command::Schema(schema) => schema.run(&arguments.monitor, terminals.out, out),
        Command::Shell(shell) => shell.run(&arguments.monitor, out, err),
        Command::Wait(wait) => wait.run(&arguments.monitor, out),
        Command::Completions(completions) => completions
            .write(Arguments::command(), out)
            .map_err(Failure::Output),
        Command::Man(man) => man.write(Arguments::command(), out).map_err(Failure::from),
    };
    let Err(failure) = done.and_then(|()| out.flush().map_err(Failure::Output)) else {
        return 0;
    };
    let (code, message) = failure.end();
    if !message.is_empty() {
        // If not even that can be written there is nobody to tell.
        let _ = writeln!(err, "qmp: {}", layout::legible(&message));
    }
    code
}

impl Failure {
    /// The exit code, and what there is to say, if anything.
    fn end(self) -> (u8, String) {
        match self {
            // Who reads has seen enough, as `head` has.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => (0, String::new()),
            Self::Session(Error::Refused(refusal)) => (1, refusal.to_string()),
            Self::Session(error) => (2, monitor::explain(&error)),
            Self::Unmet(message) => (1, message),
            Self::Usage(message) => (2, message),
            Self::TimedOut(message) => (3, message),
            Self::Output(error) => (2, format!("cannot write: {error}")),
            Self::Ended(code, message) => (code, message),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<manual::Unwritten> for Failure {
    fn from(unwritten: manual::Unwritten) -> Self {
        match unwritten {
            manual::Unwritten::NoSuch(message) => Self::Usage(message),
            manual::Unwritten::Output(error) => Self::Output(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(all(test, unix))]
mod tests;
