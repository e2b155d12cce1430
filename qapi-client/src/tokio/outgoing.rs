//! Sending what there is.

use std::io;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};

use super::connection::Connection;

/// What a connection is to take.
pub(super) trait Outgoing {
    /// What can be sent in one go.
    fn bytes(&self) -> &[u8];

    /// The descriptors that have to go with its first byte.
    #[cfg(unix)]
    fn descriptors(&self) -> &[OwnedFd] {
        &[]
    }

    /// The first `count` bytes have been sent, and the descriptors with them.
    fn sent(&mut self, count: usize);
}

/// Sends what the connection takes.
pub(super) fn send(
    outgoing: &mut impl Outgoing,
    connection: &mut Connection,
    cx: &mut Context<'_>,
) -> io::Result<()> {
    while !outgoing.bytes().is_empty() {
        let bytes = outgoing.bytes();
        #[cfg(unix)]
        let written = match outgoing.descriptors() {
            [] => connection.poll_write(cx, bytes),
            descriptors => connection.poll_write_with_descriptors(cx, bytes, descriptors),
        };
        #[cfg(not(unix))]
        let written = connection.poll_write(cx, bytes);
        match written {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(Ok(count)) => outgoing.sent(count),
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Poll::Ready(Err(error)) => return Err(error),
        }
    }
    match connection.poll_flush(cx) {
        Poll::Ready(flushed) => flushed,
        Poll::Pending => Ok(()),
    }
}
