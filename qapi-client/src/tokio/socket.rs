//! Unix sockets that sleep until something comes.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll, ready};

use ::tokio::io::unix::AsyncFd;
use ::tokio::io::{Interest, ReadBuf};

use crate::descriptors;

/// A Unix socket of which room to write is waited for only when there is none.
///
/// With tokio's own the system wakes the runtime also when the other side has taken what was sent: between a command and its
/// reply once for nothing. It is QEMU's thread that has to do it, so that a call takes some percent longer.
pub(super) struct Socket {
    stream: AsyncFd<UnixStream>,
    /// The same socket, while it takes nothing more.
    full: Option<AsyncFd<UnixStream>>,
}

impl Socket {
    /// A socket that does not block.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        Ok(Self {
            stream: watch(stream, Interest::READABLE)?,
            full: None,
        })
    }

    pub(super) fn get_ref(&self) -> &UnixStream {
        self.stream.get_ref()
    }

    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.stream.poll_read_ready(cx))?;
            // What is there once is filled does not have to be filled again.
            let room = buffer.initialize_unfilled();
            match ready.try_io(|stream| stream.get_ref().read(room)) {
                Ok(Ok(count)) => {
                    // There is no more, so that nobody need ask.
                    if 0 < count && count < room.len() {
                        ready.clear_ready();
                    }
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => {}
            }
        }
    }

    /// Receives what is there, and adds the descriptors that have come along to `descriptors`.
    #[cfg(feature = "server")]
    pub(super) fn poll_receive(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
        descriptors: &mut Vec<OwnedFd>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut ready = ready!(self.stream.poll_read_ready(cx))?;
            if let Ok(done) =
                ready.try_io(|stream| descriptors::receive(stream, buffer, descriptors))
            {
                return Poll::Ready(done);
            }
        }
    }

    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, |mut stream| stream.write(bytes))
    }

    /// Writes the beginning of `bytes`, and passes `descriptors` together with its first byte.
    pub(super) fn poll_write_with_descriptors(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        descriptors: &[OwnedFd],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, |stream| descriptors::send(stream, bytes, descriptors))
    }

    /// Does what sends, as soon as there is room.
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        mut send: impl FnMut(&UnixStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let full = match &self.full {
            Some(full) => full,
            None => match send(self.get_ref()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let again = self.get_ref().try_clone()?;
                    self.full.insert(watch(again, Interest::WRITABLE)?)
                }
                done => return Poll::Ready(done),
            },
        };
        loop {
            let mut ready = ready!(full.poll_write_ready(cx))?;
            if let Ok(done) = ready.try_io(|stream| send(stream.get_ref())) {
                drop(ready);
                self.full = None;
                return Poll::Ready(done);
            }
        }
    }
}

#[expect(
    deprecated,
    reason = "what replaces it is unsafe, for types that do not keep their descriptor; a socket of std's does"
)]
fn watch(stream: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    AsyncFd::with_interest(stream, interest)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Count {
        fn get(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn pair() -> (Socket, Socket) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let pair = [ours, theirs].map(|stream| {
            stream.set_nonblocking(true).unwrap();
            Socket::new(stream).unwrap()
        });
        pair.into()
    }

    async fn read(socket: &Socket, most: usize) -> Vec<u8> {
        let mut bytes = vec![0; most];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| socket.poll_read(cx, &mut buffer))
            .await
            .unwrap();
        buffer.filled().to_vec()
    }

    /// Lets the runtime see what has happened to its sockets.
    async fn turn() {
        for _ in 0..4 {
            ::tokio::task::yield_now().await;
        }
    }

    /// What the system is asked to watch for at a socket, as its own lists say it.
    #[cfg(target_os = "linux")]
    fn watched(socket: &Socket) -> Vec<u32> {
        use std::fs;
        use std::os::fd::AsRawFd;

        let prefix = format!("tfd: {:>8} events: ", socket.get_ref().as_raw_fd());
        let lists = fs::read_dir("/proc/self/fdinfo").unwrap();
        let lists = lists.filter_map(|list| fs::read_to_string(list.unwrap().path()).ok());
        let mut events = Vec::new();
        for list in lists {
            let entries = list.lines().filter_map(|line| line.strip_prefix(&prefix));
            let masks = entries.filter_map(|rest| rest.split_whitespace().next());
            events.extend(masks.map(|mask| u32::from_str_radix(mask, 16).unwrap()));
        }
        events
    }

    #[cfg(target_os = "linux")]
    #[::tokio::test]
    async fn the_system_does_not_watch_for_room() {
        const IN: u32 = 1;
        const OUT: u32 = 4;
        let (mut ours, _theirs) = pair();
        let sent = poll_fn(|cx| ours.poll_write(cx, b"command")).await;
        assert_eq!(sent.unwrap(), 7);
        let events = watched(&ours);
        // The runtime holds its list by two descriptors.
        assert!(!events.is_empty() && events.iter().all(|events| events & (IN | OUT) == IN));
    }

    #[::tokio::test]
    async fn who_waits_is_woken_by_what_comes() {
        let (ours, theirs) = pair();
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut cx = Context::from_waker(&waker);
        let mut bytes = [0; 100];
        let mut buffer = ReadBuf::new(&mut bytes);
        assert!(ours.poll_read(&mut cx, &mut buffer).is_pending());
        theirs.get_ref().write_all(b"reply").unwrap();
        turn().await;
        assert_eq!(count.get(), 1);
        assert!(ours.poll_read(&mut cx, &mut buffer).is_ready());
        assert_eq!(buffer.filled(), b"reply");
        // Nothing more is there, until the other side goes.
        assert!(ours.poll_read(&mut cx, &mut buffer).is_pending());
        drop(theirs);
        turn().await;
        assert_eq!(count.get(), 2);
        assert!(ours.poll_read(&mut cx, &mut buffer).is_ready());
        assert_eq!(buffer.filled(), b"reply");
    }

    #[::tokio::test]
    async fn what_there_is_no_room_for_waits() {
        let (mut ours, theirs) = pair();
        let bytes: Vec<u8> = (0..8 << 20).map(|at| (at % 251) as u8).collect();
        let heard = Arc::new(AtomicUsize::new(0));
        let listener = {
            let (heard, expected) = (Arc::clone(&heard), bytes.clone());
            async move {
                while heard.load(Ordering::Relaxed) < expected.len() {
                    let at = heard.load(Ordering::Relaxed);
                    let more = read(&theirs, 100_000).await;
                    assert_eq!(more, expected[at..at + more.len()]);
                    heard.store(at + more.len(), Ordering::Relaxed);
                }
            }
        };
        let mut was_full = 0;
        let speaker = async {
            let mut sent = 0;
            while sent < bytes.len() {
                sent += poll_fn(|cx| {
                    let written = ours.poll_write(cx, &bytes[sent..]);
                    was_full += usize::from(written.is_pending());
                    assert_eq!(ours.full.is_some(), written.is_pending());
                    written
                })
                .await
                .unwrap();
            }
        };
        let ((), ()) = ::tokio::join!(speaker, listener);
        assert_eq!(heard.load(Ordering::Relaxed), bytes.len());
        assert!(was_full > 0);
    }
}
