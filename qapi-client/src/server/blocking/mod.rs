//! The server with threads: three for each client, which wait for one another and for nobody else's.

mod connection;
mod monitors;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::thread;

use qapi_types::Service;

use connection::{Connection, HangUp};
pub use monitors::Monitors;

/// Speaks QMP for a machine, with any number of clients at a time.
///
/// A client's commands are done in their order on a thread of its own; those out of band are done at once, past them.
/// Commands of different clients may be done at the same time.
///
/// ```no_run
/// use std::os::unix::net::UnixListener;
///
/// use qapi_client::server::{Monitors, Options, Server};
/// # use qapi_types::{Flag, Reader, Refusal, Service as Generated};
/// # struct Machine;
/// # struct Service<M>(M);
/// # impl Generated for Service<Machine> {
/// #     fn introspection(&self) -> &str { "[]" }
/// #     fn flags(&self, _: &str) -> Option<&'static [Flag]> { None }
/// #     fn execute(&self, _: &str, _: &mut Reader<'_>) -> Result<String, Refusal> { unreachable!() }
/// # }
///
/// // The machine reports events to its monitors; `Service` is of the bindings.
/// let monitors = Monitors::new(Options::default());
/// let server = Server::new(Service(Machine), monitors.clone());
/// server.serve_unix(UnixListener::bind("/run/vm/qmp.sock")?)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Server<S> {
    service: S,
    monitors: Monitors,
}

impl<S: Service + Sync> Server<S> {
    /// A server of `service`, whose clients hear of what is reported to `monitors`.
    pub fn new(service: S, monitors: Monitors) -> Self {
        Self { service, monitors }
    }

    /// Serves all clients that connect to a Unix socket, until the monitors are closed.
    ///
    /// # Errors
    /// No more clients can be accepted; those that are there have been served to their end.
    pub fn serve_unix(&self, listener: UnixListener) -> io::Result<()> {
        let closer = UnixStream::from(OwnedFd::from(listener.try_clone()?));
        self.accept(closer, || Ok(listener.accept()?.0))
    }

    /// Serves all clients that connect to a TCP port, until the monitors are closed.
    ///
    /// # Errors
    /// As [`serve_unix`](Self::serve_unix).
    pub fn serve_tcp(&self, listener: TcpListener) -> io::Result<()> {
        let closer = UnixStream::from(OwnedFd::from(listener.try_clone()?));
        self.accept(closer, || {
            let stream = listener.accept()?.0;
            // A reply is one write, and nothing follows that it could wait for.
            stream.set_nodelay(true)?;
            Ok(stream)
        })
    }

    /// `closer` is the listener under another type: to shut it down wakes who waits for a client.
    fn accept<D: Duplex>(
        &self,
        closer: UnixStream,
        mut next: impl FnMut() -> io::Result<D>,
    ) -> io::Result<()> {
        let listening = self.monitors.listen(move || {
            let _ = closer.shutdown(Shutdown::Both);
        });
        thread::scope(|scope| {
            while self.monitors.wait_for_room() {
                match next().and_then(Ends::of) {
                    Ok(ends) => {
                        let connection = self.monitors.join(ends.hang_up);
                        if let Some(connection) = connection {
                            scope.spawn(move || self.run(&connection, ends.reader, ends.writer));
                        }
                    }
                    // A client that has gone before it was looked at.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) if self.monitors.is_closed() => {}
                    Err(error) => return Err(error),
                }
            }
            drop(listening);
            Ok(())
        })
    }

    /// Serves one client over a socket that is connected already, until it leaves or the monitors are closed.
    ///
    /// ```
    /// use std::os::unix::net::UnixStream;
    ///
    /// use qapi_client::blocking::Client;
    /// use qapi_client::server::{Monitors, Options, Server};
    /// # use qapi_types::{Flag, Reader, Refusal, Service as Generated};
    /// # struct Machine;
    /// # struct Service<M>(M);
    /// # impl Generated for Service<Machine> {
    /// #     fn introspection(&self) -> &str { "[]" }
    /// #     fn flags(&self, name: &str) -> Option<&'static [Flag]> { (name == "stop").then_some(&[]) }
    /// #     fn execute(&self, _: &str, _: &mut Reader<'_>) -> Result<String, Refusal> { Ok("{}".into()) }
    /// # }
    ///
    /// let (ours, theirs) = UnixStream::pair()?;
    /// let server = Server::new(Service(Machine), Monitors::new(Options::default()));
    /// let serving = std::thread::spawn(move || server.serve_stream(theirs));
    /// let mut client = Client::over(ours, qapi_client::Options::default())?;
    /// client.execute_raw("stop", None)?;
    /// # drop(client);
    /// # serving.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The socket cannot be shared by the threads that read and write it.
    pub fn serve_stream(&self, stream: UnixStream) -> io::Result<()> {
        let ends = Ends::of(stream)?;
        self.serve_over(ends.reader, ends.writer, ends.hang_up);
        Ok(())
    }

    /// Serves one client over a connection that is there already, until it leaves or the monitors are closed.
    ///
    /// `hang_up` is called when the connection is to end: it has to make `reader` and `writer` end or fail.
    pub fn serve_over(
        &self,
        reader: impl Read,
        writer: impl Write + Send,
        hang_up: impl Fn() + Send + Sync + 'static,
    ) {
        if let Some(connection) = self.monitors.join(Box::new(hang_up)) {
            self.run(&connection, reader, writer);
        }
    }

    fn run(&self, connection: &Arc<Connection>, reader: impl Read, writer: impl Write + Send) {
        connection.run(&self.service, reader, writer);
        self.monitors.leave(connection);
    }
}

/// A stream that is read by one thread, written by another, and ended by a third.
struct Ends<D> {
    reader: D,
    writer: D,
    hang_up: HangUp,
}

impl<D: Duplex> Ends<D> {
    fn of(reader: D) -> io::Result<Self> {
        let (writer, closer) = (reader.another()?, reader.another()?);
        Ok(Self {
            reader,
            writer,
            hang_up: Box::new(move || closer.hang_up()),
        })
    }
}

trait Duplex: Read + Write + Send + Sync + Sized + 'static {
    fn another(&self) -> io::Result<Self>;
    fn hang_up(&self);
}

impl Duplex for UnixStream {
    fn another(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn hang_up(&self) {
        // It fails if the client has hung up itself.
        let _ = self.shutdown(Shutdown::Both);
    }
}

impl Duplex for TcpStream {
    fn another(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn hang_up(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}
