//! How calls end that do not end well.

use std::fmt;
use std::io;

use qapi_types::{DecodeError, Refusal};

use crate::core::Violation;

/// Why a call has no result.
///
/// ```
/// use qapi_client::Error;
///
/// fn worth_another_try(error: &Error) -> bool {
///     // A command whose outcome is unknown may have been executed.
///     !error.outcome_unknown() && !matches!(error, Error::Refused(_))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection, for none could be made.
    Connect {
        /// The address that was tried.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The server has refused the command, or the command has failed.
    Refused(Refusal),
    /// The server has done the command, and what it answered is not what the schema says.
    Undecodable(Undecodable),
    /// The deadline has passed. A command may have been done, or may be done yet.
    TimedOut {
        /// What was waited for.
        waiting_for: String,
    },
    /// The connection is gone. A command may have been done. Every later call ends like this one.
    Lost {
        /// What the system says; without, the server has closed the connection.
        source: Option<io::Error>,
    },
    /// The server has said something that is not QMP. Every later call ends like this one.
    Protocol(Violation),
}

/// A reply or an event whose data are not what the schema says.
#[derive(Debug)]
pub struct Undecodable {
    /// The command's or the event's name.
    pub name: String,
    /// What is wrong, and where: path, offset in the message, snippet.
    pub error: DecodeError,
    /// The JSON text as it came.
    pub json: String,
}

impl Error {
    /// Whether a command that ended so may have been executed, or may be yet: it was sent, and nobody knows.
    pub fn outcome_unknown(&self) -> bool {
        matches!(
            self,
            Self::TimedOut { .. } | Self::Lost { .. } | Self::Protocol(_)
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { address, source } => write!(f, "cannot connect to {address}: {source}"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Undecodable(undecodable) => undecodable.fmt(f),
            Self::TimedOut { waiting_for } => write!(f, "timed out waiting for {waiting_for}"),
            Self::Lost { source: None } => write!(f, "the server has closed the connection"),
            Self::Lost {
                source: Some(error),
            } => write!(f, "the connection is lost: {error}"),
            Self::Protocol(violation) => write!(f, "this is not QMP: {violation}"),
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unexpected data from {}: {}", self.name, self.error)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { source, .. } => Some(source),
            Self::Lost { source } => source.as_ref().map(|error| error as _),
            Self::Undecodable(undecodable) => Some(&undecodable.error),
            Self::Refused(_) | Self::TimedOut { .. } | Self::Protocol(_) => None,
        }
    }
}

impl std::error::Error for Undecodable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Self::Protocol(violation)
    }
}
