//! What a client and a server have said to each other, as a text: a line a message.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::thread;

use qapi_types::{Any, DecodeError, Problem, Reader, from_str};

use super::Limits;
use super::input::Input;

/// Who has said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// A message, and who has said it.
///
/// It is written as an object on a line of its own, and read again:
///
/// ```
/// use qapi_client::server::exchange::{Line, Side};
///
/// let text = r#"{"client": {"execute": "stop"}}"#;
/// let line: Line = text.parse()?;
/// assert_eq!(line.side, Side::Client);
/// assert_eq!(line.to_string(), text);
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Who has said it.
    pub side: Side,
    /// What was said. Of what was no message there is a string that says what was wrong with it.
    pub message: Any,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.side.name();
        write!(f, r#"{{"{name}": {}}}"#, self.message.as_json())
    }
}

impl std::str::FromStr for Line {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let mut r = Reader::new(text);
        let (mut client, mut server) = (None, None);
        r.exact_object(&mut [("client", &mut client), ("server", &mut server)])?;
        r.end()?;
        match (client, server) {
            (Some(message), None) => Ok(Self {
                side: Side::Client,
                message,
            }),
            (None, Some(message)) => Ok(Self {
                side: Side::Server,
                message,
            }),
            _ => Err(DecodeError::new(Problem::Unexpected {
                expected: "an object with `client` or `server`",
                found: "another".to_owned(),
            })),
        }
    }
}

/// Carries everything from a client to a server and back, until one of them hangs up, and writes it down: a [`Line`] a
/// message, in an order in which it can have been said. What is on a line has been written before it is passed on.
///
/// # Errors
/// It cannot be written down. Nothing is passed on then.
pub fn record(client: &UnixStream, server: &UnixStream, out: impl Write + Send) -> io::Result<()> {
    let out = Mutex::new(out);
    let carry = |side: Side, from: &UnixStream, to: &UnixStream| {
        let carried = carry(side, from, to, &out);
        // Whoever has not hung up learns that the other has.
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
        carried
    };
    thread::scope(|scope| {
        let there = scope.spawn(|| carry(Side::Client, client, server));
        let back = carry(Side::Server, server, client);
        match there.join() {
            Ok(there) => there.and(back),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn carry(
    side: Side,
    mut from: &UnixStream,
    mut to: &UnixStream,
    out: &Mutex<impl Write>,
) -> io::Result<()> {
    let mut input = Input::new(Limits::default());
    let mut chunk = vec![0; 64 << 10];
    // Who can be neither read from nor written to has hung up.
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        input.push(&chunk[..count]);
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(message) = input.next() {
            let message = match message {
                Ok(text) => from_str(&text).unwrap_or_else(|error| Any::from(error.to_string())),
                Err(malformed) => Any::from(malformed.to_string()),
            };
            writeln!(out, "{}", Line { side, message })?;
        }
        out.flush()?;
        drop(out);
        if to.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
    Ok(())
}
