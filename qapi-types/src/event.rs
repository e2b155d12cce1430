//! Events.

use crate::any::Any;
use crate::decode::Decode;
use crate::error::DecodeError;
use crate::reader::Reader;

/// An event: its data are the type's own members.
///
/// Generated for every event of a schema. One without data is decoded from `{}`.
pub trait Event: Decode {
    /// The event's name on the wire.
    const NAME: &'static str;

    /// The version of QEMU that has it first, as the schema says it.
    const SINCE: Option<&'static str> = None;
}

/// Events that are received as one type: all of a schema, the generated `enum Event`; or a single one, for whoever has subscribed
/// to no other.
pub trait EventSet: Sized {
    /// Reads the data of the event `name`; `{}` stands for those of an event without.
    ///
    /// # Errors
    /// The data are not those of this event. An event that the schema does not know is no error: it is kept as
    /// [`UnknownEvent`].
    fn decode_event(name: &str, data: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The event's name on the wire.
    fn name(&self) -> &str;
}

/// An event that the schema does not know, because the server is newer: its name and its data.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownEvent {
    /// The event's name on the wire.
    pub name: String,
    /// Its data, `{}` for one without.
    pub data: Any,
}

/// Reads the data of an event and wraps it into the enum of events.
///
/// # Errors
/// As those of `E`.
pub fn event<E: Event, U>(data: &mut Reader<'_>, wrap: fn(E) -> U) -> Result<U, DecodeError> {
    let mut event = E::blank();
    match event.fill(data) {
        Ok(()) => Ok(wrap(event)),
        Err(error) => Err(error),
    }
}

/// Reads an event that the schema does not know, with all its data.
///
/// # Errors
/// The data are no JSON.
pub fn unknown_event<U>(
    name: &str,
    data: &mut Reader<'_>,
    wrap: fn(UnknownEvent) -> U,
) -> Result<U, DecodeError> {
    UnknownEvent::decode_event(name, data).map(wrap)
}

/// An event by itself. What goes by another name is none.
impl<E: Event> EventSet for E {
    fn decode_event(name: &str, data: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match name == E::NAME {
            true => Self::decode(data),
            false => Err(data.unknown_value(E::NAME, name)),
        }
    }

    fn name(&self) -> &str {
        E::NAME
    }
}

/// Events by name alone, for those who decode the data themselves.
impl EventSet for UnknownEvent {
    fn decode_event(name: &str, data: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            name: name.to_owned(),
            data: Any::decode(data)?,
        })
    }

    fn name(&self) -> &str {
        &self.name
    }
}
