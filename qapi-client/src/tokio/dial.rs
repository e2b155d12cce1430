//! Making connections.

use std::fmt;
use std::future::ready;
use std::io;
#[cfg(unix)]
use std::path::PathBuf;
use std::pin::Pin;
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
#[cfg(unix)]
use crate::sockets::{Patience, connect_abstract, connect_path};

/// What makes a connection, within a time, as often as one is needed. Each way to a server makes its own, so that a program
/// has in it only those that it asks for.
pub(super) type Dialer = Box<dyn FnMut(Option<Duration>) -> Dialling + Send>;

/// A connection that is being made.
pub(super) type Dialling = Pin<Box<dyn Future<Output = Result<Connection, Error>> + Send>>;

/// One that uses `connect`; in errors it says that it was on its way to `address`.
fn dialer<F>(
    address: impl fmt::Display + Clone + Send + 'static,
    mut connect: impl FnMut() -> F + Send + 'static,
) -> Dialer
where
    F: Future<Output = io::Result<Connection>> + Send + 'static,
{
    Box::new(move |timeout| {
        let (address, connecting) = (address.clone(), connect());
        Box::pin(async move {
            let connection = match within(timeout, connecting).await {
                Some(connection) => connection,
                None => Err(io::ErrorKind::TimedOut.into()),
            };
            connection.map_err(|source| Error::connect(address, source))
        })
    })
}

/// To an address of whatever kind.
pub(super) fn to(address: &Address) -> Dialer {
    match address {
        #[cfg(unix)]
        Address::Unix(path) => unix(path.clone()),
        #[cfg(unix)]
        Address::Abstract(name) => {
            let name = name.clone();
            dialer(address.clone(), move || {
                let name = name.clone();
                to_unix(move || connect_abstract(&name, Patience::None))
            })
        }
        Address::Tcp(address) => tcp(address.clone()),
        #[cfg(all(target_os = "linux", feature = "tokio-vsock"))]
        &Address::Vsock { cid, port } => dialer(address.clone(), move || async move {
            let address = tokio_vsock::VsockAddr::new(cid, port);
            let stream = tokio_vsock::VsockStream::connect(address).await?;
            Ok(Connection::new(stream))
        }),
        #[cfg(not(all(target_os = "linux", feature = "tokio-vsock")))]
        _ => dialer(address.clone(), || {
            ready(Err(crate::address::unknown_kind()))
        }),
    }
}

/// To the Unix socket `path`.
#[cfg(unix)]
pub(super) fn unix(path: PathBuf) -> Dialer {
    dialer(Address::Unix(path.clone()), move || {
        let path = path.clone();
        to_unix(move || connect_path(&path, Patience::None))
    })
}

/// To `HOST:PORT`.
pub(super) fn tcp(address: String) -> Dialer {
    dialer(Address::Tcp(address.clone()), move || {
        let address = address.clone();
        async move { Ok(Connection::new(to_tcp(&address).await?)) }
    })
}

/// To a server that speaks TLS at `HOST:PORT`.
#[cfg(feature = "tokio-tls")]
pub(super) fn tls(address: String, config: std::sync::Arc<rustls::ClientConfig>) -> Dialer {
    dialer(Address::Tcp(address.clone()), move || {
        let address = address.clone();
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::clone(&config));
        async move {
            let name = crate::address::server_name(&address)?;
            let stream = connector.connect(name, to_tcp(&address).await?).await?;
            Ok(Connection::new(stream))
        }
    })
}

/// To a program that is started.
#[cfg(unix)]
pub(super) fn program(mut make: impl FnMut() -> Command + Send + 'static) -> Dialer {
    Box::new(move |_| Box::pin(ready(start(&mut make()))))
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

/// How long to wait before a server whose queue is full is tried again, at first and at most.
#[cfg(unix)]
const PAUSES: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(100)];

#[cfg(unix)]
async fn to_unix(
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

async fn to_tcp(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // A command is one write, and nothing follows until its reply is there.
    stream.set_nodelay(true)?;
    // A server whose host has gone without a word is noticed, sooner or later.
    #[cfg(unix)]
    rustix::net::sockopt::set_socket_keepalive(&stream, true)?;
    Ok(stream)
}
