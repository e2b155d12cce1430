//! `qmp qom get`: what a property is.

use std::io::Write;

use clap::Args;

use super::super::{Failure, Monitor};
use super::property::Place;
use super::value::show;

/// Print the value of a property, and its type
#[derive(Debug, Args)]
pub(super) struct Get {
    /// The property behind the last dot of its object's path, or the object's path alone
    #[arg(value_name = "PATH[.PROPERTY]")]
    place: String,
    /// The property, if the first word is the path alone
    property: Option<String>,
    /// Print the value alone, as JSON
    #[arg(long)]
    json: bool,
}

impl Get {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let place = Place::of_words(&self.place, self.property.as_deref())?;
        let mut client = monitor.connect()?;
        let ty = match self.json {
            true => None,
            false => Some(place.ty(&mut client)?),
        };
        let value = place.get(&mut client)?;
        Ok(show(&value, ty.as_deref(), out)?)
    }
}
