//! `qmp schema`: what this very machine takes and gives.

mod entities;
mod list;
mod miss;
mod page;

use std::io::Write;

use clap::Args;
use qapi_client::schema::Place;
use qapi_client::{Error, Schema as Live};
use qapi_types::Any;

use super::layout::{Layout, legible, write_json};
use super::words::{Interface, Words};
use super::{Failure, Monitor};

/// Columns of a line where nobody tells, and the most that are pleasant to read.
const WIDTH: usize = 80;
const WIDEST: usize = 100;

/// Show what this very machine takes and gives
///
/// What there is the machine says itself. What it is for is said by the description of QEMU that is built in, as far as that
/// knows of it.
///
/// A path leads from a command or event to its parts: `arg` and `ret` to what it takes and returns, then the names of
/// members, branches and values; `feature:NAME` to a feature; `*` stands for any characters. A path that leads to one place
/// shows all of it, one that leads to several a line for each, without a path the commands and events.
///
/// Ends with 0; with 1 if the path leads nowhere, or the server does not tell what it takes, as a guest agent; with 2 if the
/// command line makes no sense, or the connection cannot be made or breaks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp schema
  qmp --socket vm.qmp schema blockdev-add
  qmp --socket vm.qmp schema blockdev-add/arg/driver/qcow2
  qmp --socket vm.qmp schema 'block-*/arg/node-name'
  qmp --socket vm.qmp schema '*/feature:deprecated'")]
pub(super) struct Schema {
    /// What to show
    path: Option<String>,
    /// Print what the machine says, a JSON array: the command or event, and all types that it reaches
    #[arg(long)]
    json: bool,
}

impl Schema {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminal: bool,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let mut client = monitor.connect()?;
        let told = match client.execute_raw("query-qmp-schema", None) {
            Ok(told) => told,
            Err(Error::Refused(refusal)) => {
                let message = format!("the server does not tell what it takes: {refusal}");
                return Err(Failure::Unmet(message));
            }
            Err(error) => return Err(error.into()),
        };
        let schema: Live = told.to().map_err(|error| {
            Failure::Unmet(format!(
                "what the server tells of itself makes no sense: {error}"
            ))
        })?;
        let path = self.path.as_deref();
        if self.json {
            let places = places(&schema, path)?;
            let names = match path {
                Some(_) => entities::reached(&schema, &places),
                None => entities::named(&places),
            };
            let entities = Any::from_iter(entities::of(&told, &names));
            let layout = match terminal {
                true => Layout::Pretty,
                false => Layout::Compact,
            };
            write_json(entities.as_json(), layout, out)?;
            return Ok(writeln!(out)?);
        }
        let width = terminal.then(terminal_size::terminal_size).flatten();
        let width = width.map(|(width, _)| usize::from(width.0));
        let words = Words::of(Interface::of(&schema));
        tell(&schema, words.as_ref(), path, width, out)
    }
}

/// Where `path` leads; without one, to the commands and events.
///
/// # Errors
/// Nowhere.
fn places<'s>(schema: &'s Live, path: Option<&str>) -> Result<Vec<Place<'s>>, Failure> {
    let places = schema.find(path.unwrap_or("*"));
    match (&*places, path) {
        ([], Some(path)) => Err(Failure::Unmet(miss::tell(schema, path))),
        ([], None) => Err(Failure::Unmet("there is nothing".to_owned())),
        _ => Ok(places),
    }
}

/// Writes what there is at `path`, for a screen of so many columns: all, if that is one place, else a line for each.
///
/// # Errors
/// There is nothing; or it cannot be written.
pub(super) fn tell(
    schema: &Live,
    words: Option<&Words>,
    path: Option<&str>,
    width: Option<usize>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let places = places(schema, path)?;
    match (&*places, path) {
        ([place], Some(_)) => {
            let columns = width.unwrap_or(WIDTH).min(WIDEST);
            let page = page::write(schema, words, place, columns);
            write!(out, "{}", legible(&page))?;
        }
        _ => {
            for line in list::lines(words, &places, width) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
