//! What a client and a server have said to each other, as a text: a line a message.

#[cfg(unix)]
mod carry;

use std::fmt;

use qapi_types::{Any, DecodeError, Problem, Reader};

#[cfg(unix)]
pub use carry::record;

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
