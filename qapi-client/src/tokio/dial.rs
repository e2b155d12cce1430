//! Making connections.

use std::io;
#[cfg(unix)]
use std::process::Command;
use std::time::Duration;

use ::tokio::net::TcpStream;
#[cfg(unix)]
use ::tokio::net::UnixStream;
#[cfg(unix)]
use ::tokio::time;

use super::client::within;
use super::connection::Connection;
use crate::address::Address;
use crate::error::Error;
use crate::reconnect::Dialer;
#[cfg(unix)]
use crate::sockets::{Patience, connect_abstract, connect_path};

/// A connection, made within `timeout`.
pub(super) async fn dial(
    dialer: &mut Dialer,
    timeout: Option<Duration>,
) -> Result<Connection, Error> {
    match dialer {
        Dialer::Address(address) => {
            let connection = in_time(timeout, to_address(address)).await;
            connection.map_err(|source| Error::connect(address, source))
        }
        #[cfg(feature = "tokio-tls")]
        Dialer::Tls(address, config) => {
            let connection = in_time(timeout, tls(address, config)).await;
            connection.map_err(|source| Error::connect(format_args!("tcp:{address}"), source))
        }
        // Nobody can say so.
        #[cfg(all(feature = "tls", not(feature = "tokio-tls")))]
        Dialer::Tls(address, _) => {
            let source = io::ErrorKind::Unsupported.into();
            Err(Error::connect(format_args!("tcp:{address}"), source))
        }
        #[cfg(unix)]
        Dialer::Program(make) => start(&mut make()),
    }
}

async fn in_time<T>(
    timeout: Option<Duration>,
    connect: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    match within(timeout, connect).await {
        Some(connection) => connection,
        None => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// A program that was started.
#[cfg(unix)]
pub(super) fn start(command: &mut Command) -> Result<Connection, Error> {
    let started = crate::child::start(command).and_then(|(stream, program)| {
        stream.set_nonblocking(true)?;
        Ok(Connection::with(UnixStream::from_std(stream)?, program))
    });
    started.map_err(|source| Error::connect(command.get_program().display(), source))
}

#[cfg(feature = "tokio-tls")]
async fn tls(
    address: &str,
    config: &std::sync::Arc<rustls::ClientConfig>,
) -> io::Result<Connection> {
    let name = crate::address::server_name(address)?;
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::clone(config));
    Ok(Connection::new(
        connector.connect(name, tcp(address).await?).await?,
    ))
}

async fn to_address(address: &Address) -> io::Result<Connection> {
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
        _ => Err(crate::address::unknown_kind()),
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

async fn tcp(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // A command is one write, and nothing follows until its reply is there.
    stream.set_nodelay(true)?;
    // A server whose host has gone without a word is noticed, sooner or later.
    #[cfg(unix)]
    rustix::net::sockopt::set_socket_keepalive(&stream, true)?;
    Ok(stream)
}
