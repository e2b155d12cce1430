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
        Self::start(connection, options).await
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
        #[cfg(all(target_os = "linux", feature = "vsock"))]
        Address::Vsock { cid, port } => vsock(*cid, *port).await,
        #[cfg(not(all(target_os = "linux", feature = "vsock")))]
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
