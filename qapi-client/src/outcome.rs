//! From what a server answers to what a caller gets.

use qapi_types::{Command, EventSet, Payload, from_str};

use crate::core::{Delivery, End, Outcome, Stamped};
use crate::error::Error;

/// What a call of the command `name` comes to; `end` is why the session has ended, if it has.
pub(crate) fn value(
    name: &str,
    outcome: Outcome,
    end: Option<&End>,
) -> Result<Payload<'static>, Error> {
    match outcome {
        Outcome::Returned(value) => Ok(value),
        Outcome::Refused(refusal) => Err(refusal.into()),
        Outcome::Unreadable { error, json } => Err(Error::undecodable(name, error, &json)),
        Outcome::Lost { sent } => Err(match end {
            Some(end) => Error::ended(end, sent),
            // The connection is being made anew.
            None => Error::Lost { source: None, sent },
        }),
    }
}

/// What the command `C` returns.
pub(crate) fn decode<C: Command>(value: &Payload<'_>) -> Result<C::Return, Error> {
    let value = value.decode().map_err(|error| (error, value.json()));
    value.map_err(|(error, json)| Error::undecodable(C::NAME, error, json))
}

/// What the command `C` returns that answers on failure only, and has not answered.
pub(crate) fn silent<C: Command>() -> Result<C::Return, Error> {
    from_str(NOTHING).map_err(|error| Error::undecodable(C::NAME, error, NOTHING))
}

const NOTHING: &str = "{}";

/// What a subscriber to `E` gets.
pub(crate) fn event<E: EventSet>(delivery: Delivery) -> Result<Stamped<E>, Error> {
    match delivery {
        Delivery::Event(event) => event
            .decode()
            .map_err(|error| Error::undecodable(&event.name, error, event.data.json())),
        Delivery::Gap(count) => Err(Error::Gap(count)),
        Delivery::Overflow => Err(Error::Overflow),
        Delivery::End(end) => Err(Error::ended(&end, false)),
    }
}
