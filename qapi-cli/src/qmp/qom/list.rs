//! `qmp qom list`: an object's properties.

use std::io::Write;

use clap::Args;

use super::super::layout::{Layout, columns, legible_word, write_json};
use super::super::{Failure, Monitor};
use super::property::properties;

/// List the properties of an object with their types, objects that are part of it among them (`child<TYPE>`)
#[derive(Debug, Args)]
pub(super) struct List {
    /// The object, by its path or the end of it that no other has
    #[arg(default_value = "/")]
    path: String,
    /// Print each property as a JSON object
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let properties = properties(&mut monitor.connect()?, &self.path)?;
        if self.json {
            for property in properties {
                write_json(&qapi_types::to_string(&property), Layout::Compact, out)?;
                writeln!(out)?;
            }
            return Ok(());
        }
        for line in columns(
            properties
                .into_iter()
                .map(|property| [property.name, property.ty]),
        ) {
            writeln!(out, "{}", legible_word(&line))?;
        }
        Ok(())
    }
}
