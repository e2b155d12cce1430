//! A Unix socket of our own: made for the user alone, and removed by whoever has made it.

use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use qapi_client::Address;
use rustix::fs::Mode;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, socket_with};

use super::Failure;

/// How many clients may wait to be let in.
const QUEUE: i32 = 128;

/// A socket that listens. When it is dropped its file is removed, if it still is the one that was made here.
#[derive(Debug)]
pub(super) struct Socket {
    listener: UnixListener,
    file: Option<File>,
}

/// A socket's file, and by what it is known.
#[derive(Debug)]
struct File {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Socket {
    /// A socket at `address`, of which nobody but the user can make use; an abstract one, which has no permissions, is for all
    /// on this host, and `err` is told so.
    ///
    /// # Errors
    /// There is something already, whatever it is; or there can be none.
    pub(super) fn listen(address: &Address, err: &mut dyn Write) -> Result<Self, Failure> {
        let made = match address {
            Address::Unix(path) => at_path(path),
            #[cfg(target_os = "linux")]
            Address::Abstract(name) => abstract_socket(name),
            _ => {
                let why = format!("{address}: clients come to Unix sockets only");
                return Err(Failure::Usage(why));
            }
        };
        let made = made.map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "it is there already, and left as it is; if nobody listens there, remove it"
                }
                _ => &error.to_string(),
            };
            Failure::Ended(2, format!("cannot listen at {address}: {why}"))
        })?;
        if let Address::Abstract(_) = address {
            writeln!(err, "qmp: anybody on this host can connect to {address}")?;
        }
        Ok(made)
    }

    pub(super) fn listener(&self) -> &UnixListener {
        &self.listener
    }

    /// Where clients are let in that are served on tokio.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn accepting(&self) -> Result<tokio::net::UnixListener, Failure> {
        let listener = self.listener.try_clone().and_then(|listener| {
            listener.set_nonblocking(true)?;
            tokio::net::UnixListener::from_std(listener)
        });
        listener.map_err(|error| Failure::Ended(2, format!("cannot let clients in: {error}")))
    }
}

fn at_path(path: &Path) -> io::Result<Socket> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    bind_for_user_alone(&socket, path)?;
    // From here on, what has been made is removed again.
    let file = fs::symlink_metadata(path)?;
    let socket = Socket {
        listener: UnixListener::from(socket),
        file: Some(File {
            path: path.to_owned(),
            device: file.dev(),
            inode: file.ino(),
        }),
    };
    if file.mode() & 0o077 != 0 {
        return Err(io::Error::other("others could make use of it there"));
    }
    rustix::net::listen(&socket.listener, QUEUE)?;
    Ok(socket)
}

/// Binds a socket in such a way that there is no moment in which its file has other permissions. Nobody is let in before it
/// listens, anyway.
#[cfg(target_os = "linux")]
fn bind_for_user_alone(socket: impl AsFd, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use rustix::fs::OFlags;

    // The file gets the permissions that the socket has.
    rustix::fs::fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    let address = match SocketAddrUnix::new(path) {
        // Too long: the system is shown the folder under a name that is short.
        Err(rustix::io::Errno::NAMETOOLONG) => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let folder = rustix::fs::open(folder, flags, Mode::empty())?;
            let name = path.file_name().unwrap_or_default();
            let short = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name);
            return Ok(bind(&socket, &SocketAddrUnix::new(short)?)?);
        }
        address => address?,
    };
    Ok(bind(&socket, &address)?)
}

/// The same where the permissions of a socket are not those of its file.
#[cfg(not(target_os = "linux"))]
fn bind_for_user_alone(socket: impl AsFd, path: &Path) -> io::Result<()> {
    let before = rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let bound = SocketAddrUnix::new(path).and_then(|address| bind(&socket, &address));
    rustix::process::umask(before);
    Ok(bound?)
}

#[cfg(target_os = "linux")]
fn abstract_socket(name: &[u8]) -> io::Result<Socket> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    let address = SocketAddr::from_abstract_name(name)?;
    Ok(Socket {
        listener: UnixListener::bind_addr(&address)?,
        file: None,
    })
}

impl Drop for Socket {
    fn drop(&mut self) {
        let Some(File {
            path,
            device,
            inode,
        }) = &self.file
        else {
            return;
        };
        let is_ours = |file: fs::Metadata| (file.dev(), file.ino()) == (*device, *inode);
        if fs::symlink_metadata(path).is_ok_and(is_ours) {
            // It was ours alone; if it is gone now, that is what is wanted.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixStream;

    use super::*;

    fn listen(path: &Path) -> Result<Socket, String> {
        Socket::listen(&Address::from(path), &mut io::sink()).map_err(|failure| failure.end().1)
    }

    #[test]
    fn a_socket_is_the_users_alone_and_goes_with_its_maker() {
        let folder = tempfile::tempdir().unwrap();
        // One whose name the system does not take as it is, too.
        let long = folder.path().join("long".repeat(40));
        fs::create_dir(&long).unwrap();
        for path in [folder.path().join("a"), long.join("a")] {
            let socket = listen(&path).unwrap();
            let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            // A short way to the same.
            let there = fs::canonicalize(&link).unwrap() == fs::canonicalize(&path).unwrap();
            assert!(there && socket.listener().local_addr().is_ok());
            fs::remove_file(&link).unwrap();
            drop(socket);
            assert!(!path.exists());
        }
    }

    #[test]
    fn what_is_there_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        let socket = listen(&path).unwrap();
        fs::write(folder.path().join("file"), "text").unwrap();
        for name in ["a", "file", "link"] {
            let error = listen(&folder.path().join(name)).unwrap_err();
            assert!(error.contains("left as it is"), "{error}");
        }
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"text");
        assert!(UnixStream::connect(&path).is_ok());

        // What has come into its place meanwhile is not ours.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "another's").unwrap();
        drop(socket);
        assert_eq!(fs::read(&path).unwrap(), b"another's");
        let error = listen(&folder.path().join("none/a")).unwrap_err();
        assert!(error.contains("none/a: No such file"), "{error}");
    }

    #[test]
    fn other_addresses() {
        let listen = |address: &Address| {
            let mut told = Vec::new();
            let socket = Socket::listen(address, &mut told).ok();
            socket.inspect(|_| assert!(told.starts_with(b"qmp: anybody on this host")))
        };
        assert!(listen(&"tcp:localhost:1".parse().unwrap()).is_none());
        if cfg!(target_os = "linux") {
            let name = format!("unix:@qmp-test-{}", std::process::id())
                .parse()
                .unwrap();
            let socket = listen(&name).unwrap();
            assert!(listen(&name).is_none());
            drop(socket);
            assert!(listen(&name).is_some());
        }
    }
}
