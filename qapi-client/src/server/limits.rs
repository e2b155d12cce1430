//! What a client can make a server do.

/// Bounds on what is received from a client, and on what waits until it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a message may have.
    pub message: usize,
    /// How deep the values in a message may be nested.
    pub nesting: usize,
    /// How many tokens a message may have: names, strings, numbers, brackets, colons, commas.
    pub tokens: usize,
    /// What arguments may take once they are decoded.
    pub values: qapi_types::Limits,
    /// How many bytes may wait to be sent. A client that does not read what it is sent loses its connection.
    pub unsent: usize,
}

impl Limits {
    pub(super) const DEFAULT: Self = Self {
        message: 64 << 20,
        nesting: 1024,
        tokens: 2 << 20,
        values: qapi_types::Limits {
            nesting: 128,
            skipped_nesting: 1024,
            memory: 256 << 20,
        },
        unsent: 64 << 20,
    };
}

impl Default for Limits {
    /// QEMU's: messages of 64 MiB, 1,024 levels and two million tokens. 64 MiB unsent.
    fn default() -> Self {
        Self::DEFAULT
    }
}
