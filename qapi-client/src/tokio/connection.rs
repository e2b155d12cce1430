//! What a session runs over.

#[cfg(unix)]
use std::any::Any;
use std::fmt;
use std::io;
#[cfg(all(unix, feature = "server"))]
use std::net::Shutdown;
#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
#[cfg(unix)]
use ::tokio::net::UnixStream;
#[cfg(unix)]
use ::tokio::time::sleep;

#[cfg(unix)]
use super::socket::Socket;
#[cfg(unix)]
use crate::child::{Ending, Running};
use crate::core::End;
#[cfg(all(unix, feature = "server"))]
use crate::descriptors::QUIET;

/// A connection to a server.
pub(super) struct Connection {
    stream: Stream,
    /// Something was written that the stream may hold back.
    unflushed: bool,
    /// The program at the other end, which ends with the connection.
    #[cfg(unix)]
    program: Option<Box<dyn Ending>>,
}

enum Stream {
    #[cfg(unix)]
    Socket(Socket),
    Other(Pin<Box<dyn Duplex>>),
}

trait Duplex: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Duplex for S {}

impl Connection {
    /// Over a stream of whatever kind.
    ///
    /// # Errors
    /// The system's own, for a Unix socket.
    pub(super) fn over(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> io::Result<Self> {
        #[cfg(unix)]
        if let Some(socket) = (&stream as &dyn Any).downcast_ref::<UnixStream>() {
            return Self::socket(socket.as_fd().try_clone_to_owned()?.into());
        }
        Ok(Self::new(Stream::Other(Box::pin(stream))))
    }

    /// Over a Unix socket that does not block.
    ///
    /// # Errors
    /// The system's own.
    #[cfg(unix)]
    pub(super) fn socket(socket: std::os::unix::net::UnixStream) -> io::Result<Self> {
        Ok(Self::new(Stream::Socket(Socket::new(socket)?)))
    }

    fn new(stream: Stream) -> Self {
        Self {
            stream,
            unflushed: false,
            #[cfg(unix)]
            program: None,
        }
    }

    /// With the program at its other end.
    #[cfg(unix)]
    pub(super) fn with(self, program: Running) -> Self {
        Self {
            program: Some(Box::new(program)),
            ..self
        }
    }

    /// What else is to be said of a connection that has come to this end.
    pub(super) async fn last_words(&mut self, end: End) -> End {
        #[cfg(unix)]
        if let (End::Closed | End::Failed(_), Some(program)) = (&end, &mut self.program) {
            while let Some(pause) = program.pause() {
                sleep(pause).await;
            }
            return End::from(program.last_words());
        }
        end
    }

    pub(super) fn passes_descriptors(&self) -> bool {
        !matches!(self.stream, Stream::Other(_))
    }

    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.stream {
            #[cfg(unix)]
            Stream::Socket(socket) => socket.poll_read(cx, buffer),
            Stream::Other(stream) => stream.as_mut().poll_read(cx, buffer),
        }
    }

    /// Receives what is there, and adds the descriptors that have come along, if the stream has any.
    #[cfg(all(unix, feature = "server"))]
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
        descriptors: &mut Vec<OwnedFd>,
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Socket(socket) => socket.poll_receive(cx, buffer, descriptors),
            Stream::Other(stream) => {
                let mut buffer = ReadBuf::new(buffer);
                let received = stream.as_mut().poll_read(cx, &mut buffer);
                received.map_ok(|()| buffer.filled().len())
            }
        }
    }

    /// Whether the other side, which sends nothing more, takes nothing more, either, as far as the system tells.
    #[cfg(all(unix, feature = "server"))]
    pub(super) fn is_abandoned(&self) -> bool {
        match &self.stream {
            Stream::Socket(socket) => rustix::net::send(socket.get_ref(), b"", QUIET).is_err(),
            Stream::Other(_) => false,
        }
    }

    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            #[cfg(unix)]
            Stream::Socket(socket) => socket.poll_write(cx, bytes),
            Stream::Other(stream) => {
                self.unflushed = true;
                stream.as_mut().poll_write(cx, bytes)
            }
        }
    }

    /// Has the stream send what it holds back.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Stream::Other(stream) = &mut self.stream
            && self.unflushed
        {
            std::task::ready!(stream.as_mut().poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Tells the other side that nothing more is sent.
    #[cfg(all(unix, feature = "server"))]
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Socket(socket) => Poll::Ready(socket.get_ref().shutdown(Shutdown::Write)),
            Stream::Other(stream) => stream.as_mut().poll_shutdown(cx),
        }
    }

    /// Writes the beginning of `bytes`, and passes `descriptors` together with its first byte.
    #[cfg(unix)]
    pub(super) fn poll_write_with_descriptors(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        descriptors: &[OwnedFd],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Socket(socket) => socket.poll_write_with_descriptors(cx, bytes, descriptors),
            Stream::Other(_) => Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
