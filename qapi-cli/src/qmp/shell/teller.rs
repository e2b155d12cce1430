//! What the machine says that was not asked: who is told.

use qapi_client::{Error, Stamped};
use qapi_types::UnknownEvent;

use super::super::layout::legible;
use super::record::Recorder;
use super::session::Told;
use super::view::{Tone, View};

/// Whoever hears what the machine says by itself: shows it, writes it down, and remembers whether the machine will end.
#[derive(Debug)]
pub(super) struct Teller {
    pub(super) view: View,
    pub(super) recorder: Option<Recorder>,
    /// The machine has said that it will end, or was told to: it does not come as a surprise.
    pub(super) is_ending: bool,
}

impl Teller {
    /// What is to be shown of it, lines with their ends.
    pub(super) fn tell(&mut self, told: Told) -> Option<String> {
        match told {
            Told::Line(line) => Some(self.view.toned(Tone::Aside, &line) + "\n"),
            Told::Event(event) => self.event(&event),
            Told::Trouble(error) => Some(self.trouble(&error)),
        }
    }

    fn event(&mut self, event: &Stamped<UnknownEvent>) -> Option<String> {
        match &*event.event.name {
            "SHUTDOWN" => self.is_ending = true,
            // It has thought better of it.
            "RESET" | "RESUME" => self.is_ending = false,
            _ => {}
        }
        let trouble = self.record(|recorder| recorder.event(event)).err();
        let shown = self.view.event(event);
        match (shown, trouble) {
            (Some(shown), Some(trouble)) => Some(shown + &trouble),
            (shown, trouble) => shown.or(trouble),
        }
    }

    fn trouble(&self, error: &Error) -> String {
        self.view.toned(Tone::Error, &legible(&error.to_string())) + "\n"
    }

    /// Writes something down, if there is a recording.
    ///
    /// # Errors
    /// It cannot be written. That is the end of the recording; what is to be said about it comes back.
    pub(super) fn record<T>(
        &mut self,
        write: impl FnOnce(&mut Recorder) -> std::io::Result<T>,
    ) -> Result<Option<T>, String> {
        let Some(recorder) = &mut self.recorder else {
            return Ok(None);
        };
        write(recorder).map(Some).map_err(|error| {
            self.recorder = None;
            let message = format!("the recording has ended: {error}");
            self.view.toned(Tone::Error, &message) + "\n"
        })
    }
}
