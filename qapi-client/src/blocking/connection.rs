//! A transport under deadlines.

use std::io;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::deadline::Deadline;
use super::stream::Stream;
use crate::core::Session;

/// A transport, and what it was told last about time.
pub(super) struct Connection {
    transport: Box<dyn Stream>,
    told: Option<Told>,
    /// More has come than is received at once in general.
    has_much: bool,
}

/// For which timeouts a transport need not be told another: those that are a hundredth shorter at most. So the system is told
/// one once in a while, not at every read.
struct Told(Option<RangeInclusive<Duration>>);

impl Told {
    fn new(timeout: Option<Duration>) -> Self {
        Self(timeout.map(|timeout| timeout - timeout / 100..=timeout))
    }

    fn is_near(&self, timeout: Option<Duration>) -> bool {
        match (&self.0, timeout) {
            (None, None) => true,
            (Some(near), Some(timeout)) => near.contains(&timeout),
            _ => false,
        }
    }
}

/// How much is received at once in general, which most replies fit in: what is not used is cleared for nothing.
const LITTLE: usize = 1 << 10;

/// The same while much is on its way.
const MUCH: usize = 16 << 10;

impl Connection {
    pub(super) fn new(transport: Box<dyn Stream>) -> Self {
        Self {
            transport,
            told: None,
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
            if self.told.as_ref().is_none_or(|told| !told.is_near(timeout)) {
                self.transport.set_timeout(timeout)?;
                self.told = Some(Told::new(timeout));
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
            true => self.receive_much(session, deadline),
        }
    }

    /// In a function of its own, for the pages of a large frame are touched on every way through the function that has it.
    #[inline(never)]
    fn receive_much(&mut self, session: &mut Session, deadline: &mut Deadline) -> io::Result<bool> {
        self.receive_into(&mut [0; MUCH], session, deadline)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_told_when_it_would_take_too_long() {
        for (told, timeout, is_near) in [
            (30_000, 30_000, true),
            (30_000, 29_800, true),
            (30_000, 29_600, false),
            (30_000, 30_001, false),
            (1, 1, true),
            (2, 1, false),
        ] {
            let [told, timeout] = [told, timeout].map(|millis| Some(Duration::from_millis(millis)));
            assert_eq!(
                Told::new(told).is_near(timeout),
                is_near,
                "{told:?}, {timeout:?}"
            );
            assert!(!Told::new(told).is_near(None) && !Told::new(None).is_near(timeout));
        }
        assert!(Told::new(None).is_near(None));
    }
}
