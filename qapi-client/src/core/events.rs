//! Events.

use qapi_types::{DecodeError, EventSet, Payload, Timestamp};

/// An event as the server has sent it.
#[derive(Clone, Debug)]
pub struct RawEvent {
    /// The event's name.
    pub name: String,
    /// Its data, `{}` for one without.
    pub data: Payload<'static>,
    /// When it happened, by the server's clock.
    pub timestamp: Timestamp,
    /// How many bytes its message had.
    pub(super) size: usize,
}

/// An event and when it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamped<E> {
    /// The event.
    pub event: E,
    /// When it happened, by the server's clock.
    pub timestamp: Timestamp,
}

impl RawEvent {
    /// The event as one of the set `E`, with its time.
    ///
    /// # Errors
    /// Its data are not what the schema says.
    pub fn decode<E: EventSet>(&self) -> Result<Stamped<E>, DecodeError> {
        Ok(Stamped {
            event: self.data.decode_event(&self.name)?,
            timestamp: self.timestamp,
        })
    }
}
