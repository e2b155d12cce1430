//! TCP.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};

use super::deadline::Deadline;

/// Connects to the first of the addresses that `address` stands for which takes the connection.
pub(super) fn connect(address: &str, deadline: &mut Deadline) -> io::Result<TcpStream> {
    let mut failure = io::ErrorKind::AddrNotAvailable.into();
    for address in address.to_socket_addrs()? {
        let stream = match deadline.remaining() {
            Some(Some(remaining)) => TcpStream::connect_timeout(&address, remaining),
            Some(None) => TcpStream::connect(address),
            None => return Err(io::ErrorKind::TimedOut.into()),
        };
        match stream {
            Ok(stream) => {
                // A command is one write, and nothing follows until its reply is there.
                stream.set_nodelay(true)?;
                // A server whose host has gone without a word is noticed, sooner or later.
                #[cfg(all(unix, feature = "system"))]
                rustix::net::sockopt::set_socket_keepalive(&stream, true)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}
