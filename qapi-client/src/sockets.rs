//! Unix sockets, by names of any kind and length.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Whether a connection that is not taken at once is waited for. Linux lets clients wait; other systems refuse them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// So long; `None` is for ever. Then it is [`io::ErrorKind::TimedOut`].
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "nobody waits there")
    )]
    Within(Option<Duration>),
    /// Not at all: it is [`io::ErrorKind::WouldBlock`]; the stream does not block, either.
    #[cfg(feature = "tokio")]
    None,
}

/// Connects to the socket at `path`.
pub(crate) fn connect_path(path: &Path, patience: Patience) -> io::Result<UnixStream> {
    system::connect_path(path, patience)
}

/// Connects to the socket of this name in Linux' abstract namespace.
pub(crate) fn connect_abstract(name: &[u8], patience: Patience) -> io::Result<UnixStream> {
    system::connect_abstract(name, patience)
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;
    use std::os::unix::net::UnixStream;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use rustix::io::Errno;
    use rustix::net::sockopt::{Timeout, set_socket_timeout};
    use rustix::net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with,
    };

    use super::Patience;

    /// Opens what is no file, too, but not for its content. All architectures agree on its number but one.
    #[cfg(not(any(target_arch = "sparc", target_arch = "sparc64")))]
    const O_PATH: i32 = 0o10_000_000;
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    const O_PATH: i32 = 0o100_000_000;

    pub(super) fn connect_path(path: &Path, patience: Patience) -> io::Result<UnixStream> {
        match SocketAddrUnix::new(path) {
            Ok(address) => connect_address(&address, patience),
            // Too long: the system is shown the file itself, under a name that is short.
            Err(Errno::NAMETOOLONG) => {
                let file = File::options().read(true).custom_flags(O_PATH).open(path)?;
                let name = format!("/proc/self/fd/{}", file.as_raw_fd());
                connect_address(&SocketAddrUnix::new(name)?, patience)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn connect_abstract(name: &[u8], patience: Patience) -> io::Result<UnixStream> {
        connect_address(&SocketAddrUnix::new_abstract_name(name)?, patience)
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
                let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
                loop {
                    let left = end.map(|end| end.saturating_duration_since(Instant::now()));
                    // The system knows no zero.
                    let left = left.map(|left| left.max(Duration::from_micros(1)));
                    set_socket_timeout(&socket, Timeout::Send, left)?;
                    match connect(&socket, address) {
                        // With a timeout the system does not go on by itself.
                        Err(Errno::INTR) => {}
                        Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
                        done => break done?,
                    }
                }
                set_socket_timeout(&socket, Timeout::Send, None)?;
            }
            #[cfg(feature = "tokio")]
            Patience::None => connect(&socket, address)?,
        }
        Ok(UnixStream::from(socket))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::os::unix::net::UnixStream;
    use std::path::Path;

    use super::Patience;

    pub(super) fn connect_path(path: &Path, patience: Patience) -> io::Result<UnixStream> {
        let stream = UnixStream::connect(path)?;
        match patience {
            Patience::Within(_) => {}
            #[cfg(feature = "tokio")]
            Patience::None => stream.set_nonblocking(true)?,
        }
        Ok(stream)
    }

    pub(super) fn connect_abstract(_: &[u8], _: Patience) -> io::Result<UnixStream> {
        let why = "only Linux has Unix sockets with abstract names";
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }
}
