//! What a server can make a session do.

/// Bounds on what is received and kept.
///
/// A message that is too long or too deep ends the session ([`Error::Protocol`](crate::Error)): nobody knows where it would
/// end. A value that is too deep for its type, or takes too much memory, is but one that cannot be read
/// ([`Error::Undecodable`](crate::Error)): the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a message may have.
    pub message: usize,
    /// How deep the values in a message may be nested, and what they may take in memory. As deep as values that are passed
    /// over ([`skipped_nesting`](qapi_types::Limits::skipped_nesting)) a whole message may be.
    pub values: qapi_types::Limits,
    /// How many events wait for a subscriber who has not said how many may.
    pub events: usize,
    /// How many bytes the messages of these events may have together.
    pub event_bytes: usize,
    /// How many in-band commands may be on the wire at once; others wait for their replies. With more than eight QEMU
    /// might not read an out-of-band one.
    pub in_flight: usize,
}

impl Limits {
    /// What a guest may do to whom talks to its agent: messages of 16 MiB and 64 levels, values of 64 MiB. Nothing that
    /// an agent has to say is larger, but for files that are read in pieces of more than 12 MiB.
    pub fn guest() -> Self {
        Self {
            message: 16 << 20,
            values: qapi_types::Limits {
                nesting: 64,
                skipped_nesting: 64,
                memory: 64 << 20,
            },
            ..Self::default()
        }
    }
}

impl Default for Limits {
    /// Messages of 64 MiB and 1,024 levels, as QEMU has it for what it receives; 4,096 events of 16 MiB together;
    /// eight commands.
    fn default() -> Self {
        Self {
            message: 64 << 20,
            values: qapi_types::Limits::default(),
            events: 4096,
            event_bytes: 16 << 20,
            in_flight: 8,
        }
    }
}
