//! What goes through a session, in numbers.

/// Counts since the session began.
///
/// ```
/// use qapi_client::core::{Call, Session};
///
/// let mut session = Session::without_greeting(Default::default());
/// session.call(Call::new("guest-ping", None));
/// session.sent(session.outgoing().len());
/// assert_eq!((session.metrics().calls, session.metrics().bytes_sent), (1, 31));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Calls that were made.
    pub calls: u64,
    /// Bytes that the system has taken.
    pub bytes_sent: u64,
    /// Bytes that were received.
    pub bytes_received: u64,
    /// Events that were received.
    pub events: u64,
    /// Events that were dropped because a subscriber had no room for them; once for each that had none.
    pub events_lost: u64,
    /// Replies that came when nobody waited for them any more.
    pub late_replies: u64,
    /// Messages that were nobody's: with ids that were never given out or are answered already, or of unknown kinds.
    pub strays: u64,
    /// How often the connection was made anew.
    pub reconnects: u64,
}
