//! A recording of what is said, which can be played again.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use qapi_client::server::exchange::{Line, Side};
use qapi_client::{Error, Stamped};
use qapi_types::{Any, Encode, Greeting, Request, UnknownEvent, Writer};

use super::super::event::message;
use super::super::recording;

/// A file to which everything is written that is said to the machine and by it, a line a message, but for what the shell
/// asks for itself while somebody types.
#[derive(Debug)]
pub(super) struct Recorder {
    file: File,
    next_id: u64,
}

/// A message of the machine's: what it is about, and what it says; the id, if it is a reply.
struct Said<'a>(&'static str, &'a dyn Encode, Option<u64>);

impl Encode for Said<'_> {
    fn encode(&self, w: &mut Writer) {
        w.object(&[(self.0, self.1), ("id", &self.2)]);
    }
}

impl Recorder {
    /// A recording in a new file, which nobody else may read, for passwords are said as well. It begins as the session has:
    /// the machine greets, and is told that it may do commands.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub(super) fn create(path: &Path, greeting: &Greeting, oob: bool) -> io::Result<Self> {
        let mut recorder = Self {
            file: recording::create(path, false)?,
            next_id: 0,
        };
        recorder.say(Side::Server, Any::encode_from(&Said("QMP", greeting, None)))?;
        let enable: Any = r#"{"enable": ["oob"]}"#.parse().map_err(io::Error::other)?;
        let id = recorder.request("qmp_capabilities", oob.then_some(&enable), false)?;
        recorder.reply(id, &Ok(Any::encode_from(&())))?;
        Ok(recorder)
    }

    /// Writes down a command; answers the id under which its reply is to be written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn request(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        oob: bool,
    ) -> io::Result<u64> {
        let id = self.next_id;
        self.next_id += 1;
        let mut request = Request::named(name).id(id);
        if let Some(arguments) = arguments {
            request = request.arguments(arguments);
        }
        if oob {
            request = request.oob();
        }
        self.say(Side::Client, Any::encode_from(&request))?;
        Ok(id)
    }

    /// Writes down what the machine has answered, if it has, or that it has ended.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn reply(&mut self, id: u64, result: &Result<Any, Error>) -> io::Result<()> {
        let (name, value): (_, &dyn Encode) = match result {
            Ok(value) => ("return", value),
            Err(Error::Refused(refusal)) => ("error", refusal),
            Err(Error::Lost { .. }) => return self.write(&Line::End(Side::Server)),
            Err(_) => return Ok(()),
        };
        self.say(Side::Server, Any::encode_from(&Said(name, value, Some(id))))
    }

    /// Writes down an event.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn event(&mut self, event: &Stamped<UnknownEvent>) -> io::Result<()> {
        self.say(Side::Server, message(event))
    }

    fn say(&mut self, side: Side, message: Any) -> io::Result<()> {
        self.write(&Line::Said(side, message))
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        // In one go: whoever looks into the file finds whole lines.
        let line = format!("{line}\n");
        self.file.write_all(line.as_bytes())
    }
}
