//! How sessions end.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::Violation;

/// Why a session is at its end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum End {
    /// The server has closed the connection.
    Closed,
    /// The connection has failed: what the system says.
    Failed(Arc<io::Error>),
    /// The server has said something that is not QMP.
    Violation(Violation),
}

impl End {
    /// Whether the other side has just gone, in whatever way the system tells: no more than that is wrong.
    pub fn is_departure(&self) -> bool {
        match self {
            Self::Closed => true,
            Self::Failed(error) => is_departure(error),
            Self::Violation(_) => false,
        }
    }
}

/// Whether an error only tells that the other side has gone.
pub(crate) fn is_departure(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Failed(Arc::new(error)),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "the server has closed the connection"),
            Self::Failed(error) => write!(f, "the connection is lost: {error}"),
            Self::Violation(violation) => write!(f, "this is not QMP: {violation}"),
        }
    }
}
