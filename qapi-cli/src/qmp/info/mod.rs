//! `qmp info`: a machine at a glance. What each line says is found in a file of its subject.

mod block;
mod machine;
mod network;
mod peers;
mod watch;

use std::io::Write;
use std::time::Duration;

use clap::Args;
use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::Any;

use super::facts::{Fact, Facts, Question, ask};
use super::monitor::seconds;
use super::quantity::bytes;
use super::screen::is_capable;
use super::{Failure, Monitor};

/// Show what one wants to know of a machine: name, version, state, processors, memory, disks, jobs, network and more
///
/// What the machine does not tell is left out.
///
/// With --watch it goes on until the machine ends, or is interrupted: on a terminal in its place, elsewhere with a line for what
/// has changed and when, or with an object each time that something has. At events that matter the machine is asked at once.
///
/// Ends with 0, also when the machine does; with 2 if the command line makes no sense, or the connection cannot be made or
/// breaks; with 130 after Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp info
  qmp --socket vm.qmp info --watch
  qmp --socket vm.qmp info --watch 10 --json | while read -r line; do …")]
pub(super) struct Info {
    /// Go on, and ask every so many seconds [default: 2]
    #[arg(long, value_name = "SECS", num_args = 0..=1, default_missing_value = "2", value_parser = seconds)]
    watch: Option<Duration>,
    /// Print one JSON object; with --watch, a line for each
    #[arg(long)]
    json: bool,
}

const QUESTIONS: [(&str, Question); 12] = [
    ("name", machine::name),
    ("version", machine::version),
    ("status", machine::status),
    ("cpus", machine::cpus),
    ("memory", machine::memory),
    ("block", block::devices),
    ("exports", block::exports),
    ("jobs", block::jobs),
    ("network", network::devices),
    ("chardev", peers::character_devices),
    ("display", peers::displays),
    ("migration", peers::migration),
];

impl Info {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminal: bool,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let mut client = monitor.connect()?;
        if let Some(interval) = self.watch {
            let board = terminal && is_capable();
            return watch::watch(&mut client, interval, self.json, board, out);
        }
        let facts = Facts::gather(&mut client, &QUESTIONS)?;
        Ok(facts.show(self.json, out)?)
    }
}

/// What a query answers with, element for element; nothing, where it does not answer with an array.
fn ask_all(client: &mut Client, query: &str) -> Result<Vec<Any>, Error> {
    let value = ask(client, query)?;
    Ok(value.and_then(|value| value.to().ok()).unwrap_or_default())
}

/// The string to which members lead, one within the other.
fn text(value: &Any, path: &[&str]) -> Option<String> {
    within(value, path)?.to().ok()
}

/// The number to which members lead.
fn number(value: &Any, path: &[&str]) -> Option<u64> {
    within(value, path)?.to().ok()
}

fn within(value: &Any, path: &[&str]) -> Option<Any> {
    path.iter()
        .try_fold(value.clone(), |value, name| value.get(name))
}

#[cfg(all(test, unix))]
mod tests;
