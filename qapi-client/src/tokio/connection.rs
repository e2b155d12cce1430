//! What a session runs over.

use std::any::Any;
use std::fmt;
use std::io;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll};

#[cfg(unix)]
use ::tokio::io::Interest;
use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
#[cfg(unix)]
use ::tokio::net::UnixStream;
#[cfg(unix)]
use ::tokio::time::sleep;

#[cfg(unix)]
use crate::child::{Ending, Running};
use crate::core::End;
#[cfg(all(unix, feature = "server"))]
use crate::descriptors::QUIET;

/// A connection to a server.
pub(super) struct Connection {
    stream: Pin<Box<dyn Stream>>,
    /// Something was written that the stream may hold back.
    unflushed: bool,
    /// The program at the other end, which ends with the connection.
    #[cfg(unix)]
    program: Option<Box<dyn Ending>>,
}

trait Stream: AsyncRead + AsyncWrite + Send {
    /// Descriptors need more of a Unix socket than that it is read and written.
    #[cfg(unix)]
    fn unix(&self) -> Option<&UnixStream>;
}

impl<S: AsyncRead + AsyncWrite + Send + Any> Stream for S {
    #[cfg(unix)]
    fn unix(&self) -> Option<&UnixStream> {
        (self as &dyn Any).downcast_ref()
    }
}

impl Connection {
    pub(super) fn new(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> Self {
        Self {
            stream: Box::pin(stream),
            unflushed: false,
            #[cfg(unix)]
            program: None,
        }
    }

    /// With the program at its other end.
    #[cfg(unix)]
    pub(super) fn with(stream: UnixStream, program: Running) -> Self {
        Self {
            program: Some(Box::new(program)),
            ..Self::new(stream)
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
        #[cfg(unix)]
        return (*self.stream).unix().is_some();
        #[cfg(not(unix))]
        false
    }

    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(cx, buffer)
    }

    /// Receives what is there, and adds the descriptors that have come along, if the stream has any.
    #[cfg(all(unix, feature = "server"))]
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
        descriptors: &mut Vec<OwnedFd>,
    ) -> Poll<io::Result<usize>> {
        let Some(stream) = (*self.stream).unix() else {
            let mut buffer = ReadBuf::new(buffer);
            let received = self.stream.as_mut().poll_read(cx, &mut buffer);
            return received.map_ok(|()| buffer.filled().len());
        };
        loop {
            std::task::ready!(stream.poll_read_ready(cx))?;
            let receive = || crate::descriptors::receive(stream, buffer, descriptors);
            match stream.try_io(Interest::READABLE, receive) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    /// Whether the other side, which sends nothing more, takes nothing more, either, as far as the system tells.
    #[cfg(all(unix, feature = "server"))]
    pub(super) fn is_abandoned(&self) -> bool {
        let stream = (*self.stream).unix();
        stream.is_some_and(|stream| rustix::net::send(stream, b"", QUIET).is_err())
    }

    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unflushed = true;
        self.stream.as_mut().poll_write(cx, bytes)
    }

    /// Has the stream send what it holds back.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed {
            std::task::ready!(self.stream.as_mut().poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Tells the other side that nothing more is sent.
    #[cfg(all(unix, feature = "server"))]
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }

    /// Writes the beginning of `bytes`, and passes `descriptors` together with its first byte.
    #[cfg(unix)]
    pub(super) fn poll_write_with_descriptors(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        descriptors: &[OwnedFd],
    ) -> Poll<io::Result<usize>> {
        // Of the stream itself, not of the pointer, which is a stream, too.
        let Some(stream) = (*self.stream).unix() else {
            return Poll::Ready(Err(io::ErrorKind::Unsupported.into()));
        };
        loop {
            std::task::ready!(stream.poll_write_ready(cx))?;
            let send = || crate::descriptors::send(stream, bytes, descriptors);
            match stream.try_io(Interest::WRITABLE, send) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
