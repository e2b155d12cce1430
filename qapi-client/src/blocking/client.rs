//! The client.

use std::fmt;
use std::io;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::path::Path;
use std::time::Duration;

use qapi_types::{Any, Command, Encode, EventSet, Greeting, Payload, from_str};

use super::Transport;
use super::connection::{Connection, connect_tcp};
use super::deadline::Deadline;
use crate::core::{CallId, EventQueue, Outcome, RawEvent, Session, Stamped, Step};
use crate::error::{Error, Undecodable};
use crate::limits::Limits;

/// How a client behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long making the connection, the greeting, and each call may take; `None` waits for ever.
    pub timeout: Option<Duration>,
    /// How long to listen for an error after a command that answers on failure only.
    pub silence: Duration,
    /// Whether the server greets and negotiates its capabilities. QEMU and its storage daemon do, the guest agent does not.
    pub greeting: bool,
    /// What the server can make the session do.
    pub limits: Limits,
}

impl Default for Options {
    /// Half a minute; a second of silence; a server that greets.
    fn default() -> Self {
        Self {
            timeout: Some(Duration::from_secs(30)),
            silence: Duration::from_secs(1),
            greeting: true,
            limits: Limits::default(),
        }
    }
}

/// A session that waits for every reply.
///
/// Events that come meanwhile are kept, in their order, until [`next_event`](Client::next_event) asks for them; when more
/// come than [`Limits`] allow the oldest go, and [`events_lost`](Client::events_lost) counts them. They are received while
/// the client waits for something; between its calls they wait in the socket.
pub struct Client {
    connection: Connection,
    session: Session,
    events: EventQueue,
    greeting: Greeting,
    options: Options,
}

impl Client {
    /// Connects to the Unix socket `path`, with the default options.
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`over`](Self::over).
    #[cfg(unix)]
    pub fn connect_unix(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::connect_unix_with(path, Options::default())
    }

    /// Connects to the Unix socket `path`.
    ///
    /// # Errors
    /// As [`connect_unix`](Self::connect_unix).
    #[cfg(unix)]
    pub fn connect_unix_with(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let path = path.as_ref();
        let stream = UnixStream::connect(path).map_err(|source| Error::Connect {
            address: path.display().to_string(),
            source,
        })?;
        Self::over(stream, options)
    }

    /// Connects to a TCP address such as `localhost:4444`, with the default options.
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`over`](Self::over).
    pub fn connect_tcp(address: &str) -> Result<Self, Error> {
        Self::connect_tcp_with(address, Options::default())
    }

    /// Connects to a TCP address. A name may stand for several; they are tried one after the other.
    ///
    /// # Errors
    /// As [`connect_tcp`](Self::connect_tcp).
    pub fn connect_tcp_with(address: &str, options: Options) -> Result<Self, Error> {
        let stream = connect_tcp(address, options.timeout).map_err(|source| Error::Connect {
            address: address.to_owned(),
            source,
        })?;
        Self::over(stream, options)
    }

    /// A session over a connection that is there already: waits for the greeting and negotiates, unless
    /// [`Options::greeting`] says that there is none.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if the server says nothing, as QEMU's does while another client has its monitor;
    /// [`Error::Lost`]; [`Error::Protocol`].
    pub fn over(transport: impl Transport + 'static, options: Options) -> Result<Self, Error> {
        let session = match options.greeting {
            true => Session::new(options.limits),
            false => Session::without_greeting(options.limits),
        };
        let mut client = Self {
            connection: Connection::new(Box::new(transport)),
            session,
            events: EventQueue::new(options.limits),
            greeting: Greeting::default(),
            options,
        };
        if options.greeting {
            client.negotiate()?;
        }
        Ok(client)
    }

    fn negotiate(&mut self) -> Result<(), Error> {
        let mut deadline = Deadline::after(self.options.timeout);
        loop {
            match self.next_step(&mut deadline)? {
                Some(Step::Ready) => break,
                Some(Step::Event(event)) => self.events.push(event),
                Some(Step::Reply { .. }) => {}
                None => {
                    let waiting_for = match self.session.greeting() {
                        None => "the server's greeting".to_owned(),
                        Some(_) => "the reply to qmp_capabilities".to_owned(),
                    };
                    return Err(Error::TimedOut { waiting_for });
                }
            }
        }
        self.greeting = self.session.greeting().cloned().unwrap_or_default();
        Ok(())
    }

    /// What the server has said about itself; nothing, if it does not greet.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// Executes a command, within the time of [`Options::timeout`].
    ///
    /// A command that answers on failure only ([`Command::SUCCESS_RESPONSE`]) has succeeded when no error has come for
    /// the time of [`Options::silence`], or the server has gone.
    ///
    /// # Errors
    /// Every one of [`Error`] but [`Error::Connect`].
    pub fn execute<C: Command>(&mut self, command: &C) -> Result<C::Return, Error> {
        self.execute_within(command, self.options.timeout)
    }

    /// Executes a command, within `timeout`; `None` waits for ever.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_within<C: Command>(
        &mut self,
        command: &C,
        timeout: Option<Duration>,
    ) -> Result<C::Return, Error> {
        if !C::SUCCESS_RESPONSE {
            self.call_silent(C::NAME, command)?;
            return from_str("{}").map_err(|error| undecodable(C::NAME, error, "{}"));
        }
        let value = self.call(C::NAME, Some(command), timeout)?;
        value
            .decode()
            .map_err(|error| undecodable(C::NAME, error, value.json()))
    }

    /// Executes a command by its name, within the time of [`Options::timeout`], and answers whatever the server does.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), but for the data of the reply.
    pub fn execute_raw(&mut self, name: &str, arguments: Option<&Any>) -> Result<Any, Error> {
        let arguments = arguments.map(|arguments| arguments as &dyn Encode);
        let value = self.call(name, arguments, self.options.timeout)?;
        value
            .decode()
            .map_err(|error| undecodable(name, error, value.json()))
    }

    /// The next event as one of the set `E`, the oldest that is kept or else the first that comes within `timeout`; `None`
    /// if none does. A timeout of `None` waits for ever, one of zero takes what is there.
    ///
    /// # Errors
    /// [`Error::Undecodable`] if the event's data are not what the schema says; the event is gone, the session goes on.
    /// [`Error::Lost`] and [`Error::Protocol`].
    pub fn next_event<E: EventSet>(
        &mut self,
        timeout: Option<Duration>,
    ) -> Result<Option<Stamped<E>>, Error> {
        let Some(event) = self.next_raw_event(timeout)? else {
            return Ok(None);
        };
        match event.decode() {
            Ok(event) => Ok(Some(event)),
            Err(error) => Err(undecodable(&event.name, error, event.data.json())),
        }
    }

    /// The next event as it came; otherwise as [`next_event`](Self::next_event).
    ///
    /// # Errors
    /// [`Error::Lost`] and [`Error::Protocol`].
    pub fn next_raw_event(&mut self, timeout: Option<Duration>) -> Result<Option<RawEvent>, Error> {
        let mut deadline = Deadline::after(timeout);
        loop {
            if let Some(event) = self.events.pop() {
                return Ok(Some(event));
            }
            match self.next_step(&mut deadline)? {
                Some(Step::Event(event)) => self.events.push(event),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// How many events have gone because nobody asked for them in time.
    pub fn events_lost(&self) -> u64 {
        self.events.lost()
    }

    /// Sends a command and waits for what it returns.
    fn call(
        &mut self,
        name: &str,
        arguments: Option<&dyn Encode>,
        timeout: Option<Duration>,
    ) -> Result<Payload<'static>, Error> {
        let id = self.session.call(name, arguments);
        match self.reply(id, Deadline::after(timeout))? {
            Some(Outcome::Returned(value)) => Ok(value),
            Some(Outcome::Refused(refusal)) => Err(refusal.into()),
            Some(Outcome::Unreadable { error, json }) => Err(undecodable(name, error, &json)),
            None => Err(Error::TimedOut {
                waiting_for: format!("the reply to {name}"),
            }),
        }
    }

    /// Sends a command that answers on failure only.
    fn call_silent(&mut self, name: &str, arguments: &dyn Encode) -> Result<(), Error> {
        let id = self.session.call(name, Some(arguments));
        match self.reply(id, Deadline::after(Some(self.options.silence))) {
            Ok(Some(Outcome::Refused(refusal))) => Err(refusal.into()),
            Ok(_) => Ok(()),
            // It has done what it was told: with it the server ends. Only if it never got the command it did not.
            Err(Error::Lost { .. }) if self.session.outgoing().is_empty() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Waits for the reply to a call; after the deadline nobody does any more.
    fn reply(&mut self, id: CallId, mut deadline: Deadline) -> Result<Option<Outcome>, Error> {
        loop {
            match self.next_step(&mut deadline)? {
                Some(Step::Reply {
                    id: answered,
                    outcome,
                }) if answered == id => {
                    return Ok(Some(outcome));
                }
                Some(Step::Event(event)) => self.events.push(event),
                Some(_) => {}
                None => {
                    self.session.abandon(id);
                    return Ok(None);
                }
            }
        }
    }

    /// The next thing that happens until the deadline.
    fn next_step(&mut self, deadline: &mut Deadline) -> Result<Option<Step>, Error> {
        loop {
            if let Some(step) = self.session.step()? {
                return Ok(Some(step));
            }
            match self.exchange(deadline) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(Error::Lost { source: None });
                }
                Err(error) => {
                    let source = Some(error);
                    return Err(Error::Lost { source });
                }
            }
        }
    }

    /// Sends what is to be sent, then receives what is there or comes first; `false` if the deadline passes before.
    fn exchange(&mut self, deadline: &mut Deadline) -> io::Result<bool> {
        let sent = self.send(deadline);
        if let Ok(false) = sent {
            return Ok(false);
        }
        // A server that has gone may have left its last words, so they are read even if it cannot be told anything.
        match self.connection.receive(deadline) {
            Ok(None) => Ok(false),
            Ok(Some(bytes)) => {
                self.session.receive(bytes);
                Ok(true)
            }
            Err(error) => Err(sent.err().unwrap_or(error)),
        }
    }

    /// Sends all that is to be sent. What the deadline cuts off stays, and goes out before the next command: half a
    /// command on the wire would take the next one with it.
    fn send(&mut self, deadline: &mut Deadline) -> io::Result<bool> {
        while !self.session.outgoing().is_empty() {
            match self.connection.send(self.session.outgoing(), deadline)? {
                Some(count) => self.session.sent(count),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("greeting", &self.greeting)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

fn undecodable(name: &str, error: qapi_types::DecodeError, json: &str) -> Error {
    Error::Undecodable(Undecodable {
        name: name.to_owned(),
        error,
        json: json.to_owned(),
    })
}
