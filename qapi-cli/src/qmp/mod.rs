//! The command line of `qmp`: one file a subcommand.

mod arguments;
mod call;
mod layout;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use qapi_client::Error;
use qapi_client::blocking::{Client, Options};

/// Talks to running machines over the monitor that QEMU opens with `-qmp`.
///
/// Ends with 0 if all went well, with 1 if QEMU refused, with 2 if the command line makes no sense, there is no connection,
/// or no reply came.
#[derive(Debug, Parser)]
#[command(name = "qmp", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    monitor: Monitor,
    #[command(subcommand)]
    command: Command,
}

/// Which monitor to talk to.
#[derive(Debug, Args)]
struct Monitor {
    #[command(flatten)]
    address: Address,
    /// How long to wait for the connection, and for each reply; 0 waits for ever
    #[arg(long, value_name = "SECS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Address {
    /// The monitor's Unix socket
    #[cfg(unix)]
    #[arg(long, short, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The monitor's TCP address
    #[arg(long, value_name = "HOST:PORT")]
    tcp: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Call(call::Call),
}

/// Why a subcommand has not done what it should.
enum Failure {
    /// The command line makes no sense.
    Usage(String),
    /// The session has failed, or QEMU has refused.
    Session(Error),
    /// What should be shown cannot be written.
    Output(io::Error),
}

impl Monitor {
    fn connect(&self) -> Result<Client, Error> {
        let timeout = Some(self.timeout).filter(|timeout| !timeout.is_zero());
        let options = Options {
            timeout,
            long_timeout: timeout,
            ..Options::default()
        };
        #[cfg(unix)]
        if let Some(path) = &self.address.socket {
            return Client::connect_unix_with(path, options);
        }
        // clap has seen to it that there is one address.
        let address = self.address.tcp.as_deref().unwrap_or_default();
        Client::connect_tcp_with(address, options)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = io::stdout().is_terminal();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let code = run(&arguments, terminal, &mut out, &mut io::stderr().lock());
    ExitCode::from(code)
}

/// Does what the command line says, and answers the exit code.
fn run(arguments: &Arguments, terminal: bool, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let done = match &arguments.command {
        Command::Call(call) => call.run(&arguments.monitor, terminal, out, err),
    };
    let (code, message) = match done.and_then(|()| out.flush().map_err(Failure::Output)) {
        Ok(()) => return 0,
        Err(Failure::Session(Error::Refused(refusal))) => (1, refusal.to_string()),
        Err(Failure::Session(error)) => (2, error.to_string()),
        Err(Failure::Usage(message)) => (2, message),
        Err(Failure::Output(error)) => (2, format!("cannot write: {error}")),
    };
    // If not even that can be written there is nobody to tell.
    let _ = writeln!(err, "qmp: {}", layout::legible(&message));
    code
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(all(test, unix))]
mod tests;
