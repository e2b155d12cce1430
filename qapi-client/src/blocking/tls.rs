//! TLS over TCP.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, ClientConnection};

use super::Transport;
use super::deadline::Deadline;
use super::tcp;
use crate::address::server_name;

/// A connection that has been agreed about. Each read and write looks at the socket once, so that a server that sends byte
/// by byte holds nobody beyond a deadline.
pub(super) struct Tls {
    connection: ClientConnection,
    stream: TcpStream,
}

/// Connects and comes to an agreement.
pub(super) fn connect(
    address: &str,
    config: Arc<ClientConfig>,
    timeout: Option<Duration>,
) -> io::Result<Tls> {
    let mut deadline = Deadline::after(timeout);
    let name = server_name(address)?;
    let mut tls = Tls {
        connection: ClientConnection::new(config, name).map_err(io::Error::other)?,
        stream: tcp::connect(address, &mut deadline)?,
    };
    while tls.connection.is_handshaking() || tls.connection.wants_write() {
        let Some(remaining) = deadline.remaining() else {
            return Err(io::ErrorKind::TimedOut.into());
        };
        tls.set_timeout(remaining)?;
        let done = match tls.connection.wants_write() {
            true => tls.send(),
            false => tls.receive(),
        };
        match done {
            Ok(()) => {}
            Err(error) if is_for_now(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(tls)
}

/// Whether it may go on later.
fn is_for_now(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

impl Tls {
    /// Sends all that is to be sent.
    fn send(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.stream)?;
        }
        Ok(())
    }

    /// Receives what comes first.
    fn receive(&mut self) -> io::Result<()> {
        if self.connection.read_tls(&mut self.stream)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Err(error) = self.connection.process_new_packets() {
            // The server is told, if it listens.
            let _ = self.send();
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(())
    }
}

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.connection.reader().read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return done,
        }
        // What is to be sent may be what the server waits for.
        self.send()?;
        self.receive()?;
        self.connection.reader().read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What could not be sent before goes first: it would pile up.
        self.send()?;
        let count = self.connection.writer().write(bytes)?;
        match self.send() {
            // It goes with the next read or write.
            Err(error) if is_for_now(&error) => Ok(count),
            Err(error) => Err(error),
            Ok(()) => Ok(count),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

impl Transport for Tls {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.stream.set_timeout(timeout)
    }
}
