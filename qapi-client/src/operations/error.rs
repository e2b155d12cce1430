//! How operations end that do not end well.

use std::fmt;

use crate::error::Error;

/// Why an operation was not completed.
///
/// ```
/// use qapi_client::OperationError;
///
/// fn may_be_completed_yet(error: &OperationError) -> bool {
///     match error {
///         OperationError::TimedOut { .. } => true,
///         OperationError::Session(error) => error.outcome_unknown(),
///         _ => false,
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum OperationError {
    /// A call has failed, or the machine has gone.
    Session(Error),
    /// The machine was told, and has failed or refused: what, and why in the server's words.
    Failed {
        /// What was to be done.
        what: String,
        /// Why it was not.
        why: String,
    },
    /// It was cancelled, by this caller or another.
    Cancelled {
        /// What was to be done.
        what: String,
    },
    /// The deadline has passed. It may be completed yet.
    TimedOut {
        /// What was to be done.
        what: String,
    },
}

impl From<Error> for OperationError {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => error.fmt(f),
            Self::Failed { what, why } => write!(f, "{what} has failed: {why}"),
            Self::Cancelled { what } => write!(f, "{what} was cancelled"),
            Self::TimedOut { what } => write!(f, "timed out waiting for {what}"),
        }
    }
}

impl std::error::Error for OperationError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Session(error) => error.source(),
            _ => None,
        }
    }
}
