//! How calls end that do not end well.

use std::fmt;
use std::io;
use std::sync::Arc;

use qapi_types::{DecodeError, Refusal};

use crate::core::{End, Session, Violation};

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
    /// The deadline has passed.
    TimedOut {
        /// What was waited for.
        waiting_for: String,
        /// Whether the command had been sent: it may have been done, or may be done yet.
        sent: bool,
    },
    /// The connection is gone. Every later call ends like this one.
    Lost {
        /// What the system says; without, the server has closed the connection.
        source: Option<Arc<io::Error>>,
        /// Whether the command had been sent: it may have been done.
        sent: bool,
    },
    /// Commands cannot be executed out of band, for the reason given; this one was not sent.
    OutOfBand(NotOutOfBand),
    /// The connection cannot pass file descriptors, or not so many; the command was not sent.
    Descriptors,
    /// Events have happened that are not told: so many were dropped because nobody took them in time, or, without a number,
    /// the connection was down. More follow.
    Gap(Option<u64>),
    /// A subscription has ended because nobody took its events in time, as [`Overflow::Fail`](crate::Overflow) wants it.
    Overflow,
    /// The server has said something that is not QMP. Every later call ends like this one.
    Protocol(NotQmp),
}

/// Why a command is not executed out of band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotOutOfBand {
    /// The schema does not allow it for this command.
    Command(&'static str),
    /// The server does not offer it, or [`Options::out_of_band`](crate::Options::out_of_band) did not ask.
    Session,
}

/// Something that no server says which speaks QMP, and the call that it has ended.
#[derive(Clone, Debug)]
pub struct NotQmp {
    /// What was said.
    pub violation: Violation,
    /// Whether the command had been sent: it may have been done.
    pub sent: bool,
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
        match self {
            Self::TimedOut { sent, .. } | Self::Lost { sent, .. } => *sent,
            Self::Protocol(NotQmp { sent, .. }) => *sent,
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { address, source } => write!(f, "cannot connect to {address}: {source}"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Undecodable(undecodable) => undecodable.fmt(f),
            Self::TimedOut { waiting_for, .. } => write!(f, "timed out waiting for {waiting_for}"),
            Self::Lost { source: None, .. } => End::Closed.fmt(f),
            Self::Lost {
                source: Some(error),
                ..
            } => End::Failed(Arc::clone(error)).fmt(f),
            Self::Protocol(NotQmp { violation, .. }) => End::Violation(violation.clone()).fmt(f),
            Self::OutOfBand(NotOutOfBand::Command(name)) => {
                write!(f, "{name} cannot be executed out of band")
            }
            Self::OutOfBand(NotOutOfBand::Session) => {
                write!(f, "out-of-band execution was not negotiated")
            }
            Self::Descriptors => write!(f, "the connection cannot pass these file descriptors"),
            Self::Gap(Some(count)) => write!(f, "{count} events were dropped"),
            Self::Gap(None) => write!(f, "the connection was made anew, events may be missing"),
            Self::Overflow => write!(f, "too many events have waited"),
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unexpected data from {}: {}", self.name, self.error)
    }
}

impl std::error::Error for Error {
    /// The cause of what the system says. That itself is a field, and its text is in this error's: a chain of errors says
    /// nothing twice.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { source, .. } => source.source(),
            Self::Lost { source, .. } => source.as_ref()?.source(),
            _ => None,
        }
    }
}

impl std::error::Error for Undecodable {}

impl Error {
    pub(crate) fn connect(address: impl fmt::Display, source: io::Error) -> Self {
        Self::Connect {
            address: address.to_string(),
            source,
        }
    }

    /// What a call, or a wait for an event, comes to when the session has ended.
    pub(crate) fn ended(end: &End, sent: bool) -> Self {
        match end {
            End::Closed => Self::Lost { source: None, sent },
            End::Failed(error) => Self::Lost {
                source: Some(Arc::clone(error)),
                sent,
            },
            End::Violation(violation) => Self::Protocol(NotQmp {
                violation: violation.clone(),
                sent,
            }),
        }
    }

    /// Why a session is not ready when the time for its negotiation is over, or none any more.
    pub(crate) fn not_ready(session: &Session) -> Self {
        let waiting_for = match (session.ended(), session.greeting()) {
            (Some(end), _) => return Self::ended(end, false),
            (None, None) => "the server's greeting",
            (None, Some(_)) => "the reply to qmp_capabilities",
        };
        Self::TimedOut {
            waiting_for: waiting_for.to_owned(),
            sent: false,
        }
    }

    /// The reply to a command has not come in time.
    pub(crate) fn not_in_time(name: &str, sent: bool) -> Self {
        Self::TimedOut {
            waiting_for: format!("the reply to {name}"),
            sent,
        }
    }

    pub(crate) fn undecodable(name: &str, error: DecodeError, json: &str) -> Self {
        Self::Undecodable(Undecodable {
            name: name.to_owned(),
            error,
            json: json.to_owned(),
        })
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_chain_of_errors_says_nothing_twice() {
        let inner = io::Error::other("the cable");
        let outer = || io::Error::other(Outer(io::Error::other("the cable")));
        let lost = |source: io::Error| Error::Lost {
            source: Some(Arc::new(source)),
            sent: true,
        };
        for (error, chain) in [
            (
                Error::connect("vm.sock", io::ErrorKind::NotFound.into()),
                &["cannot connect to vm.sock: entity not found"][..],
            ),
            (
                Error::connect("vm.sock", outer()),
                &["cannot connect to vm.sock: no light", "the cable"],
            ),
            (lost(inner), &["the connection is lost: the cable"]),
            (
                lost(outer()),
                &["the connection is lost: no light", "the cable"],
            ),
        ] {
            let mut told = vec![error.to_string()];
            let mut next = error.source();
            while let Some(error) = next {
                told.push(error.to_string());
                next = error.source();
            }
            assert_eq!(told, chain);
        }
    }

    /// What does not tell its cause.
    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no light")
        }
    }

    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
}
