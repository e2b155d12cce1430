//! An event as a line.

use std::io::{self, Write};
use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_client::{Filter, Schema, Stamped};
use qapi_codegen::diagnostic::{closest, quoted};
use qapi_types::{Any, Encode, Null, UnknownEvent, Writer};

use super::Failure;
use super::deadline::Deadline;
use super::layout::{Layout, legible_word, write_json};

/// How long a machine may take to tell what it can say. One that is busy says it later, and its events may come before.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sees to it that the machine can say what is waited for: that each of the patterns is that of an event. One that does not
/// tell what it can say may say anything.
///
/// # Errors
/// It never will.
pub(super) fn expect(
    client: &mut Client,
    patterns: &[impl AsRef<str>],
    deadline: Deadline,
) -> Result<(), Failure> {
    // Whoever waits for all of them need not ask.
    if patterns.iter().all(|pattern| pattern.as_ref() == "*") {
        return Ok(());
    }
    // Should the machine have gone, it may have said something before.
    let time = deadline.within(PATIENCE);
    let Ok(told) = client.execute_raw_with("query-qmp-schema", None, time) else {
        return Ok(());
    };
    let Ok(schema) = told.to::<Schema>() else {
        return Ok(());
    };
    let names = || schema.events().map(|event| event.name());
    for pattern in patterns.iter().map(AsRef::as_ref) {
        let filter = Filter::from(pattern);
        if !names().any(|name| filter.matches(name)) {
            let begin = format!("the machine has no event {}", quoted(pattern));
            let same = names().find(|name| name.eq_ignore_ascii_case(pattern));
            return Err(Failure::Unmet(match same.or(closest(pattern, names())) {
                Some(near) => format!("{begin}: did you mean {}?", quoted(near)),
                None => begin,
            }));
        }
    }
    Ok(())
}

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
