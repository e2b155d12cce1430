//! What a session needs of its transport.

use std::io;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::time::Duration;

use super::Transport;

/// A transport as a session uses it. A table of all methods that a [`Transport`] has would bring those of [`Read`](io::Read) and
/// [`Write`](io::Write) into every program, once for each kind of transport, and nobody calls them.
pub(super) trait Stream: Send {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()>;
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    #[cfg(unix)]
    fn passes_descriptors(&self) -> bool;
    #[cfg(unix)]
    fn write_with_descriptors(&mut self, bytes: &[u8], with: &[OwnedFd]) -> io::Result<usize>;
}

impl<T: Transport> Stream for T {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        Transport::set_timeout(self, timeout)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(self, buffer)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(self, bytes)
    }

    #[cfg(unix)]
    fn passes_descriptors(&self) -> bool {
        Transport::passes_descriptors(self)
    }

    #[cfg(unix)]
    fn write_with_descriptors(&mut self, bytes: &[u8], with: &[OwnedFd]) -> io::Result<usize> {
        Transport::write_with_descriptors(self, bytes, with)
    }
}
