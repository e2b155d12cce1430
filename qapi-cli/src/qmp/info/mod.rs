//! `qmp info`: a machine at a glance. What each line says is found in a file of its subject.

mod block;
mod machine;
mod network;
mod peers;

use std::io::Write;

use clap::Args;
use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::Any;

use super::facts::{Fact, Facts, Question, ask};
use super::quantity::bytes;
use super::{Failure, Monitor};

/// Show what one wants to know of a machine: name, version, state, processors, memory, disks, jobs, network and more
///
/// What the machine does not tell is left out.
///
/// Ends with 0; with 2 if the command line makes no sense, or the connection cannot be made or breaks.
#[derive(Debug, Args)]
pub(super) struct Info {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const QUESTIONS: [(&str, Question); 11] = [
    ("name", machine::name),
    ("version", machine::version),
    ("status", machine::status),
    ("cpus", machine::cpus),
    ("memory", machine::memory),
    ("block", block::devices),
    ("jobs", block::jobs),
    ("network", network::devices),
    ("chardev", peers::character_devices),
    ("display", peers::displays),
    ("migration", peers::migration),
];

impl Info {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut client = monitor.connect()?;
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
