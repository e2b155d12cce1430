//! What people and programs are told.

use qapi_types::{Any, Request};

use super::super::super::Failure;
use super::super::super::layout::{Layout, legible, write_json};
use super::super::view::Tone;
use super::{Flow, Interpreter, WRONG};

impl Interpreter<'_> {
    /// Whether somebody reads who is helped by more than the machine says.
    pub(in crate::qmp::shell) fn is_for_people(&self) -> bool {
        self.terminal && !self.teller().view.json
    }

    /// In which column of the terminal's last line `text` begins, if it stands there just as it was typed.
    pub(in crate::qmp::shell) fn typed_above(&self, text: &str) -> Option<usize> {
        let (columns, _) = self.size.filter(|_| self.is_for_people())?;
        let indent = self.prompt().len();
        let plain = text.chars().all(|c| c.is_ascii() && !c.is_control());
        (plain && indent + text.len() < columns).then_some(indent)
    }

    /// Says why something is not done.
    pub(in crate::qmp::shell) fn complain(&mut self, message: &str) -> Result<Flow, Failure> {
        self.say_wrong(message)?;
        Ok(WRONG)
    }

    pub(in crate::qmp::shell) fn say_wrong(&mut self, message: &str) -> Result<(), Failure> {
        let message = legible(message);
        match self.terminal {
            true => {
                let message = self.view().toned(Tone::Error, &message);
                writeln!(self.out, "{message}")?;
            }
            false => {
                // What was printed before is to be seen before.
                self.out.flush()?;
                writeln!(self.err, "qmp: line {}: {message}", self.line)?;
            }
        }
        Ok(())
    }

    /// Says something that is no reply.
    pub(in crate::qmp::shell) fn say(&mut self, message: &str) -> Result<(), Failure> {
        let message = self.view().toned(Tone::Aside, &legible(message));
        match self.terminal {
            true => writeln!(self.out, "{message}")?,
            false => writeln!(self.err, "{message}")?,
        }
        Ok(())
    }

    pub(super) fn show_request(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        out_of_band: bool,
    ) -> Result<(), Failure> {
        let mut request = Request::named(name);
        if let Some(arguments) = arguments {
            request = request.arguments(arguments);
        }
        if out_of_band {
            request = request.oob();
        }
        let view = self.view();
        let layout = if view.json {
            Layout::Compact
        } else {
            view.layout
        };
        write_json(Any::encode_from(&request).as_json(), layout, self.out)?;
        Ok(writeln!(self.out)?)
    }
}
