//! `qmp info`: a machine at a glance. What each line says is found in a file of its subject.

mod block;
mod machine;
mod network;
mod peers;

use std::io::Write;

use clap::Args;
use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers};

use super::layout::{Layout, legible_word, write_json};
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

/// What is known of one subject.
struct Fact {
    /// As data.
    value: Any,
    /// For people, a line each; without any there is nothing to say.
    lines: Vec<String>,
}

/// Finds out what there is to know of a subject; the machine may know nothing of it.
type Question = fn(&mut Client) -> Result<Option<Fact>, Error>;

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
        let mut known = AnyMembers::new();
        for (subject, question) in QUESTIONS {
            let fact = question(&mut client)?;
            let Some(Fact { value, lines }) = fact.filter(|fact| !fact.lines.is_empty()) else {
                continue;
            };
            for (at, line) in lines.iter().enumerate().filter(|_| !self.json) {
                let subject = if at == 0 { subject } else { "" };
                writeln!(out, "{subject:<10} {}", legible_word(line))?;
            }
            known.push(subject, value);
        }
        if self.json {
            write_json(Any::from(known).as_json(), Layout::Compact, out)?;
            writeln!(out)?;
        }
        Ok(())
    }
}

/// What a query answers; `None` if the machine does not have it, or cannot answer now.
fn ask(client: &mut Client, query: &str) -> Result<Option<Any>, Error> {
    match client.execute_raw(query, None) {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
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

/// A number of bytes in the largest unit of which there is a whole one.
fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let at = count.checked_ilog2().unwrap_or(0) / 10;
    let unit = 1u64 << (10 * at);
    // The tenths are cut off, so that nothing is said to be larger than it is.
    let tenths = u128::from(count % unit) * 10 / u128::from(unit);
    match tenths {
        0 => format!("{} {}", count / unit, units[at as usize]),
        tenths => format!("{}.{tenths} {}", count / unit, units[at as usize]),
    }
}

#[cfg(all(test, unix))]
mod tests;
