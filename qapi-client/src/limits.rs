//! What a server can make a session do.

/// Bounds on what is received and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a message may have.
    pub message: usize,
    /// How deep the values in a message may be nested, and what they may take in memory.
    pub values: qapi_types::Limits,
    /// How many events are kept until they are asked for.
    pub events: usize,
    /// How many bytes the messages of these events may have together.
    pub event_bytes: usize,
}

impl Default for Limits {
    /// Messages of 64 MiB and 1,024 levels, as QEMU has it for what it receives; 4,096 events of 16 MiB together.
    fn default() -> Self {
        Self {
            message: 64 << 20,
            values: qapi_types::Limits::default(),
            events: 4096,
            event_bytes: 16 << 20,
        }
    }
}
