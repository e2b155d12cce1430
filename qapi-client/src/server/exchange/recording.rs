//! What is said, written down while it is said.

use std::io::{self, Write};

use qapi_types::from_str;

use super::super::input::{Input, Malformed};
use super::{Line, Side, input};

/// A recording that is being written, of one connection or of several, one after the other.
///
/// Whoever carries what a client and a server say to each other tells it first: then what one of them has heard is in the
/// recording, whatever happens next.
///
/// ```
/// use qapi_client::server::exchange::{Recording, Side};
///
/// let mut text = Vec::new();
/// let mut recording = Recording::new(&mut text);
/// recording.hear(Side::Client, b"{'execute': 'qu")?;
/// recording.hear(Side::Client, b"it'}")?;
/// recording.hear(Side::Server, b"{\"return\": {}}\r\n")?;
/// recording.end(Side::Server)?;
/// let expected = r#"{"client": {"execute": "quit"}}
/// {"server": {"return": {}}}
/// {"end": "server"}
/// "#;
/// assert_eq!(str::from_utf8(&text), Ok(expected));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Recording<W> {
    out: W,
    client: Input,
    server: Input,
}

impl<W: Write> Recording<W> {
    /// A recording that is written to `out`: whole lines, in one go as far as `out` takes them.
    pub fn new(out: W) -> Self {
        Self {
            out,
            client: input(Side::Client),
            server: input(Side::Server),
        }
    }

    /// Takes what one side has said, however it is split, and writes down the messages that are complete with it.
    ///
    /// # Errors
    /// They cannot be written. Then they had better not be passed on, either.
    pub fn hear(&mut self, side: Side, bytes: &[u8]) -> io::Result<()> {
        let input = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        input.push(bytes);
        let mut text = String::new();
        while let Some(message) = input.next() {
            let said = |message| Line::Said(side, message);
            text.push_str(&line(&match message {
                Ok(text) => said(from_str(&text).unwrap_or_else(|error| error.to_string().into())),
                Err(Malformed::DELIMITER) => Line::Delimiter(side),
                Err(malformed) => said(malformed.to_string().into()),
            }));
        }
        self.write(&text)
    }

    /// One side has hung up, and the connection has ended. What it had begun to say is no message and is not written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end(&mut self, side: Side) -> io::Result<()> {
        (self.client, self.server) = (input(Side::Client), input(Side::Server));
        self.write(&line(&Line::End(side)))
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

fn line(line: &Line) -> String {
    format!("{line}\n")
}
