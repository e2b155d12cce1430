//! Unix sockets, by names of any kind and length.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

/// Whether a connection that is not taken at once is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// So long; `None` is for ever. Then it is [`io::ErrorKind::TimedOut`].
    Within(Option<Duration>),
    /// Not at all: it is [`io::ErrorKind::WouldBlock`]; the stream does not block, either.
    #[cfg(feature = "tokio")]
    None,
}

/// Connects to the socket at `path`.
pub(crate) fn connect_path(path: &Path, patience: Patience) -> io::Result<UnixStream> {
    match SocketAddrUnix::new(path) {
        Ok(address) => connect_address(&address, patience),
        // Too long: the system is shown the file itself, under a name that is short.
        #[cfg(target_os = "linux")]
        Err(rustix::io::Errno::NAMETOOLONG) => {
            use std::os::fd::AsRawFd;
            let flags = OFlags::PATH | OFlags::CLOEXEC;
            let file = rustix::fs::open(path, flags, Mode::empty())?;
            let name = format!("/proc/self/fd/{}", file.as_raw_fd());
            connect_address(&SocketAddrUnix::new(name)?, patience)
        }
        Err(error) => Err(error.into()),
    }
}

/// Connects to the socket of this name in Linux' abstract namespace.
pub(crate) fn connect_abstract(name: &[u8], patience: Patience) -> io::Result<UnixStream> {
    #[cfg(target_os = "linux")]
    return connect_address(&SocketAddrUnix::new_abstract_name(name)?, patience);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (name, patience);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// std's own connects wait for ever where a server's queue is full, as QEMU's is when it talks to somebody else.
fn connect_address(address: &SocketAddrUnix, patience: Patience) -> io::Result<UnixStream> {
    let flags = match patience {
        Patience::Within(_) => SocketFlags::CLOEXEC,
        #[cfg(feature = "tokio")]
        Patience::None => SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
    };
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    match patience {
        Patience::Within(timeout) => {
            set_socket_timeout(&socket, Timeout::Send, timeout)?;
            connect(&socket, address).map_err(|error| match error {
                rustix::io::Errno::AGAIN => io::ErrorKind::TimedOut.into(),
                error => io::Error::from(error),
            })?;
            set_socket_timeout(&socket, Timeout::Send, None)?;
        }
        #[cfg(feature = "tokio")]
        Patience::None => connect(&socket, address)?,
    }
    Ok(UnixStream::from(socket))
}
