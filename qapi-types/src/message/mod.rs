//! The messages of QMP: what a server sends, and the requests it is sent.

mod greeting;
mod refusal;
mod request;
mod timestamp;

use std::borrow::Cow;
use std::ops::Range;

use crate::decode::Decode;
use crate::error::{DecodeError, Problem};
use crate::event::EventSet;
use crate::reader::{Limits, Reader};

pub use greeting::{Greeting, Version};
pub use refusal::{ErrorClass, Refusal};
pub use request::Request;
pub use timestamp::Timestamp;

/// A message from a server.
///
/// Its members may come in any order, and those that QMP does not name are skipped. What a reply or an event carries is
/// left as it is until it is known what it should be.
///
/// ```
/// use qapi_types::Message;
///
/// let message = Message::parse(r#"{"return": {"enabled": true}, "id": 7}"#)?;
/// let Message::Return { value, id } = message else { panic!() };
/// assert_eq!(id.and_then(|id| id.number()), Some(7));
/// assert_eq!(value.json(), r#"{"enabled": true}"#);
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Message<'a> {
    /// The first message of a server, before anything is asked.
    Greeting(Greeting),
    /// A command has done what it should.
    Return {
        /// What it returns.
        value: Payload<'a>,
        /// The request's id.
        id: Option<Payload<'a>>,
    },
    /// A command was refused or has failed.
    Error {
        /// Why.
        error: Refusal,
        /// The request's id; none if the server could not read so far.
        id: Option<Payload<'a>>,
    },
    /// Something has happened.
    Event {
        /// The event's name.
        name: String,
        /// The event's data, `{}` for one without.
        data: Payload<'a>,
        /// When it happened.
        timestamp: Timestamp,
    },
}

/// A value within a message, not decoded yet. It may not even be JSON: what the message says around it is all that was
/// read.
///
/// Errors about it speak of the whole message.
#[derive(Clone, Debug)]
pub struct Payload<'a> {
    message: Cow<'a, str>,
    /// Where it is in the message; an event without data has none there, and `{}` for its data.
    range: Option<Range<usize>>,
    member: &'static str,
    limits: Limits,
}

/// The data of an event that has none.
const NO_DATA: &str = "{}";

/// The place of a value within the text that is read.
struct Place(Range<usize>);

impl Decode for Place {
    fn blank() -> Self {
        Self(0..0)
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.0 = r.raw_range()?;
        Ok(())
    }
}

impl<'a> Message<'a> {
    /// Reads a message from its text, with the default limits.
    ///
    /// # Errors
    /// The text is no message of a QMP server.
    pub fn parse(text: &'a str) -> Result<Self, DecodeError> {
        Self::parse_within(text, Limits::default())
    }

    /// Reads a message from its text, with limits that hold for the values in it, too.
    ///
    /// # Errors
    /// The text is no message of a QMP server.
    pub fn parse_within(text: &'a str, limits: Limits) -> Result<Self, DecodeError> {
        if let Some(usual) = Self::usual_return(text, limits) {
            return Ok(usual);
        }
        let mut r = Reader::with_limits(text, limits);
        let (mut value, mut event, mut data, mut timestamp) = (None, None, None, None);
        let (mut error, mut id, mut greeting) = (None, None, None);
        r.object(&mut [
            ("return", &mut value),
            ("id", &mut id),
            ("timestamp", &mut timestamp),
            ("event", &mut event),
            ("data", &mut data),
            ("error", &mut error),
            ("QMP", &mut greeting),
        ])?;
        r.end()?;
        let payload = |place: Option<Place>, member| Payload {
            message: Cow::Borrowed(text),
            range: place.map(|Place(range)| range),
            member,
            limits,
        };
        let id = id.map(|place| payload(Some(place), "id"));
        Ok(match (value, error, event, greeting) {
            (Some(place), None, None, None) => Self::Return {
                value: payload(Some(place), "return"),
                id,
            },
            (None, Some(error), None, None) => Self::Error { error, id },
            (None, None, Some(name), None) => Self::Event {
                name,
                data: payload(data, "data"),
                timestamp: timestamp.unwrap_or_default(),
            },
            (None, None, None, Some(greeting)) => Self::Greeting(greeting),
            _ => {
                let expected = "an object with one of `return`, `error`, `event` and `QMP`";
                let found = "another".to_owned();
                let problem = Problem::Unexpected { expected, found };
                return Err(DecodeError::new(problem).placed(text, 0));
            }
        })
    }
}

impl<'a> Message<'a> {
    /// The reply that a QEMU gives to a request with a number as its id: `{"return": VALUE, "id": NUMBER}`. Its value lies
    /// between the two, however long it is, and need not be looked at to be found. A text that is made up to look like one
    /// and is none comes to light when the value is decoded, to the end of its place.
    fn usual_return(text: &'a str, limits: Limits) -> Option<Self> {
        const HEAD: &str = r#"{"return": "#;
        let end = text.trim_ascii_end().strip_suffix('}')?;
        let before_id = end.trim_end_matches(|ch: char| ch.is_ascii_digit());
        let value = before_id.strip_suffix(r#", "id": "#)?.strip_prefix(HEAD)?;
        let payload = |range, member| Payload {
            message: Cow::Borrowed(text),
            range: Some(range),
            member,
            limits,
        };
        let id = before_id.len()..end.len();
        (!id.is_empty()).then(|| Self::Return {
            value: payload(HEAD.len()..HEAD.len() + value.len(), "return"),
            id: Some(payload(id, "id")),
        })
    }
}

impl Payload<'_> {
    /// The value's text.
    pub fn json(&self) -> &str {
        match &self.range {
            Some(range) => &self.message[range.clone()],
            None => NO_DATA,
        }
    }

    /// The whole message that carries it, as the server has sent it.
    ///
    /// ```
    /// use qapi_types::Message;
    ///
    /// let text = r#"{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}"#;
    /// let Message::Event { data, .. } = Message::parse(text)? else { panic!() };
    /// assert_eq!((data.json(), data.message()), ("{}", text));
    /// # Ok::<(), qapi_types::DecodeError>(())
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The value as a `T`. An error's offset counts from the beginning of the message, its path begins with the member
    /// that carries the value.
    ///
    /// # Errors
    /// It is none.
    pub fn decode<T: Decode>(&self) -> Result<T, DecodeError> {
        self.read(|r| r.finish())
    }

    /// The value as the data of the event `name`.
    ///
    /// # Errors
    /// It is not the data of this event.
    pub fn decode_event<E: EventSet>(&self, name: &str) -> Result<E, DecodeError> {
        self.read(|r| E::decode_event(name, r))
    }

    fn read<T>(
        &self,
        decode: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let (message, range) = match &self.range {
            Some(range) => (&*self.message, range.clone()),
            None => (NO_DATA, 0..NO_DATA.len()),
        };
        let start = range.start;
        let mut reader = Reader::within(message, range, self.limits);
        decode(&mut reader).map_err(|error| error.placed(message, start).in_member(self.member))
    }

    /// The value if it is an integer that a client of ours can have sent as its id.
    pub fn number(&self) -> Option<u64> {
        self.decode().ok()
    }

    /// The value together with its message, to be kept until it is known what it should be.
    pub fn into_owned(self) -> Payload<'static> {
        Payload {
            message: Cow::Owned(self.message.into_owned()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
