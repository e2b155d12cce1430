//! Making connections.

use std::io;
#[cfg(unix)]
use std::path::Path;
use std::time::Duration;

use ::tokio::net::TcpStream;
#[cfg(unix)]
use ::tokio::net::UnixStream;
use ::tokio::time;

use super::Client;
use super::client::within;
use super::connection::Connection;
use crate::address::Address;
use crate::error::Error;
use crate::options::Options;
#[cfg(unix)]
use crate::sockets::{Patience, connect_abstract, connect_path};

impl Client {
    /// Connects to an address, with the default options.
    ///
    /// ```no_run
    /// use qapi_client::tokio::Client;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::connect(&"unix:@vm".parse()?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`over`](Self::over).
    pub async fn connect(address: &Address) -> Result<Self, Error> {
        Self::connect_with(address, Options::default()).await
    }

    /// Connects to an address.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(address: &Address, options: Options) -> Result<Self, Error> {
        let connection = dial(address, options.timeout).await;
        let connection = connection.map_err(|source| Error::connect(address, source))?;
        let again = options.greeting.then_some(address);
        Self::start(connection, options, again).await
    }

    /// Connects to the channel of a guest agent; see [`agent`](Self::agent). [`Options::guest_agent`] suits most.
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`agent`](Self::agent).
    pub async fn connect_agent(address: &Address, options: Options) -> Result<Self, Error> {
        let connection = dial(address, options.timeout).await;
        let connection = connection.map_err(|source| Error::connect(address, source))?;
        Self::start_agent(connection, options).await
    }

    /// Connects to the Unix socket `path`, with the default options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(unix)]
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::connect_unix_with(path, Options::default()).await
    }

    /// Connects to the Unix socket `path`, which may be longer than the system allows for one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(unix)]
    pub async fn connect_unix_with(
        path: impl AsRef<Path>,
        options: Options,
    ) -> Result<Self, Error> {
        Self::connect_with(&Address::from(path.as_ref()), options).await
    }

    /// Connects to a TCP address such as `localhost:4444`, with the default options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_tcp(address: &str) -> Result<Self, Error> {
        Self::connect_tcp_with(address, Options::default()).await
    }

    /// Connects to a TCP address. A name may stand for several; they are tried one after the other.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_tcp_with(address: &str, options: Options) -> Result<Self, Error> {
        Self::connect_with(&Address::Tcp(address.to_owned()), options).await
    }

    /// Connects to a TCP address and speaks TLS there. The server has to prove that it is the host that the address names,
    /// to the satisfaction of `config`, which also has the client's own certificate, if the server wants one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect). What the two do not agree about is [`Error::Connect`].
    #[cfg(feature = "tokio-tls")]
    pub async fn connect_tls(
        address: &str,
        config: std::sync::Arc<rustls::ClientConfig>,
        options: Options,
    ) -> Result<Self, Error> {
        let connect = async {
            let stream = tcp(address).await?;
            let name = crate::address::server_name(address)?;
            let connector = tokio_rustls::TlsConnector::from(config);
            connector.connect(name, stream).await
        };
        let stream = match within(options.timeout, connect).await {
            Some(stream) => stream,
            None => Err(io::ErrorKind::TimedOut.into()),
        };
        let stream =
            stream.map_err(|source| Error::connect(&Address::Tcp(address.to_owned()), source))?;
        Self::over(stream, options).await
    }

    /// Starts a program and speaks QMP with it over its standard input and output: `ssh host socat - UNIX:qmp.sock`, say.
    /// When the session ends, or cannot be had, the program is killed and waited for.
    ///
    /// ```no_run
    /// use std::process::Command;
    /// use qapi_client::{Options, tokio::Client};
    ///
    /// # async fn example() -> Result<(), qapi_client::Error> {
    /// let mut command = Command::new("qemu-system-x86_64");
    /// command.args(["-S", "-display", "none", "-qmp", "stdio"]);
    /// let client = Client::spawn(&mut command, Options::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Connect`] if it cannot be started; and as [`over`](Self::over).
    #[cfg(unix)]
    pub async fn spawn(
        command: &mut std::process::Command,
        options: Options,
    ) -> Result<Self, Error> {
        let started = crate::child::start(command).and_then(|(stream, program)| {
            stream.set_nonblocking(true)?;
            Ok(Connection::new(UnixStream::from_std(stream)?).owned_by(program))
        });
        let connection = started.map_err(|source| Error::Connect {
            address: command.get_program().to_string_lossy().into_owned(),
            source,
        })?;
        Self::start(connection, options, None).await
    }
}

/// A connection to `address`, made within `timeout`.
pub(super) async fn dial(address: &Address, timeout: Option<Duration>) -> io::Result<Connection> {
    match within(timeout, connection(address)).await {
        Some(connection) => connection,
        None => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn connection(address: &Address) -> io::Result<Connection> {
    match address {
        #[cfg(unix)]
        Address::Unix(path) => unix(|| connect_path(path, Patience::None)).await,
        #[cfg(unix)]
        Address::Abstract(name) => unix(|| connect_abstract(name, Patience::None)).await,
        Address::Tcp(address) => Ok(Connection::new(tcp(address).await?)),
        #[cfg(all(target_os = "linux", feature = "tokio-vsock"))]
        Address::Vsock { cid, port } => {
            let address = tokio_vsock::VsockAddr::new(*cid, *port);
            let stream = tokio_vsock::VsockStream::connect(address).await?;
            Ok(Connection::new(stream))
        }
        #[cfg(not(all(target_os = "linux", feature = "tokio-vsock")))]
        _ => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "there are no addresses of this kind here",
        )),
    }
}

/// How long to wait before a server whose queue is full is tried again, at first and at most.
#[cfg(unix)]
const PAUSES: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(100)];

#[cfg(unix)]
async fn unix(
    connect: impl Fn() -> io::Result<std::os::unix::net::UnixStream>,
) -> io::Result<Connection> {
    let [mut pause, longest] = PAUSES;
    loop {
        match connect() {
            // The system has no other way to wait for room in the queue.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                time::sleep(pause).await;
                pause = longest.min(2 * pause);
            }
            stream => return Ok(Connection::new(UnixStream::from_std(stream?)?)),
        }
    }
}

pub(super) async fn tcp(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // A command is one write, and nothing follows until its reply is there.
    stream.set_nodelay(true)?;
    // A server whose host has gone without a word is noticed, sooner or later.
    #[cfg(unix)]
    rustix::net::sockopt::set_socket_keepalive(&stream, true)?;
    Ok(stream)
}
