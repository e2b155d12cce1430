//! What a client and a server have said to each other, as a text: a line a message, and one at the end of a connection.

#[cfg(all(unix, feature = "tokio"))]
mod backlog;
#[cfg(unix)]
mod carry;
mod recording;

use std::borrow::Cow;
use std::fmt;

use qapi_types::{Any, Decode, DecodeError, Limits, Problem, Reader};

use super::input::Input;
#[cfg(all(unix, feature = "tokio"))]
pub(crate) use backlog::Backlog;
#[cfg(unix)]
pub use carry::record;
pub use recording::Recording;

/// Who has said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Side {
    /// Who is spoken with.
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// A line of a recording: an object with one member.
///
/// ```
/// use qapi_client::server::exchange::{Line, Side};
///
/// let text = r#"{"client": {"execute": "stop"}}"#;
/// let line: Line = text.parse()?;
/// assert!(matches!(&line, Line::Said(Side::Client, message) if message.get("execute").is_some()));
/// assert_eq!(line.to_string(), text);
/// assert_eq!(Line::Delimiter(Side::Client).to_string(), r#"{"delimiter": "client"}"#);
/// assert_eq!(Line::End(Side::Server).to_string(), r#"{"end": "server"}"#);
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A message, and who has said it. Of what was no message there is a string that says what was wrong with it.
    Said(Side, Any),
    /// The byte 0xFF, and who has sent it: a guest's agent and its client come into step by it. It ends what was begun before
    /// it, whatever that was.
    Delimiter(Side),
    /// The end of the connection, and who has hung up.
    End(Side),
}

/// A line has one level more than the message in it, which may be as deep as QEMU's are.
const LIMITS: Limits = {
    let mut limits = super::Limits::DEFAULT.values;
    limits.skipped_nesting += 1;
    limits
};

/// Cuts what one side says into messages: as QEMU takes them; what it says itself may have any number of tokens.
fn input(side: Side) -> Input {
    let mut limits = super::Limits::default();
    if side == Side::Server {
        limits.tokens = usize::MAX;
    }
    Input::new(limits)
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(side, message) => {
                write!(
                    f,
                    r#"{{"{}": {}}}"#,
                    side.name(),
                    on_one_line(message.as_json())
                )
            }
            Self::Delimiter(side) => write!(f, r#"{{"delimiter": "{}"}}"#, side.name()),
            Self::End(side) => write!(f, r#"{{"end": "{}"}}"#, side.name()),
        }
    }
}

/// JSON has line ends between its tokens only, where they say nothing.
fn on_one_line(json: &str) -> Cow<'_, str> {
    match json.contains(['\r', '\n']) {
        false => json.into(),
        true => json.replace(['\r', '\n'], " ").into(),
    }
}

impl std::str::FromStr for Line {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let mut r = Reader::with_limits(text, LIMITS);
        let (mut client, mut server, mut delimiter, mut end) = (None, None, None, None);
        r.exact_object(&mut [
            ("client", &mut client),
            ("server", &mut server),
            ("delimiter", &mut delimiter),
            ("end", &mut end),
        ])?;
        r.end()?;
        match (client, server, delimiter, end) {
            (Some(message), None, None, None) => Ok(Self::Said(Side::Client, message)),
            (None, Some(message), None, None) => Ok(Self::Said(Side::Server, message)),
            (None, None, Some(side), None) => Ok(Self::Delimiter(side)),
            (None, None, None, Some(side)) => Ok(Self::End(side)),
            _ => Err(DecodeError::new(Problem::Unexpected {
                expected: "an object with `client`, `server`, `delimiter` or `end`",
                found: "another".to_owned(),
            })),
        }
    }
}

impl Decode for Side {
    fn blank() -> Self {
        Self::Client
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = match &*r.string()? {
            "client" => Self::Client,
            "server" => Self::Server,
            other => return Err(r.unknown_value("Side", other)),
        };
        Ok(())
    }
}
