//! How sessions and calls behave.

use std::time::Duration;

use qapi_types::{Command, Encode};

use crate::core::Call;
use crate::error::{Error, NotOutOfBand};
use crate::limits::Limits;
use crate::timeouts::Timeouts;

/// How a session behaves.
///
/// ```
/// use std::time::Duration;
/// use qapi_client::Options;
///
/// let options = Options {
///     timeout: Some(Duration::from_secs(5)),
///     out_of_band: true,
///     ..Options::default()
/// };
/// assert!(options.greeting);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long making the connection, the greeting, and each call may take; `None` waits for ever.
    pub timeout: Option<Duration>,
    /// How long a call of [`long_commands`](Self::long_commands) may take; `None` waits for ever.
    pub long_timeout: Option<Duration>,
    /// The commands whose work takes as long as there is data, by name; `*` stands for any characters.
    pub long_commands: &'static [&'static str],
    /// How long to listen for an error after a command that answers on failure only.
    pub silence: Duration,
    /// Whether the server greets and negotiates its capabilities. QEMU and its storage daemon do, the guest agent does not.
    pub greeting: bool,
    /// Whether to ask for out-of-band execution, where the server offers it.
    pub out_of_band: bool,
    /// Whether a connection that is lost is made anew, and how. It is for sessions that know how: those that were connected
    /// to an address, with TLS or without, to a guest agent's, or to a program by
    /// [`respawn`](crate::blocking::Client::respawn). A session over a connection of the caller's ends with it. So does one
    /// whose server does not speak QMP: it is not given another chance.
    pub reconnect: Option<Reconnect>,
    /// What the server can make the session do.
    pub limits: Limits,
}

/// How a connection that is lost is made anew.
///
/// The calls that had been sent end as lost, with their outcome unknown; those of which nothing had been sent wait for the new
/// connection, until their deadlines. Subscribers are told of the gap. A connection that ends before the server has done
/// anything is but another attempt that has failed.
///
/// ```no_run
/// use qapi_client::{Options, Reconnect, blocking::Client};
///
/// let options = Options {
///     reconnect: Some(Reconnect::default()),
///     ..Options::default()
/// };
/// let client = Client::connect_unix_with("/run/vm/qmp.sock", options)?;
/// # Ok::<(), qapi_client::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconnect {
    /// How often it is tried before the session ends.
    pub attempts: u32,
    /// How long to wait before the second attempt; before each further one twice as long.
    pub pause: Duration,
    /// How long to wait at most.
    pub longest_pause: Duration,
}

impl Default for Reconnect {
    /// Ten times, the second a tenth of a second after the first, with five seconds between them at most: within about twenty
    /// seconds.
    fn default() -> Self {
        Self {
            attempts: 10,
            pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(5),
        }
    }
}

/// Commands that read, write or wait for as much as there is before they answer.
const LONG_COMMANDS: &[&str] = &[
    "block-dirty-bitmap-merge",
    "block_resize",
    "blockdev-add",
    "blockdev-reopen",
    "blockdev-snapshot*",
    "dump-guest-memory",
    "guest-exec*",
    "guest-fsfreeze-*",
    "guest-fstrim",
    "guest-suspend-*",
    "human-monitor-command",
    "memsave",
    "pmemsave",
    "screendump",
    "stop",
    "transaction",
    "x-colo-*",
];

impl Default for Options {
    /// Half a minute, five minutes for what takes long; a second of silence; a server that greets; no out-of-band
    /// execution, no further connection.
    fn default() -> Self {
        Self {
            timeout: Some(Duration::from_secs(30)),
            long_timeout: Some(Duration::from_secs(300)),
            long_commands: LONG_COMMANDS,
            silence: Duration::from_secs(1),
            greeting: true,
            out_of_band: false,
            reconnect: None,
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// What suits a guest agent: it does not greet, and may be hostile.
    pub fn guest_agent() -> Self {
        Self {
            greeting: false,
            limits: Limits::guest(),
            ..Self::default()
        }
    }
}

/// How one call behaves, where that is not how all do.
///
/// ```
/// use std::time::Duration;
/// use qapi_client::CallOptions;
///
/// let patient = CallOptions::new().unbounded();
/// let urgent = CallOptions::new().within(Duration::from_secs(1)).out_of_band();
/// assert_ne!(patient, urgent);
/// assert_eq!(CallOptions::from(Duration::from_secs(1)).out_of_band(), urgent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    timeout: Timeout,
    out_of_band: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Timeout {
    #[default]
    OfSession,
    Within(Option<Duration>),
}

impl CallOptions {
    /// As the session's other calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// The call may take so long.
    pub fn within(self, timeout: Duration) -> Self {
        Self {
            timeout: Timeout::Within(Some(timeout)),
            ..self
        }
    }

    /// The call may take for ever.
    pub fn unbounded(self) -> Self {
        Self {
            timeout: Timeout::Within(None),
            ..self
        }
    }

    /// The command is executed out of band, past those that wait. The server has to offer this
    /// ([`Options::out_of_band`]), and the command has to allow it ([`Command::ALLOW_OOB`](qapi_types::Command::ALLOW_OOB));
    /// otherwise the call is refused before anything is sent.
    pub fn out_of_band(self) -> Self {
        Self {
            out_of_band: true,
            ..self
        }
    }

    /// A call of a command that behaves so, if it can; `negotiated` says whether the session has out-of-band execution.
    pub(crate) fn call<C: Command>(
        self,
        command: &C,
        negotiated: impl FnOnce() -> bool,
    ) -> Result<Call, Error> {
        if self.out_of_band && !C::ALLOW_OOB {
            return Err(Error::OutOfBand(NotOutOfBand::Command(C::NAME)));
        }
        self.call_named(C::NAME, Some(command), negotiated)
    }

    /// The same of a command that is known by its name.
    pub(crate) fn call_named(
        self,
        name: &str,
        arguments: Option<&dyn Encode>,
        negotiated: impl FnOnce() -> bool,
    ) -> Result<Call, Error> {
        match self.out_of_band {
            false => Ok(Call::new(name, arguments)),
            true if negotiated() => Ok(Call::out_of_band(name, arguments)),
            true => Err(Error::OutOfBand(NotOutOfBand::Session)),
        }
    }

    /// How long a call of `name` may take.
    pub(crate) fn timeout(self, name: &str, timeouts: &Timeouts) -> Option<Duration> {
        match self.timeout {
            Timeout::OfSession => timeouts.of(name),
            Timeout::Within(timeout) => timeout,
        }
    }
}

/// A call that may take so long.
impl From<Duration> for CallOptions {
    fn from(timeout: Duration) -> Self {
        Self::new().within(timeout)
    }
}
