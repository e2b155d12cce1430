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
        let client = Self::over_boxed(transport, options)?;
        Ok(match options.greeting {
            true => client.connected_to(address),
            false => client,
        })
    }

    /// Connects to the channel of a guest agent; see [`agent`](Self::agent). [`Options::guest_agent`] suits most.
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`agent`](Self::agent).
    pub fn connect_agent(address: &Address, options: Options) -> Result<Self, Error> {
        let transport = dial(address, options.timeout);
        let transport = transport.map_err(|source| Error::connect(address, source))?;
        Self::agent_boxed(transport, options)
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

    /// Connects to a TCP address and speaks TLS there. The server has to prove that it is the host that the address names,
    /// to the satisfaction of `config`, which also has the client's own certificate, if the server wants one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect). What the two do not agree about is [`Error::Lost`].
    #[cfg(feature = "tls")]
    pub fn connect_tls(
        address: &str,
        config: std::sync::Arc<rustls::ClientConfig>,
        options: Options,
    ) -> Result<Self, Error> {
        let stream = connect_tcp(address, options.timeout).and_then(|stream| {
            let name = crate::address::server_name(address)?;
            let connection = rustls::ClientConnection::new(config, name);
            let connection = connection.map_err(io::Error::other)?;
            Ok(rustls::StreamOwned::new(connection, stream))
        });
        let stream =
            stream.map_err(|source| Error::connect(&Address::Tcp(address.to_owned()), source))?;
        Self::over(stream, options)
    }

    /// Starts a program and speaks QMP with it over its standard input and output: `ssh host socat - UNIX:qmp.sock`, say.
    /// When the session is dropped, or cannot be had, the program is killed and waited for.
    ///
    /// ```no_run
    /// use std::process::Command;
    /// use qapi_client::{Options, blocking::Client};
    ///
    /// let mut command = Command::new("qemu-system-x86_64");
    /// command.args(["-S", "-display", "none", "-qmp", "stdio"]);
    /// let mut client = Client::spawn(&mut command, Options::default())?;
    /// # Ok::<(), qapi_client::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Connect`] if it cannot be started; and as [`over`](Self::over).
    #[cfg(unix)]
    pub fn spawn(command: &mut std::process::Command, options: Options) -> Result<Self, Error> {
        let (stream, program) = crate::child::start(command).map_err(|source| Error::Connect {
            address: command.get_program().to_string_lossy().into_owned(),
            source,
        })?;
        let spawned = super::transport::Spawned {
            stream,
            _program: program,
        };
        Self::over(spawned, options)
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
