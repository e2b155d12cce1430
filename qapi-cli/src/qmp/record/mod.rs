//! `qmp record`: what a client and a machine say to each other, in a file.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use qapi_client::server::exchange::{Recording, Side};
use qapi_client::tokio::Tap;
use qapi_client::{Address, Error};
use qapi_types::{Any, AnyMembers};
use tokio::net::UnixListener;

use super::monitor::{address, name};
use super::socket::Socket;
use super::{Failure, Monitor, recording, serving};

/// Write down what clients and the machine say to each other
///
/// Clients connect to a socket of ours instead of the machine's. What they say goes to the machine as it is, and back what the
/// machine says; descriptors that they send are passed on. Each client has a connection to the monitor of its own. One is
/// served at a time, as QEMU does; others wait until it leaves. What the machine says before one is there waits as well, up to
/// 16 MiB of it; of more the latest waits, behind the greeting, and how many messages do not is told.
///
/// FILE has a line a message, {"client": …} or {"server": …}, which is written before the message is passed on, and one at the
/// end of a connection that says who has hung up, {"end": "client"}. What was no message was passed on as well, but of that
/// there is only a string that says what was wrong with it. A guest's agent may be recorded as well: the byte 0xFF by which
/// it comes into step with its client is a line, too, {"delimiter": "server"}. FILE and the socket are made with permissions for their owner
/// alone: passwords are said, too. If there is something already that is an error, and it is left as it is. At the end the
/// socket is removed. unix:@NAME makes one without permissions (Linux).
///
/// A line says when the socket listens. Goes on until the machine ends, or until it is told to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT).
/// Ends with 0 in both cases; with 2 if the command line makes no sense, the socket, FILE or the connection cannot be made, or
/// FILE cannot be written any more: what is not written is not passed on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp record talk
  qmp --socket talk.sock info
  qmp replay talk --listen vm.qmp
  qmp --socket vm.qga record talk --listen talk.qga")]
pub(super) struct Record {
    /// Where to write it: a new file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The socket for clients [default: FILE with `.sock` behind it]
    #[arg(long, value_name = "PATH", value_parser = OsStringValueParser::new().try_map(address))]
    listen: Option<Address>,
    /// Empty FILE if there is one
    #[arg(long)]
    overwrite: bool,
    /// End when the first client has left
    #[arg(long)]
    once: bool,
    /// Say what happens as JSON objects, one a line
    #[arg(long)]
    json: bool,
}

/// What has ended it, or a connection.
enum Ended {
    Machine,
    Signal,
    Client,
}

impl Ended {
    fn name(&self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Signal => "signal",
            Self::Client => "client",
        }
    }
}

impl Record {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let machine = monitor.address()?;
        let timeout = monitor.options().timeout;
        serving::runtime()?.block_on(async {
            let tap = Tap::connect(&machine, timeout).await?;
            let mut told = serving::told()?;
            // When it is dropped its file goes, however this ends.
            let socket = Socket::listen(&self.listen(), err)?;
            let listener = socket.accepting()?;
            let file = recording::create(&self.file, self.overwrite);
            let file = file.map_err(|error| self.uncreated(&error))?;
            self.say_ready(&machine, out)?;
            let mut recording = Recording::new(file);
            let reconnect = || Tap::connect(&machine, timeout);
            let ended = tokio::select! {
                ended = self.serve(tap, reconnect, &listener, &mut recording, out, err) => ended?,
                _ = &mut told => Ended::Signal,
            };
            serving::say(self.json, "ended", &ended.name(), out)
        })
    }

    fn listen(&self) -> Address {
        self.listen.clone().unwrap_or_else(|| {
            let mut path = OsString::from(&self.file);
            path.push(".sock");
            Address::Unix(path.into())
        })
    }

    /// Serves one client after the other.
    async fn serve(
        &self,
        mut tap: Tap,
        reconnect: impl AsyncFn() -> Result<Tap, Error>,
        listener: &UnixListener,
        recording: &mut Recording<impl Write>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Ended, Failure> {
        loop {
            let client = tokio::select! {
                end = tap.ended() => return serving::of_machine(&end).map(|()| Ended::Machine),
                client = listener.accept() => client,
            };
            let (client, _) = client.map_err(|error| {
                Failure::Ended(2, format!("cannot let anybody in any more: {error}"))
            })?;
            self.say_dropped(tap.dropped(), out, err)?;
            let gone = tap.carry(client, recording).await.map_err(|error| {
                let file = self.file.display();
                let why = format!("cannot write {file} any more, and pass nothing on: {error}");
                Failure::Ended(2, why)
            })?;
            let gone = match gone {
                Side::Client => Ended::Client,
                Side::Server => Ended::Machine,
            };
            serving::say(self.json, "parted", &gone.name(), out)?;
            if self.once {
                return Ok(gone);
            }
            tap = match reconnect().await {
                Ok(tap) => tap,
                Err(Error::Connect { source, .. }) if is_gone(&source) => {
                    return Ok(Ended::Machine);
                }
                Err(error) => return Err(error.into()),
            };
        }
    }

    fn uncreated(&self, error: &io::Error) -> Failure {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "it is there already, and left as it is; --overwrite empties it"
            }
            _ => &error.to_string(),
        };
        Failure::Ended(
            2,
            format!("cannot record into {}: {why}", self.file.display()),
        )
    }

    /// Says how much of what the machine has said the client does not hear, nor the file.
    fn say_dropped(
        &self,
        count: u64,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        match (count, self.json) {
            (0, _) => Ok(()),
            (_, true) => serving::say(true, "dropped", &count, out),
            (_, false) => Ok(writeln!(
                err,
                "qmp: {count} of the machine's messages came before a client was there, more than are kept for it"
            )?),
        }
    }

    fn say_ready(&self, machine: &Address, out: &mut dyn Write) -> Result<(), Failure> {
        let (socket, file) = (name(&self.listen()), self.file.display().to_string());
        if self.json {
            let ready = [("socket", Any::from(socket)), ("file", Any::from(file))];
            return serving::say(true, "ready", &AnyMembers::from_iter(ready), out);
        }
        writeln!(
            out,
            "ready: {} at {socket}, written to {file}",
            name(machine)
        )?;
        Ok(out.flush()?)
    }
}

/// Whether a machine that was there is not any more.
fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, NotFound};
    matches!(error.kind(), ConnectionRefused | NotFound)
}
