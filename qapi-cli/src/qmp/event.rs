//! An event as a line.

use std::io::{self, Write};

use qapi_client::core::RawEvent;
use qapi_types::{Any, Null, Writer};

use super::layout::{Layout, legible_word, write_json};

/// Writes the event as a line for people, its time, name and data, or as the message that it was.
pub(super) fn write_event(event: &RawEvent, json: bool, out: &mut dyn Write) -> io::Result<()> {
    // Data that are not JSON have nothing to say.
    let data: Any = event.data.decode().unwrap_or(Null.into());
    if json {
        write_json(&message(event, &data), Layout::Compact, out)?;
        return writeln!(out);
    }
    let time = event.timestamp;
    let name = legible_word(&event.name);
    write!(out, "{}.{:06} {name}", time.seconds, time.microseconds)?;
    if data.as_json() != "{}" {
        write!(out, " ")?;
        write_json(data.as_json(), Layout::Compact, out)?;
    }
    writeln!(out)
}

/// The event as a message, its members in a fixed order.
fn message(event: &RawEvent, data: &Any) -> String {
    let mut writer = Writer::new();
    writer.object(&[
        ("event", &event.name),
        ("data", data),
        ("timestamp", &event.timestamp),
    ]);
    writer.into_text()
}
