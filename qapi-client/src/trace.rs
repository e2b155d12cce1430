//! What a session tells whoever traces it; without the feature `tracing`, nothing.

use crate::core::{End, RawEvent};
use crate::error::Error;

/// The time of a call.
#[cfg(feature = "tracing")]
pub(crate) fn call(name: &str) -> tracing::Span {
    tracing::debug_span!(target: "qapi_client", "call", command = name)
}

/// How a call has ended.
pub(crate) fn called<T>(name: &str, result: &Result<T, Error>) {
    #[cfg(feature = "tracing")]
    match result {
        Ok(_) => tracing::trace!(target: "qapi_client", command = name, "returned"),
        Err(error) => tracing::debug!(target: "qapi_client", command = name, %error, "failed"),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = (name, result);
}

/// An event was received.
pub(crate) fn event(event: &RawEvent) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: "qapi_client", event = event.name, "event");
    #[cfg(not(feature = "tracing"))]
    let _ = event;
}

/// A reply came that nobody waits for any more.
pub(crate) fn late() {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: "qapi_client", "a late reply is dropped");
}

/// A message came that is nobody's.
pub(crate) fn stray() {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "qapi_client", "a message that is nobody's is dropped");
}

/// The session has ended.
pub(crate) fn ended(end: &End) {
    #[cfg(feature = "tracing")]
    match end {
        End::Closed => tracing::debug!(target: "qapi_client", "{end}"),
        _ => tracing::warn!(target: "qapi_client", "{end}"),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = end;
}

/// The connection is lost, and another is to be made.
pub(crate) fn restarted() {
    #[cfg(feature = "tracing")]
    tracing::info!(target: "qapi_client", "the connection is lost and made anew");
}
