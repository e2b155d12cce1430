//! Events, and where they wait until somebody asks for them.

use std::collections::VecDeque;

use qapi_types::{DecodeError, EventSet, Payload, Timestamp};

use crate::limits::Limits;

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

/// Events in the order they came, up to the bounds in [`Limits`].
///
/// When it is full the oldest go: what has just happened says more about the machine than what has long been so. How
/// many have gone is counted, so that whoever lives by events knows when to look at the machine itself.
#[derive(Debug)]
pub struct EventQueue {
    events: VecDeque<RawEvent>,
    bytes: usize,
    lost: u64,
    limits: Limits,
}

impl EventQueue {
    /// An empty queue.
    pub fn new(limits: Limits) -> Self {
        Self {
            events: VecDeque::new(),
            bytes: 0,
            lost: 0,
            limits,
        }
    }

    /// Takes an event in.
    pub fn push(&mut self, event: RawEvent) {
        self.bytes += event.size;
        self.events.push_back(event);
        while self.events.len() > self.limits.events || self.bytes > self.limits.event_bytes {
            self.pop();
            self.lost += 1;
        }
    }

    /// The oldest event.
    pub fn pop(&mut self) -> Option<RawEvent> {
        let event = self.events.pop_front()?;
        self.bytes -= event.size;
        Some(event)
    }

    /// How many events have gone because the queue was full.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qapi_types::{Message, UnknownEvent};

    fn event(name: &str) -> RawEvent {
        let json = format!(r#"{{"event": "{name}", "data": {{"a": 1}}}}"#);
        match Message::parse(&json) {
            Ok(Message::Event {
                name,
                data,
                timestamp,
            }) => RawEvent {
                name,
                data: data.into_owned(),
                timestamp,
                size: json.len(),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let size = event("A").size;
        for (events, event_bytes, expected) in [
            (9, 9 * size, vec!["A", "B", "C"]),
            (2, 9 * size, vec!["B", "C"]),
            (9, size * 2, vec!["B", "C"]),
            (9, size * 2 - 1, vec!["C"]),
            (0, 9 * size, vec![]),
        ] {
            let mut queue = EventQueue::new(Limits {
                events,
                event_bytes,
                ..Limits::default()
            });
            for name in ["A", "B", "C"] {
                queue.push(event(name));
            }
            assert_eq!(queue.lost(), 3 - expected.len() as u64);
            let kept = std::iter::from_fn(|| queue.pop());
            let kept: Vec<_> = kept
                .map(|event| event.decode::<UnknownEvent>().unwrap().event.name)
                .collect();
            assert_eq!(kept, expected);
        }
    }
}
