//! What a session can run over.

use std::io::{self, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::fd::OwnedFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use crate::child::{Ending, Running};

/// A connection to a server: bytes both ways, and a bound on how long either way may take.
pub trait Transport: Read + Write + Send {
    /// From now on a read or write that can do nothing for so long fails with [`io::ErrorKind::WouldBlock`] or
    /// [`io::ErrorKind::TimedOut`]; with `None` it waits for ever. The duration is never zero.
    ///
    /// # Errors
    /// The system's own.
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()>;

    /// Whether [`write_with_descriptors`](Self::write_with_descriptors) is possible.
    fn passes_descriptors(&self) -> bool {
        false
    }

    /// Writes the beginning of `bytes`, and passes `descriptors` together with its first byte.
    ///
    /// # Errors
    /// The system's own; [`io::ErrorKind::Unsupported`] where it has no way to do so.
    #[cfg(unix)]
    fn write_with_descriptors(
        &mut self,
        _bytes: &[u8],
        _descriptors: &[OwnedFd],
    ) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(unix)]
impl Transport for UnixStream {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(timeout)?;
        self.set_write_timeout(timeout)
    }

    #[cfg(feature = "system")]
    fn passes_descriptors(&self) -> bool {
        true
    }

    #[cfg(feature = "system")]
    fn write_with_descriptors(
        &mut self,
        bytes: &[u8],
        descriptors: &[OwnedFd],
    ) -> io::Result<usize> {
        crate::descriptors::send(self, bytes, descriptors)
    }
}

impl Transport for TcpStream {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(timeout)?;
        self.set_write_timeout(timeout)
    }
}

/// A program that was started for the session, and ends with it.
#[cfg(unix)]
pub(super) struct Spawned {
    stream: UnixStream,
    program: Running,
    timeout: Option<Duration>,
}

#[cfg(unix)]
impl Spawned {
    pub(super) fn new(stream: UnixStream, program: Running) -> Self {
        Self {
            stream,
            program,
            timeout: None,
        }
    }
}

#[cfg(unix)]
impl Read for Spawned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            Ok(0) => {}
            // It has gone without hearing all.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
            done => return done,
        }
        let mut waited = Duration::ZERO;
        while let Some(pause) = self.program.pause() {
            // Who has more time asks again, and comes here again.
            if self.timeout.is_some_and(|timeout| waited >= timeout) {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(pause);
            waited += pause;
        }
        Err(self.program.last_words())
    }
}

#[cfg(unix)]
impl Write for Spawned {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(unix)]
impl Transport for Spawned {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.timeout = timeout;
        self.stream.set_timeout(timeout)
    }

    fn passes_descriptors(&self) -> bool {
        self.stream.passes_descriptors()
    }

    fn write_with_descriptors(
        &mut self,
        bytes: &[u8],
        descriptors: &[OwnedFd],
    ) -> io::Result<usize> {
        self.stream.write_with_descriptors(bytes, descriptors)
    }
}

#[cfg(feature = "tls")]
impl Transport for rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.sock.set_timeout(timeout)
    }
}

/// Any stream, of which nobody can say how long it takes: deadlines hold only as far as its reads and writes come back.
///
/// ```no_run
/// use std::fs::OpenOptions;
/// use qapi_client::Options;
/// use qapi_client::blocking::{Client, Untimed};
///
/// let port = OpenOptions::new().read(true).write(true).open("/dev/virtio-ports/org.qemu.monitor")?;
/// let client = Client::over(Untimed(port), Options::default())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Untimed<S>(
    /// The stream.
    pub S,
);

impl<S: Read> Read for Untimed<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<S: Write> Write for Untimed<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<S: Read + Write + Send> Transport for Untimed<S> {
    fn set_timeout(&mut self, _timeout: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
}
