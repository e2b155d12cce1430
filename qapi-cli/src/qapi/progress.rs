//! A line on standard error that says what is being done, for people; none when nobody is looking.

use std::io::{IsTerminal, Write};

/// Shows what is going on, and takes it away when dropped.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Progress {
            shown: std::io::stderr().is_terminal(),
        }
    }

    /// Replaces the line.
    pub(crate) fn show(&mut self, doing: &str) {
        if self.shown {
            // Standard error may be gone; that is no reason to stop working.
            let _ = write!(std::io::stderr(), "\r\x1b[K{doing} …");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
