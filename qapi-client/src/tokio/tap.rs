//! Between a server and its clients, to write down what they say.

use std::future::poll_fn;
use std::io::{self, Write};
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ::tokio::io::{AsyncRead, AsyncWrite};

use super::client::within;
use super::connection::Connection;
use super::dial;
use super::outgoing::{Outgoing, send};
use crate::address::Address;
use crate::core::{End, is_departure};
use crate::error::Error;
use crate::server::exchange::{Backlog, Recording, Side};

/// How much is received at once.
const CHUNK: usize = 64 << 10;

/// How much of what a server says before there is a client is kept for it.
const BACKLOG: usize = 16 << 20;

/// How often it is carried before others get their turn.
const TURNS: usize = 32;

/// How long a server may take to hang up when its client has gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection to a server whose client is somebody else: what both say passes through, and is written down.
///
/// Bytes go on as they have come, whatever they are, and so do file descriptors of the client's, with the bytes that they
/// came with; over something else than a Unix socket there is no way for these, and they are closed.
///
/// A server may talk before there is a client. That waits for one, up to 16 MiB of it; of more the first message waits, which
/// is the greeting, and the latest, and [`dropped`](Self::dropped) tells how many between them do not.
///
/// ```no_run
/// use qapi_client::server::exchange::Recording;
/// use qapi_client::tokio::Tap;
/// use tokio::net::UnixListener;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let tap = Tap::connect(&"/run/vm/qmp.sock".parse()?, None).await?;
/// let listener = UnixListener::bind("/run/vm/tap.sock")?;
/// let (client, _) = listener.accept().await?;
/// let mut recording = Recording::new(std::fs::File::create("/run/vm/recording")?);
/// let gone = tap.carry(client, &mut recording).await?;
/// println!("{gone:?} has hung up");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Tap {
    server: Connection,
    said: Way,
    /// What the server has said before there was a client.
    backlog: Backlog,
}

impl Tap {
    /// Connects to a server, within `timeout`.
    ///
    /// # Errors
    /// [`Error::Connect`].
    pub async fn connect(address: &Address, timeout: Option<Duration>) -> Result<Self, Error> {
        Ok(Self {
            server: dial::to(address)(timeout).await?,
            said: Way::of(Side::Server),
            backlog: Backlog::new(BACKLOG),
        })
    }

    /// Waits until the server hangs up, which nobody talks to, whatever it says meanwhile. It can be given up, and nothing is
    /// lost.
    ///
    /// A server that begins a message and does not end it within 16 MiB is not waited for: it says nothing that anybody could
    /// come for ([`End::Violation`]).
    pub async fn ended(&mut self) -> End {
        poll_fn(|cx| self.hear(cx)).await
    }

    /// Keeps what the server says, until it has hung up.
    fn hear(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        for _ in 0..TURNS {
            match ready!(self.said.receive(&mut self.server, cx)) {
                Ok(0) => return Poll::Ready(End::Closed),
                Ok(_) => {
                    if let Err(violation) = self.backlog.hear(self.said.bytes()) {
                        return Poll::Ready(End::Violation(violation));
                    }
                    self.said.filled = 0..0;
                }
                Err(error) => return Poll::Ready(error.into()),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// How many messages the server has said before there was a client that are more than is kept for it.
    pub fn dropped(&self) -> u64 {
        self.backlog.dropped()
    }

    /// Carries everything from a client to the server and back until one of them hangs up, and answers who. What is written
    /// down has been before it is passed on, with the end of the connection in the end.
    ///
    /// # Errors
    /// It cannot be written down. Nothing more is passed on then.
    pub async fn carry<S>(
        self,
        client: S,
        recording: &mut Recording<impl Write>,
    ) -> io::Result<Side>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let Self {
            server,
            mut said,
            backlog,
        } = self;
        let backlog = backlog.into_bytes();
        recording.hear(Side::Server, &backlog)?;
        said.begin_with(backlog);
        let mut between = Between {
            client: Connection::new(client),
            server,
            asked: Way::of(Side::Client),
            said,
        };
        let first = poll_fn(|cx| between.until_somebody_leaves(recording, cx)).await?;
        if first == Side::Client {
            between.hear_the_rest(recording).await?;
        }
        recording.end(first)?;
        Ok(first)
    }
}

/// A client and a server, with us between them.
struct Between {
    client: Connection,
    server: Connection,
    asked: Way,
    said: Way,
}

impl Between {
    fn until_somebody_leaves(
        &mut self,
        recording: &mut Recording<impl Write>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Side>> {
        if self.say(recording, cx)?.is_ready() {
            return Poll::Ready(Ok(Side::Server));
        }
        let asked = self
            .asked
            .carry(&mut self.client, &mut self.server, recording, cx)?;
        asked.map(|()| Ok(Side::Client))
    }

    /// Passes on what the server says, until it has hung up.
    fn say(
        &mut self,
        recording: &mut Recording<impl Write>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.said
            .carry(&mut self.server, &mut self.client, recording, cx)
    }

    /// The client says nothing more, which the server learns; it may have something to say yet.
    async fn hear_the_rest(&mut self, recording: &mut Recording<impl Write>) -> io::Result<()> {
        // One that has gone needs not be told.
        let _ = poll_fn(|cx| self.server.poll_shutdown(cx)).await;
        let patience = self.client.is_abandoned().then_some(PATIENCE);
        let rest = poll_fn(|cx| self.say(recording, cx));
        within(patience, rest).await.unwrap_or(Ok(()))
    }
}

/// What one side says, on its way to the other.
#[derive(Debug)]
struct Way {
    side: Side,
    chunk: Vec<u8>,
    /// What of it has been received and is to be sent.
    filled: Range<usize>,
    descriptors: Vec<OwnedFd>,
    /// Nobody is there who would take it.
    is_deaf: bool,
    /// Nothing more is said.
    is_over: bool,
}

impl Way {
    fn of(side: Side) -> Self {
        Self {
            side,
            chunk: vec![0; CHUNK],
            filled: 0..0,
            descriptors: Vec::new(),
            is_deaf: false,
            is_over: false,
        }
    }

    /// Has this passed on before anything else.
    fn begin_with(&mut self, bytes: Vec<u8>) {
        self.filled = 0..bytes.len();
        self.chunk = bytes;
        self.chunk.resize(CHUNK.max(self.filled.end), 0);
    }

    /// Passes on what there is, until nothing more is said and all has been passed on.
    fn carry(
        &mut self,
        from: &mut Connection,
        to: &mut Connection,
        recording: &mut Recording<impl Write>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        for _ in 0..TURNS {
            if !self.is_deaf
                && let Err(error) = send(self, to, cx)
            {
                self.is_deaf = true;
                // Who has left may have said something before. Who is there but cannot be told is not left waiting.
                self.is_over |= !is_departure(&error);
            }
            if self.is_deaf {
                self.filled = 0..0;
                self.descriptors.clear();
            }
            if !self.filled.is_empty() {
                return Poll::Pending;
            }
            if self.is_over {
                return Poll::Ready(Ok(()));
            }
            match ready!(self.receive(from, cx)) {
                Ok(1..) => recording.hear(self.side, self.bytes())?,
                // Whoever cannot be heard has gone.
                Ok(0) | Err(_) => self.is_over = true,
            }
            if !to.passes_descriptors() {
                self.descriptors.clear();
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Receives what there is, as far as there is room for it.
    fn receive(&mut self, from: &mut Connection, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.filled.is_empty() {
            self.filled = 0..0;
            self.chunk.truncate(CHUNK);
            self.chunk.shrink_to_fit();
        }
        let room = &mut self.chunk[self.filled.end..];
        if room.is_empty() {
            return Poll::Pending;
        }
        loop {
            match ready!(from.poll_receive(cx, room, &mut self.descriptors)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                received => {
                    // Servers have none to give.
                    if self.side == Side::Server {
                        self.descriptors.clear();
                    }
                    self.filled.end += received.as_ref().copied().unwrap_or(0);
                    return Poll::Ready(received);
                }
            }
        }
    }
}

impl Outgoing for Way {
    fn bytes(&self) -> &[u8] {
        &self.chunk[self.filled.clone()]
    }

    fn descriptors(&self) -> &[OwnedFd] {
        &self.descriptors
    }

    fn sent(&mut self, count: usize) {
        self.filled.start += count;
        self.descriptors.clear();
    }
}
