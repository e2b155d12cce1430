//! A transport under deadlines.

use std::io;
use std::time::Duration;

use super::Transport;
use super::deadline::Deadline;
use crate::core::Session;

/// A transport, and how long it was last told that it may take.
pub(super) struct Connection {
    transport: Box<dyn Transport>,
    timeout: Option<Option<Duration>>,
}

/// How much is received at once.
const CHUNK: usize = 16 << 10;

impl Connection {
    pub(super) fn new(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            timeout: None,
        }
    }

    /// Does `io` until it has done something, or the deadline passes: `None`. That it can do nothing any more is an error.
    pub(super) fn timed(
        &mut self,
        deadline: &mut Deadline,
        mut io: impl FnMut(&mut dyn Transport) -> io::Result<usize>,
    ) -> io::Result<Option<usize>> {
        use io::ErrorKind::{Interrupted, TimedOut, UnexpectedEof, WouldBlock};
        while let Some(timeout) = deadline.remaining() {
            if self.timeout != Some(timeout) {
                self.transport.set_timeout(timeout)?;
                self.timeout = Some(timeout);
            }
            match io(&mut *self.transport) {
                Ok(0) => return Err(UnexpectedEof.into()),
                Ok(count) => return Ok(Some(count)),
                Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Receives what is there, or what comes first; `false` if the deadline passes before anything comes.
    pub(super) fn receive(
        &mut self,
        session: &mut Session,
        deadline: &mut Deadline,
    ) -> io::Result<bool> {
        // On the stack, for a session that has nothing to do should take no memory.
        let mut buffer = [0; CHUNK];
        let count = self.timed(deadline, |transport| transport.read(&mut buffer))?;
        if let Some(count) = count {
            session.receive(&buffer[..count]);
        }
        Ok(count.is_some())
    }
}
