//! Making connections.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::path::Path;
use std::time::{Duration, Instant};

use super::deadline::MOMENT;
use super::{Client, Transport};
use crate::address::Address;
use crate::error::Error;
use crate::options::Options;

impl Client {
    /// Connects to an address, with the default options.
    ///
    /// ```no_run
    /// use qapi_client::blocking::Client;
    ///
    /// let client = Client::connect(&"unix:@vm".parse()?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`over`](Self::over).
    pub fn connect(address: &Address) -> Result<Self, Error> {
        Self::connect_with(address, Options::default())
    }

    /// Connects to an address.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn connect_with(address: &Address, options: Options) -> Result<Self, Error> {
        let transport = dial(address, options.timeout);
        let transport = transport.map_err(|source| Error::connect(address, source))?;
        Self::over_boxed(transport, options)
    }

    /// Connects to the Unix socket `path`, with the default options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(unix)]
    pub fn connect_unix(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::connect_unix_with(path, Options::default())
    }

    /// Connects to the Unix socket `path`, which may be longer than the system allows for one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(unix)]
    pub fn connect_unix_with(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        Self::connect_with(&Address::from(path.as_ref()), options)
    }

    /// Connects to a TCP address such as `localhost:4444`, with the default options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn connect_tcp(address: &str) -> Result<Self, Error> {
        Self::connect_tcp_with(address, Options::default())
    }

    /// Connects to a TCP address. A name may stand for several; they are tried one after the other.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn connect_tcp_with(address: &str, options: Options) -> Result<Self, Error> {
        Self::connect_with(&Address::Tcp(address.to_owned()), options)
    }
}

/// A connection to `address`, made within `timeout`.
pub(super) fn dial(address: &Address, timeout: Option<Duration>) -> io::Result<Box<dyn Transport>> {
    match address {
        #[cfg(unix)]
        Address::Unix(path) => {
            let patience = crate::sockets::Patience::Within(timeout);
            Ok(Box::new(crate::sockets::connect_path(path, patience)?))
        }
        #[cfg(unix)]
        Address::Abstract(name) => {
            let patience = crate::sockets::Patience::Within(timeout);
            Ok(Box::new(crate::sockets::connect_abstract(name, patience)?))
        }
        Address::Tcp(address) => Ok(Box::new(connect_tcp(address, timeout)?)),
        #[cfg(all(target_os = "linux", feature = "vsock"))]
        Address::Vsock { cid, port } => Ok(Box::new(vsock::VsockStream::connect_with_cid_port(
            *cid, *port,
        )?)),
        #[cfg(not(all(target_os = "linux", feature = "vsock")))]
        _ => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "there are no addresses of this kind here",
        )),
    }
}

/// Connects to the first of the addresses that `address` stands for which takes the connection.
pub(super) fn connect_tcp(address: &str, timeout: Option<Duration>) -> io::Result<TcpStream> {
    let mut failure = io::ErrorKind::AddrNotAvailable.into();
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    for address in address.to_socket_addrs()? {
        let stream = match deadline {
            Some(deadline) => {
                let remaining = deadline.saturating_duration_since(Instant::now());
                TcpStream::connect_timeout(&address, remaining.max(MOMENT))
            }
            None => TcpStream::connect(address),
        };
        match stream {
            Ok(stream) => {
                // A command is one write, and nothing follows until its reply is there.
                stream.set_nodelay(true)?;
                // A server whose host has gone without a word is noticed, sooner or later.
                #[cfg(unix)]
                rustix::net::sockopt::set_socket_keepalive(&stream, true)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

#[cfg(all(target_os = "linux", feature = "vsock"))]
impl Transport for vsock::VsockStream {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(timeout)?;
        self.set_write_timeout(timeout)
    }
}
