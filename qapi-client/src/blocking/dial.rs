//! Making connections.

use std::io;
#[cfg(unix)]
use std::process::Command;
use std::time::Duration;

use super::Transport;
use super::deadline::Deadline;
use super::tcp;
#[cfg(unix)]
use super::transport::Spawned;
use crate::address::Address;
use crate::error::Error;
use crate::reconnect::Dialer;

/// A connection, made within `timeout`.
pub(super) fn dial(
    dialer: &mut Dialer,
    timeout: Option<Duration>,
) -> Result<Box<dyn Transport>, Error> {
    match dialer {
        Dialer::Address(address) => {
            let transport = to_address(address, timeout);
            transport.map_err(|source| Error::connect(address, source))
        }
        #[cfg(feature = "tls")]
        Dialer::Tls(address, config) => {
            let stream = super::tls::connect(address, std::sync::Arc::clone(config), timeout);
            let failed = |source| Error::connect(format_args!("tcp:{address}"), source);
            Ok(Box::new(stream.map_err(failed)?))
        }
        #[cfg(unix)]
        Dialer::Program(make) => Ok(Box::new(start(&mut make())?)),
    }
}

/// A program that was started.
#[cfg(unix)]
pub(super) fn start(command: &mut Command) -> Result<Spawned, Error> {
    match crate::child::start(command) {
        Ok((stream, program)) => Ok(Spawned::new(stream, program)),
        Err(source) => Err(Error::connect(command.get_program().display(), source)),
    }
}

fn to_address(address: &Address, timeout: Option<Duration>) -> io::Result<Box<dyn Transport>> {
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
        Address::Tcp(address) => {
            let mut deadline = Deadline::after(timeout);
            Ok(Box::new(tcp::connect(address, &mut deadline)?))
        }
        #[cfg(all(target_os = "linux", feature = "vsock"))]
        Address::Vsock { cid, port } => Ok(Box::new(vsock::VsockStream::connect_with_cid_port(
            *cid, *port,
        )?)),
        #[cfg(not(all(target_os = "linux", feature = "vsock")))]
        _ => Err(crate::address::unknown_kind()),
    }
}

#[cfg(all(target_os = "linux", feature = "vsock"))]
impl Transport for vsock::VsockStream {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(timeout)?;
        self.set_write_timeout(timeout)
    }
}
