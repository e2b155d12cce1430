//! Messages, read and not yet routed.

use qapi_types::{Any, DecodeError, Greeting, Message, Payload, Reader, utf8};

use super::{Outcome, RawEvent, Violation};
use crate::limits::Limits;

/// A message.
pub(super) enum Received {
    Greeting(Greeting),
    Reply { id: ReplyId, outcome: Outcome },
    Event(RawEvent),
    Unknown,
}

/// The id that a reply has.
pub(super) enum ReplyId {
    None,
    /// One that may be ours.
    Number(u64),
    /// One that is none of ours.
    Other,
}

impl ReplyId {
    fn of(id: Option<Payload<'_>>) -> Self {
        match id.map(|id| id.decode()) {
            None => Self::None,
            Some(Ok(number)) => Self::Number(number),
            Some(Err(_)) => Self::Other,
        }
    }
}

impl Received {
    pub(super) fn read(message: &[u8], limits: Limits) -> Result<Self, Violation> {
        let not_json = |error: DecodeError| Violation::NotJson(error.to_string());
        let json = utf8(message).map_err(not_json)?;
        Ok(match Message::parse_within(json, limits.values) {
            Ok(Message::Greeting(greeting)) => Self::Greeting(greeting),
            Ok(Message::Return { value, id }) => Self::Reply {
                id: ReplyId::of(id),
                outcome: Outcome::Returned(value.into_owned()),
            },
            Ok(Message::Error { error, id }) => Self::Reply {
                id: ReplyId::of(id),
                outcome: Outcome::Refused(error),
            },
            Ok(Message::Event {
                name,
                data,
                timestamp,
            }) => Self::Event(RawEvent {
                name,
                data: data.into_owned(),
                timestamp,
                size: json.len(),
            }),
            // As long as it is JSON the messages after it are in step, and a newer server may know kinds that we do not.
            Err(error) => {
                let mut reader = Reader::with_limits(json, limits.values);
                let message: Any = reader.finish().map_err(not_json)?;
                // What a terminal in between gives back of what we say is no reply.
                let is_request = ["execute", "exec-oob"]
                    .iter()
                    .any(|name| message.get(name).is_some());
                match message.get("id").map(|id| id.to()) {
                    _ if is_request => Self::Unknown,
                    Some(Ok(number)) => Self::Reply {
                        id: ReplyId::Number(number),
                        outcome: Outcome::Unreadable {
                            error,
                            json: json.to_owned(),
                        },
                    },
                    _ => Self::Unknown,
                }
            }
        })
    }
}
