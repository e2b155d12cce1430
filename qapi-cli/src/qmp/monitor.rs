//! Which machine to talk to, and how long to wait for it.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;
use std::{env, fs, io};

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use qapi_client::blocking::{Client, Options};
use qapi_client::{Address, AddressError, Error};

use super::Failure;
use super::deadline::Deadline;

/// The variable that names the monitor where the command line does not.
const MONITOR: &str = "QMP_SOCKET";

/// The same for a guest's agent.
const AGENT: &str = "QGA_SOCKET";

/// Where the help of subcommands tells of these: after what is theirs.
const LAST: usize = 500;

/// Which monitor to talk to.
#[derive(Clone, Debug, Args)]
pub(super) struct Monitor {
    /// The monitor: a Unix socket's PATH, unix:PATH, unix:@NAME, tcp:HOST:PORT or vsock:CID:PORT [default: what the variable
    /// QMP_SOCKET says, for `agent` QGA_SOCKET]
    #[arg(long, short, global = true, display_order = LAST, value_name = "ADDRESS", value_parser = OsStringValueParser::new().try_map(address))]
    socket: Option<Address>,
    /// How long to wait for the connection, and for each reply; 0 waits for ever. What a subcommand as a whole may take is
    /// its --within, where it has one [default: 30]
    #[arg(long, global = true, display_order = LAST, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    timeout: Option<Duration>,
}

/// The same in a word, for a subcommand that takes no others.
#[derive(Debug, Args)]
pub(super) struct Word {
    /// Where to connect to, as --socket says it
    #[arg(value_name = "ADDRESS", value_parser = OsStringValueParser::new().try_map(address))]
    address: Option<Address>,
}

impl Monitor {
    pub(super) fn connect(&self) -> Result<Client, Failure> {
        self.connect_by(Deadline::after(None))
    }

    /// The same for whoever does not wait longer than until then, whatever it is that takes long.
    pub(super) fn connect_by(&self, deadline: Deadline) -> Result<Client, Failure> {
        let options = deadline.limit(self.options());
        Ok(Client::connect_with(&self.address()?, options)?)
    }

    /// Where the monitor is. A subcommand that makes its own machine does not ask.
    pub(super) fn address(&self) -> Result<Address, Failure> {
        self.named_by(&[MONITOR], "no monitor is named")
    }

    /// The same, if `word` does not say where the monitor is.
    ///
    /// # Errors
    /// Both do.
    pub(super) fn or_word(&self, word: &Word) -> Result<Self, Failure> {
        match (&word.address, &self.socket) {
            (Some(word), Some(socket)) => Err(Failure::Usage(format!(
                "it is either {} or --socket {}",
                name(word),
                name(socket)
            ))),
            (word, socket) => Ok(Self {
                socket: word.as_ref().or(socket.as_ref()).cloned(),
                timeout: self.timeout,
            }),
        }
    }

    /// Whether the command line names one.
    pub(super) fn is_named(&self) -> bool {
        self.socket.is_some()
    }

    /// Where the guest's agent is. Whoever has but one socket may have named it as the monitor.
    pub(super) fn agent_address(&self) -> Result<Address, Failure> {
        self.named_by(&[AGENT, MONITOR], "no guest agent is named")
    }

    /// What the command line says, or else the first of the variables that says anything.
    fn named_by(&self, variables: &[&str], otherwise: &str) -> Result<Address, Failure> {
        if let Some(address) = &self.socket {
            return Ok(address.clone());
        }
        for variable in variables {
            if let Some(word) = env::var_os(variable).filter(|word| !word.is_empty()) {
                return address(word)
                    .map_err(|error| Failure::Usage(format!("{variable}: {error}")));
            }
        }
        let variable = variables[0];
        Err(Failure::Usage(format!(
            "{otherwise}: say --socket <ADDRESS>, or set {variable}"
        )))
    }

    /// How long the machine may take for whatever is waited for, if the command line says so.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.timeout.filter(|timeout| !timeout.is_zero())
    }

    /// How long a session waits.
    pub(super) fn options(&self) -> Options {
        let timeout = match self.timeout {
            Some(_) => self.patience(),
            None => Options::default().timeout,
        };
        Options {
            timeout,
            long_timeout: timeout,
            ..Options::default()
        }
    }
}

/// An address on a command line. What is no text can only be a path.
pub(super) fn address(word: OsString) -> Result<Address, AddressError> {
    match word.into_string() {
        Ok(text) => text.parse(),
        Err(path) => Ok(Address::Unix(path.into())),
    }
}

/// An address, as people know it: of a Unix socket the path alone.
pub(super) fn name(address: &Address) -> String {
    match address {
        Address::Unix(path) => path.display().to_string(),
        address => address.to_string(),
    }
}

/// A span of time, as command lines have it.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    if seconds < 0.0 {
        return Err("time does not go back".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| "not a time that can be waited for".to_owned())
}

/// Why a session is not to be had, or has ended. Where the system does not say what is likely, that is said.
pub(super) fn explain(error: &Error) -> String {
    match error {
        Error::Connect { address, source } => {
            let path = address.strip_prefix("unix:").map(Path::new);
            match (source.kind(), path) {
                (io::ErrorKind::ConnectionRefused, Some(path)) => {
                    format!("{error}{}", refused(path).unwrap_or_default())
                }
                (io::ErrorKind::TimedOut, Some(_)) => format!("{error}{TAKEN}"),
                _ => error.to_string(),
            }
        }
        // Nothing has been sent yet, and nobody greets.
        Error::TimedOut { waiting_for, sent } if !sent && waiting_for.ends_with("greeting") => {
            format!("{error}{TAKEN}")
        }
        _ => error.to_string(),
    }
}

/// Whether a session that ends so ends because the machine has. It may have been asked something that it has not read.
pub(super) fn has_ended(error: &Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset};
    match error {
        Error::Lost { source: None, .. } => true,
        Error::Lost {
            source: Some(error),
            ..
        } => matches!(error.kind(), BrokenPipe | ConnectionReset),
        _ => false,
    }
}

/// What is likely where somebody listens and says nothing.
const TAKEN: &str = ": another client may be talking to it, for a monitor serves one at a time; or it is no monitor";

/// What there is at a path at which nobody listens.
fn refused(path: &Path) -> Option<&'static str> {
    let kind = fs::metadata(path).ok()?.file_type();
    Some(match (kind.is_dir(), is_socket(kind)) {
        (true, _) => ": it is a directory, no socket",
        (_, true) => ": whoever has listened there has gone",
        _ => ": it is a file, no socket",
    })
}

#[cfg(unix)]
fn is_socket(kind: fs::FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&kind)
}

#[cfg(not(unix))]
fn is_socket(_: fs::FileType) -> bool {
    false
}
