//! An event as a line.

use std::io::{self, Write};

use qapi_client::Stamped;
use qapi_client::core::RawEvent;
use qapi_types::{Any, Encode, Null, UnknownEvent, Writer};

use super::layout::{Layout, legible_word, write_json};

/// Writes the event as a line for people, its time, name and data, or as the message that it was.
pub(super) fn write_event(event: &RawEvent, json: bool, out: &mut dyn Write) -> io::Result<()> {
    let told = Stamped {
        event: UnknownEvent {
            name: event.name.clone(),
            // Data that are not JSON have nothing to say.
            data: event.data.decode().unwrap_or(Null.into()),
        },
        timestamp: event.timestamp,
    };
    write_told(&told, json, out)
}

/// The same for one whose data have been looked at.
pub(super) fn write_told(
    told: &Stamped<UnknownEvent>,
    json: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if json {
        write_json(message(told).as_json(), Layout::Compact, out)?;
        return writeln!(out);
    }
    let event = &told.event;
    write!(out, "{} {}", told.timestamp, legible_word(&event.name))?;
    if event.data.as_json() != "{}" {
        write!(out, " ")?;
        write_json(event.data.as_json(), Layout::Compact, out)?;
    }
    writeln!(out)
}

/// The event as a message, its members in a fixed order.
pub(super) fn message(told: &Stamped<UnknownEvent>) -> Any {
    struct Message<'a>(&'a Stamped<UnknownEvent>);

    impl Encode for Message<'_> {
        fn encode(&self, w: &mut Writer) {
            let Stamped { event, timestamp } = self.0;
            w.object(&[
                ("event", &event.name),
                ("data", &event.data),
                ("timestamp", timestamp),
            ]);
        }
    }

    Any::encode_from(&Message(told))
}
