//! Arguments by what the machine says that it takes.

use qapi_client::blocking::Client;
use qapi_client::schema::Command;
use qapi_client::{Error, Schema};
use qapi_types::Any;

use super::form::{Form, entry};
use super::free;
use super::mistake::{Mistake, Mistakes};
use super::property::DeviceListProperties;
use crate::qmp::Failure;

/// Whether `words` could be arguments at all, which shows without a machine.
///
/// # Errors
/// They could not.
pub(in crate::qmp) fn check(words: &[String]) -> Result<(), Mistakes<'static>> {
    let mistakes = words.iter().filter_map(|word| entry(word).err());
    let mistakes: Vec<Mistake<'static>> = mistakes.collect();
    match mistakes.is_empty() {
        true => Ok(()),
        false => Err(Mistakes(mistakes)),
    }
}

/// The arguments of the command `name` that `words` say. A machine that does not tell what it takes gets what [`free()`]
/// makes of them, and a JSON object alone goes to it as it is: in neither case is the machine asked in vain.
///
/// # Errors
/// They do not fit; or the machine cannot be asked.
pub(in crate::qmp) fn live(
    client: &mut Client,
    name: &str,
    words: &[String],
) -> Result<Option<Any>, Failure> {
    if are_as_they_are(words) {
        return Ok(free(words)?);
    }
    let Some(schema) = told(client.schema())? else {
        return Ok(free(words)?);
    };
    let Some(command) = schema.command(name) else {
        return Ok(free(words)?);
    };
    let mut form = filled(command, words)?;
    let properties = match form.driver() {
        Some(driver) => told(client.execute(&DeviceListProperties(&driver)))?,
        None => None,
    };
    if let Some(properties) = &properties {
        form.know(properties);
    }
    Ok(form.arguments()?)
}

/// The same of a server that says no more than the names of its commands: by the `schema` that it is known to have, where that
/// knows the command.
///
/// # Errors
/// They do not fit.
pub(in crate::qmp) fn described(
    schema: Option<&Schema>,
    name: &str,
    words: &[String],
) -> Result<Option<Any>, Failure> {
    match schema.and_then(|schema| schema.command(name)) {
        Some(command) => Ok(filled(command, words)?.arguments()?),
        None => Ok(free(words)?),
    }
}

fn filled<'s>(command: Command<'s>, words: &[String]) -> Result<Form<'s>, Failure> {
    let mut form = Form::new(command);
    for word in words {
        form.fill(word).map_err(|mistake| Mistakes(vec![mistake]))?;
    }
    Ok(form)
}

/// Whether the words are for the server as they are, whatever it takes: a JSON object alone, or none.
pub(in crate::qmp) fn are_as_they_are(words: &[String]) -> bool {
    words.iter().all(|word| word.trim_start().starts_with('{'))
}

/// What the machine has told, if it has something to tell.
///
/// # Errors
/// It could not be asked.
fn told<T>(answer: Result<T, Error>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(told) => Ok(Some(told)),
        Err(Error::Refused(_) | Error::Undecodable(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl From<Mistakes<'_>> for Failure {
    fn from(mistakes: Mistakes<'_>) -> Self {
        Self::Usage(mistakes.to_string())
    }
}
