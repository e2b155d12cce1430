//! Unix sockets, by names of any kind and length.

#[cfg(target_os = "linux")]
use std::fs::File;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd;
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
#[cfg(target_os = "linux")]
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::Path;
use std::time::Duration;

/// Whether a connection that is not taken at once is waited for. Linux lets clients wait; other systems refuse them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// So long; `None` is for ever. Then it is [`io::ErrorKind::TimedOut`].
    #[cfg_attr(
        not(all(target_os = "linux", feature = "system")),
        expect(dead_code, reason = "std cannot say how long it waits")
    )]
    Within(Option<Duration>),
    /// Not at all: it is [`io::ErrorKind::WouldBlock`]; the stream does not block, either.
    #[cfg(feature = "tokio")]
    None,
}

/// Connects to the socket at `path`.
pub(crate) fn connect_path(path: &Path, patience: Patience) -> io::Result<UnixStream> {
    match SocketAddr::from_pathname(path) {
        Ok(address) => system::connect(&address, patience),
        // It may be too long: the system is shown the file itself, under a name that is short.
        #[cfg(target_os = "linux")]
        Err(_) => {
            let file = File::options().read(true).custom_flags(O_PATH).open(path)?;
            let name = format!("/proc/self/fd/{}", file.as_raw_fd());
            system::connect(&SocketAddr::from_pathname(name)?, patience)
        }
        #[cfg(not(target_os = "linux"))]
        Err(error) => Err(error),
    }
}

/// Opens what is no file, too, but not for its content. All architectures agree on its number but one.
#[cfg(all(
    target_os = "linux",
    not(any(target_arch = "sparc", target_arch = "sparc64"))
))]
const O_PATH: i32 = 0o10_000_000;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "sparc", target_arch = "sparc64")
))]
const O_PATH: i32 = 0o100_000_000;

/// Connects to the socket of this name in Linux' abstract namespace.
#[cfg(target_os = "linux")]
pub(crate) fn connect_abstract(name: &[u8], patience: Patience) -> io::Result<UnixStream> {
    system::connect(&SocketAddr::from_abstract_name(name)?, patience)
}

/// Connects to the socket of this name in Linux' abstract namespace.
#[cfg(not(target_os = "linux"))]
pub(crate) fn connect_abstract(_: &[u8], _: Patience) -> io::Result<UnixStream> {
    let why = "only Linux has Unix sockets with abstract names";
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}

#[cfg(all(target_os = "linux", feature = "system"))]
mod system {
    use std::io;
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};
    use std::time::{Duration, Instant};

    use rustix::io::Errno;
    use rustix::net::sockopt::{Timeout, set_socket_timeout};
    use rustix::net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect as connect_to, socket_with,
    };

    use super::Patience;

    /// std's own connects wait for ever where a server's queue is full, as QEMU's is when it talks to somebody else.
    pub(super) fn connect(address: &SocketAddr, patience: Patience) -> io::Result<UnixStream> {
        let address = match (address.as_pathname(), address.as_abstract_name()) {
            (Some(path), _) => SocketAddrUnix::new(path)?,
            (None, name) => SocketAddrUnix::new_abstract_name(name.unwrap_or_default())?,
        };
        let flags = match patience {
            Patience::Within(_) => SocketFlags::CLOEXEC,
            #[cfg(feature = "tokio")]
            Patience::None => SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        };
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        match patience {
            Patience::Within(timeout) => {
                let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
                loop {
                    let left = end.map(|end| end.saturating_duration_since(Instant::now()));
                    // The system knows no zero.
                    let left = left.map(|left| left.max(Duration::from_micros(1)));
                    set_socket_timeout(&socket, Timeout::Send, left)?;
                    match connect_to(&socket, &address) {
                        // With a timeout the system does not go on by itself.
                        Err(Errno::INTR) => {}
                        Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
                        done => break done?,
                    }
                }
                set_socket_timeout(&socket, Timeout::Send, None)?;
            }
            #[cfg(feature = "tokio")]
            Patience::None => connect_to(&socket, &address)?,
        }
        Ok(UnixStream::from(socket))
    }
}

#[cfg(not(all(target_os = "linux", feature = "system")))]
mod system {
    use std::io;
    use std::os::unix::net::{SocketAddr, UnixStream};

    use super::Patience;

    pub(super) fn connect(address: &SocketAddr, patience: Patience) -> io::Result<UnixStream> {
        let stream = UnixStream::connect_addr(address)?;
        match patience {
            Patience::Within(_) => {}
            #[cfg(feature = "tokio")]
            Patience::None => stream.set_nonblocking(true)?,
        }
        Ok(stream)
    }
}
