//! How replies, events and errors are shown.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use qapi_client::{Filter, Stamped};
use qapi_types::{Any, Encode, Refusal, UnknownEvent, Writer};

use super::super::event::write_told;
use super::super::layout::{Layout, write_json};

/// What is shown, and how.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) layout: Layout,
    /// Replies, refusals and events are shown as the messages that they were.
    pub(super) json: bool,
    pub(super) colors: bool,
    /// Which events are shown; none, without.
    pub(super) events: Option<Filter>,
}

/// What is said to people in a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Error,
    Event,
    /// What may be overlooked.
    Aside,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Error => AnsiColor::Red.on_default(),
            Self::Event => AnsiColor::Cyan.on_default(),
            Self::Aside => Style::new().dimmed(),
        }
    }
}

/// A message with one member, or the part of it that matters.
struct Single<'a>(&'static str, &'a dyn Encode);

impl Encode for Single<'_> {
    fn encode(&self, w: &mut Writer) {
        w.object(&[(self.0, self.1)]);
    }
}

impl View {
    /// The text in the colour of `tone`, if there are colours.
    pub(super) fn toned(&self, tone: Tone, text: &str) -> String {
        match self.colors {
            true => {
                let style = tone.style();
                format!("{style}{text}{style:#}")
            }
            false => text.to_owned(),
        }
    }

    /// Writes what a command has returned.
    pub(super) fn reply(&self, value: &Any, out: &mut dyn Write) -> io::Result<()> {
        match self.json {
            true => self.message("return", value, out),
            false => {
                write_json(value.as_json(), self.layout, out)?;
                writeln!(out)
            }
        }
    }

    /// Writes the message that a refusal was.
    pub(super) fn refusal(&self, refusal: &Refusal, out: &mut dyn Write) -> io::Result<()> {
        self.message("error", refusal, out)
    }

    fn message(
        &self,
        name: &'static str,
        value: &dyn Encode,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let message = Any::encode_from(&Single(name, value));
        write_json(message.as_json(), Layout::Compact, out)?;
        writeln!(out)
    }

    /// The event as a line, its end included; `None` if it is none of those that are shown.
    pub(super) fn event(&self, event: &Stamped<UnknownEvent>) -> Option<String> {
        let shown = self.events.as_ref();
        if !shown.is_some_and(|filter| filter.matches(&event.event.name)) {
            return None;
        }
        let mut line = Vec::new();
        // A vector takes everything, and what is written is text.
        write_told(event, self.json, &mut line).ok()?;
        let line = String::from_utf8(line).ok()?;
        match self.json {
            true => Some(line),
            false => Some(self.toned(Tone::Event, line.trim_end()) + "\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use qapi_types::Timestamp;

    use super::*;

    fn view(json: bool, colors: bool) -> View {
        View {
            layout: Layout::Compact,
            json,
            colors,
            events: Some(Filter::from("STOP")),
        }
    }

    #[test]
    fn replies_and_events() {
        let value: Any = r#"{"a": [1]}"#.parse().unwrap();
        let refusal = Refusal::generic("No");
        let stamped = |name: &str| Stamped {
            event: UnknownEvent {
                name: name.to_owned(),
                data: "{}".parse().unwrap(),
            },
            timestamp: Timestamp {
                seconds: 1,
                microseconds: 2,
            },
        };
        for (view, reply, event) in [
            (view(false, false), "{\"a\":[1]}\n", "1.000002 STOP\n"),
            (
                view(false, true),
                "{\"a\":[1]}\n",
                "\u{1b}[36m1.000002 STOP\u{1b}[0m\n",
            ),
            (
                view(true, true),
                "{\"return\":{\"a\":[1]}}\n",
                "{\"event\":\"STOP\",\"data\":{},\"timestamp\":{\"seconds\":1,\"microseconds\":2}}\n",
            ),
        ] {
            let mut out = Vec::new();
            view.reply(&value, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), reply);
            assert_eq!(view.event(&stamped("STOP")).as_deref(), Some(event));
            assert_eq!(view.event(&stamped("RESUME")), None);
        }
        let mut out = Vec::new();
        view(true, true).refusal(&refusal, &mut out).unwrap();
        assert_eq!(
            out,
            b"{\"error\":{\"class\":\"GenericError\",\"desc\":\"No\"}}\n"
        );
    }
}
