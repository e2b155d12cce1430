//! A transport under deadlines.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::Transport;
use super::deadline::{Deadline, MOMENT};

/// A transport, and what was received from it last.
pub(super) struct Connection {
    transport: Box<dyn Transport>,
    buffer: Box<[u8]>,
}

impl Connection {
    pub(super) fn new(transport: Box<dyn Transport>) -> Self {
        let buffer = vec![0; 64 << 10].into();
        Self { transport, buffer }
    }

    /// Sends the beginning of `bytes`, all of them if the server takes them; `None` if the deadline passes first.
    pub(super) fn send(
        &mut self,
        bytes: &[u8],
        deadline: &mut Deadline,
    ) -> io::Result<Option<usize>> {
        timed(&mut *self.transport, deadline, |transport| {
            transport.write(bytes)
        })
    }

    /// Receives what is there, or what comes first; `None` if the deadline passes before anything comes.
    pub(super) fn receive(&mut self, deadline: &mut Deadline) -> io::Result<Option<&[u8]>> {
        let buffer = &mut self.buffer;
        let received = timed(&mut *self.transport, deadline, |transport| {
            transport.read(buffer)
        })?;
        Ok(received.map(|count| &self.buffer[..count]))
    }
}

/// Does `io` until it has done something, or the deadline passes. That it can do nothing any more is an error.
fn timed(
    transport: &mut dyn Transport,
    deadline: &mut Deadline,
    mut io: impl FnMut(&mut dyn Transport) -> io::Result<usize>,
) -> io::Result<Option<usize>> {
    use io::ErrorKind::{Interrupted, TimedOut, UnexpectedEof, WouldBlock};
    while let Some(timeout) = deadline.remaining() {
        transport.set_timeout(timeout)?;
        match io(transport) {
            Ok(0) => return Err(UnexpectedEof.into()),
            Ok(count) => return Ok(Some(count)),
            Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Connects to the first of the addresses that `address` stands for which takes the connection.
pub(super) fn connect_tcp(address: &str, timeout: Option<Duration>) -> io::Result<TcpStream> {
    let mut failure = io::ErrorKind::AddrNotAvailable.into();
    for address in address.to_socket_addrs()? {
        let stream = match timeout {
            Some(timeout) => TcpStream::connect_timeout(&address, timeout.max(MOMENT)),
            None => TcpStream::connect(address),
        };
        match stream {
            Ok(stream) => {
                // A command is one write, and nothing follows until its reply is there.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}
