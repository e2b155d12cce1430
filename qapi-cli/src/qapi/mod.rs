//! The command line of `qapi`: one file a subcommand.

mod check;
mod defines;
mod dump;
mod explain;
mod generate;
mod man;
mod progress;
mod schema;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Dump(dump::Dump),
    Generate(generate::Generate),
    Explain(explain::Explain),
    Completions(man::Completions),
    Man(man::Man),
}

/// What scripts are told.
pub(crate) enum Outcome {
    /// All is well.
    Done,
    /// The schema has errors, or warnings that count as such; they were shown.
    Invalid,
    /// The command line makes no sense, or a file cannot be read or written.
    Unusable(String),
}

pub(crate) fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(check) => check.run(),
        Command::Dump(dump) => dump.run(),
        Command::Generate(generate) => generate.run(),
        Command::Explain(explain) => explain.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
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

/// Writes to standard output; a reader that has had enough (`qapi dump | head`) is no error.
pub(crate) fn print(text: &str) -> Outcome {
    use std::io::{ErrorKind, Write};
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Outcome::Unusable(format!("standard output: {error}"))
        }
        _ => Outcome::Done,
    }
}
