//! `qmp qom set`: gives a property another value.

use std::io::Write;

use clap::Args;
use qapi_client::Error;
use qapi_client::blocking::Client;

use super::super::{Failure, Monitor};
use super::property::Place;
use super::value::{Reading, show};

/// Set a property, and print what it was set to
///
/// How the value is read depends on the property's type, never on the looks of the value. Of a bool are on, off, true and
/// false; of integers decimal numbers and 0x…, of a size with K, M, G, T, P or E behind them; strings, links and values of
/// enumerations stand as they are; everything else is JSON.
#[derive(Debug, Args)]
#[command(
    override_usage = "qmp qom set [OPTIONS] PATH.PROPERTY VALUE\n       qmp qom set [OPTIONS] PATH PROPERTY VALUE"
)]
pub(super) struct Set {
    /// The property behind the last dot of its object's path, or the object's path alone
    #[arg(value_name = "PATH[.PROPERTY]")]
    place: String,
    /// The value; before it the property, if the first word is the path alone
    #[arg(value_name = "VALUE", num_args = 1..=2, required = true, allow_negative_numbers = true)]
    words: Vec<String>,
    /// The value is JSON, whatever the property's type
    #[arg(long)]
    raw: bool,
    /// Print the value alone, as JSON
    #[arg(long)]
    json: bool,
}

impl Set {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let (place, word) = match self.words.as_slice() {
            [property, word] => (Place::of_words(&self.place, Some(property))?, word),
            // clap has seen to it that there is one.
            words => (Place::of_words(&self.place, None)?, &words[0]),
        };
        let mut client = monitor.connect()?;
        let ty = place.ty(&mut client)?;
        let reading = match self.raw {
            true => Reading::Json,
            false => reading(place, &ty, &mut client)?,
        };
        let value = reading.read(word).map_err(|expected| {
            let name = place.name;
            Failure::Usage(format!(
                "`{name}` is of the type {ty}: `{word}` is not {expected}"
            ))
        })?;
        place.set(&mut client, &value)?;
        let ty = (!self.json).then_some(&*ty);
        Ok(show(&value, ty, out)?)
    }
}

/// How values of the type `ty` are read. Types that are not QOM's own are told by the value that is there.
fn reading(place: Place<'_>, ty: &str, client: &mut Client) -> Result<Reading, Failure> {
    if let Some(reading) = Reading::of_type(ty) {
        return Ok(reading);
    }
    match place.get(client) {
        Ok(value) => Ok(Reading::of_value(value.kind())),
        Err(Error::Refused(_)) => Err(Failure::Usage(format!(
            "`{}` is of the type {ty}, and cannot be read: with --raw the value is taken as JSON",
            place.name
        ))),
        Err(error) => Err(error.into()),
    }
}
