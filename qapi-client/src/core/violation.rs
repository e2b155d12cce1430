//! What no QMP server says.

use std::fmt;

/// Why a stream of bytes is not QMP, or not within the limits. Nothing that follows can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// A message begins with something other than `{`.
    NoObject {
        /// The byte that is there.
        found: u8,
    },
    /// A message is longer than the limit.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// A message is nested deeper than the limit.
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// A message is not JSON.
    NotJson(String),
    /// The server answers before it has greeted, and before it was asked.
    NoGreeting,
    /// The server does not negotiate its capabilities: what it says instead.
    Negotiation(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject { found } => {
                let text = found.escape_ascii();
                write!(f, "a message begins with `{text}`, not with `{{`")?;
                match found {
                    // It presents itself with its version, and is taken for the other often.
                    b'Q' => write!(f, " (as that of QEMU's monitor for people does)"),
                    _ => Ok(()),
                }
            }
            Self::TooLong { limit } => write!(f, "a message has more than {limit} bytes"),
            Self::TooDeep { limit } => write!(f, "a message has more than {limit} levels"),
            Self::NotJson(why) => write!(f, "a message is not JSON: {why}"),
            Self::NoGreeting => write!(f, "the server does not greet"),
            Self::Negotiation(why) => write!(f, "the server does not negotiate: {why}"),
        }
    }
}

impl std::error::Error for Violation {}
