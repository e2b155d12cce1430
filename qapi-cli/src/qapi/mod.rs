//! The command line of `qapi`: one file a subcommand.

mod answer;
mod check;
mod compat;
mod defines;
mod dump;
mod explain;
mod generate;
mod progress;
mod schema;

#[path = "../manual.rs"]
mod manual;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use manual::Unwritten;

/// Compiles QAPI schemas, in which QEMU describes its management interface.
///
/// Where no SCHEMA is given, the schema of QEMU's machine protocol that this command brings along is taken.
#[derive(Debug, Parser)]
#[command(name = "qapi", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Compat(compat::Compat),
    Dump(dump::Dump),
    Generate(generate::Generate),
    Explain(explain::Explain),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// What scripts are told.
pub(crate) enum Outcome {
    /// All is well.
    Done,
    /// The schema has errors, or warnings or changes that count as such; they were shown.
    Invalid,
    /// The command line makes no sense, or a file cannot be read or written.
    Unusable(String),
}

pub(crate) fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(check) => check.run(),
        Command::Compat(compat) => compat.run(),
        Command::Dump(dump) => dump.run(),
        Command::Generate(generate) => generate.run(),
        Command::Explain(explain) => explain.run(),
        Command::Completions(completions) => {
            written(completions.write(Arguments::command(), &mut io::stdout().lock()))
        }
        Command::Man(man) => match man.write(Arguments::command(), &mut io::stdout().lock()) {
            Ok(()) => Outcome::Done,
            Err(Unwritten::Output(error)) => written(Err(error)),
            Err(Unwritten::NoSuch(message)) => Outcome::Unusable(message),
        },
    };
    match outcome {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Invalid => ExitCode::from(1),
        Outcome::Unusable(reason) => {
            eprintln!("qapi: {reason}");
            ExitCode::from(2)
        }
    }
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Outcome {
    use io::Write;
    written(io::stdout().lock().write_all(text.as_bytes()))
}

/// What writing has come to; a reader that has had enough (`qapi dump | head`) is no error.
fn written(result: io::Result<()>) -> Outcome {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Outcome::Unusable(format!("cannot write: {error}"))
        }
        _ => Outcome::Done,
    }
}
