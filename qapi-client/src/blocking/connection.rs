//! A transport under deadlines.

use std::io;
use std::time::Duration;

use super::deadline::Deadline;
use super::stream::Stream;
use crate::core::Session;

/// A transport, and how long it was last told that it may take.
pub(super) struct Connection {
    transport: Box<dyn Stream>,
    timeout: Option<Option<Duration>>,
    /// More has come than is received at once in general.
    has_much: bool,
}

/// How much is received at once in general, which most replies fit in: what is not used is cleared for nothing.
const LITTLE: usize = 1 << 10;

/// The same while much is on its way.
const MUCH: usize = 16 << 10;

impl Connection {
    pub(super) fn new(transport: Box<dyn Stream>) -> Self {
        Self {
            transport,
            timeout: None,
            has_much: false,
        }
    }

    /// Does `io` until it has done something, or the deadline passes: `None`. That it can do nothing any more is an error.
    pub(super) fn timed(
        &mut self,
        deadline: &mut Deadline,
        mut io: impl FnMut(&mut dyn Stream) -> io::Result<usize>,
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
        match self.has_much {
            false => self.receive_into(&mut [0; LITTLE], session, deadline),
            true => self.receive_into(&mut [0; MUCH], session, deadline),
        }
    }

    fn receive_into(
        &mut self,
        buffer: &mut [u8],
        session: &mut Session,
        deadline: &mut Deadline,
    ) -> io::Result<bool> {
        let count = self.timed(deadline, |transport| transport.read(buffer))?;
        if let Some(count) = count {
            self.has_much = count == buffer.len();
            session.receive(&buffer[..count]);
        }
        Ok(count.is_some())
    }
}
