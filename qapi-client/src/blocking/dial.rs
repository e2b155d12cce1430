//! Making connections.

use std::fmt;
use std::io;
#[cfg(unix)]
use std::path::PathBuf;
#[cfg(unix)]
use std::process::Command;
use std::time::Duration;

use super::Transport;
use super::deadline::Deadline;
use super::stream::Stream;
#[cfg(unix)]
use super::transport::Spawned;
use crate::address::Address;
use crate::error::Error;
#[cfg(unix)]
use crate::sockets::{Patience, connect_abstract, connect_path};

/// What makes a connection, within a time, as often as one is needed. Each way to a server makes its own, so that a program
/// has in it only those that it asks for.
pub(super) type Dialer = Box<dyn FnMut(Option<Duration>) -> Result<Box<dyn Stream>, Error> + Send>;

/// One that uses `connect`; in errors it says that it was on its way to `address`.
fn dialer<T: Transport + 'static>(
    address: impl fmt::Display + Send + 'static,
    mut connect: impl FnMut(Option<Duration>) -> io::Result<T> + Send + 'static,
) -> Dialer {
    Box::new(move |timeout| match connect(timeout) {
        Ok(transport) => Ok(Box::new(transport)),
        Err(source) => Err(Error::connect(&address, source)),
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
            dialer(address.clone(), move |timeout| {
                connect_abstract(&name, Patience::Within(timeout))
            })
        }
        Address::Tcp(address) => tcp(address.clone()),
        #[cfg(all(target_os = "linux", feature = "vsock"))]
        &Address::Vsock { cid, port } => dialer(address.clone(), move |_| {
            vsock::VsockStream::connect_with_cid_port(cid, port)
        }),
        #[cfg(not(all(target_os = "linux", feature = "vsock")))]
        _ => dialer(address.clone(), |_| {
            Err::<std::net::TcpStream, _>(crate::address::unknown_kind())
        }),
    }
}

/// To the Unix socket `path`.
#[cfg(unix)]
pub(super) fn unix(path: PathBuf) -> Dialer {
    dialer(Address::Unix(path.clone()), move |timeout| {
        connect_path(&path, Patience::Within(timeout))
    })
}

/// To `HOST:PORT`.
pub(super) fn tcp(address: String) -> Dialer {
    dialer(Address::Tcp(address.clone()), move |timeout| {
        super::tcp::connect(&address, &mut Deadline::after(timeout))
    })
}

/// To a server that speaks TLS at `HOST:PORT`.
#[cfg(feature = "tls")]
pub(super) fn tls(address: String, config: std::sync::Arc<rustls::ClientConfig>) -> Dialer {
    dialer(Address::Tcp(address.clone()), move |timeout| {
        super::tls::connect(&address, std::sync::Arc::clone(&config), timeout)
    })
}

/// To a program that is started.
#[cfg(unix)]
pub(super) fn program(mut make: impl FnMut() -> Command + Send + 'static) -> Dialer {
    Box::new(move |_| Ok(Box::new(start(&mut make())?)))
}

/// A program that was started.
#[cfg(unix)]
pub(super) fn start(command: &mut Command) -> Result<Spawned, Error> {
    match crate::child::start(command) {
        Ok((stream, program)) => Ok(Spawned::new(stream, program)),
        Err(source) => Err(Error::connect(command.get_program().display(), source)),
    }
}

#[cfg(all(target_os = "linux", feature = "vsock"))]
impl Transport for vsock::VsockStream {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(timeout)?;
        self.set_write_timeout(timeout)
    }
}
