//! `qmp replay`: what was recorded, said again to whoever comes.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use qapi_client::Address;
use qapi_client::server::{self, Difference, ReplayError};
use qapi_types::{Any, AnyMembers};

use super::interrupt::{on_interrupt, uncaught};
use super::layout::{cut, legible_word};
use super::monitor::{address, name};
use super::socket::Socket;
use super::{Failure, serving};

/// How much is shown of a message.
const SHOWN: usize = 300;

/// Say again what a machine has said, to whoever comes
///
/// FILE is what `qmp record` has written, or `qmp shell --record`. A client of the socket sees what the recording's client has
/// seen: the greeting, the replies, and the events where they came. A request is taken for the first of the recording that is
/// the same but for its id and has not been taken yet, and is answered under its own id; those without ids are answered in
/// their order. Of the negotiation it does not matter for what it asks. A request that the recording does not have is answered
/// with a GenericError, which says what it has; what a client says otherwise than it was recorded is told on standard error.
///
/// So it is with a guest's agent, which does not greet. By which number a client comes into step with it, and how often, is
/// the client's own affair: it is returned the one that it asks for now.
///
/// Clients are served one after the other, each by what was recorded of a connection: the first by the first, and when all have
/// been played it begins again. Where the machine has hung up, or the recording breaks off, it hangs up.
///
/// The socket is made with permissions for its owner alone. If there is something at its path already that is an error, and it
/// is left as it is; at the end the socket is removed. unix:@NAME makes one without permissions (Linux).
///
/// A line says when the socket listens. Goes on until it is told to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT), and ends with 0 then; with 2
/// if the command line makes no sense, FILE is no recording, or the socket cannot be made.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp replay talk --listen vm.qmp
  qmp --socket vm.qmp info
  qmp replay talk.of.agent --listen vm.qga
  qmp --socket vm.qga agent info")]
pub(super) struct Replay {
    /// The recording
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The socket for clients
    #[arg(long, value_name = "PATH", value_parser = OsStringValueParser::new().try_map(address))]
    listen: Address,
    /// End when every connection has been played once; with 1 if a client has said something else than was recorded
    #[arg(long)]
    once: bool,
    /// Say what happens as JSON objects, one a line
    #[arg(long)]
    json: bool,
}

/// What is heard of while clients are served.
enum News {
    /// The client of this connection of the recording, from 1 on, says something else.
    Differs(usize, Difference),
    /// It has not said so many messages, of which this is the first.
    Lacks(usize, usize, Difference),
    /// It has gone.
    Parted(usize),
    /// Nobody can be let in any more.
    Failed(io::Error),
    /// All have been played once.
    Played,
    Signal,
}

impl Replay {
    pub(super) fn run(&self, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
        let replays = self.read()?;
        if replays.last().is_some_and(server::Replay::breaks_off) {
            let file = self.file.display();
            writeln!(
                err,
                "qmp: {file} breaks off, and so will its last connection"
            )?;
        }
        // A client that always says something else waits until it is told.
        let (sender, news) = sync_channel(1);
        let signal = sender.clone();
        // Whoever does not listen any more has ended.
        on_interrupt(move |_| drop(signal.send(News::Signal))).map_err(uncaught)?;
        // When it is dropped its file goes, however this ends.
        let socket = Socket::listen(&self.listen, err)?;
        let listener = socket.listener().try_clone();
        let listener = listener.map_err(|error| unable(&error))?;
        self.say_ready(replays.len(), out)?;
        let once = self.once;
        // It ends with us, even if a client is in the middle of something.
        thread::spawn(move || {
            let told = serve(&replays, &listener, once, &sender);
            let _ = sender.send(told.map_or_else(News::Failed, |()| News::Played));
        });
        let mut differences = 0;
        loop {
            match news.recv() {
                Ok(News::Differs(connection, difference)) => {
                    differences += 1;
                    self.say_difference(connection, &difference, out, err)?;
                }
                Ok(News::Lacks(connection, count, first)) => {
                    differences += 1;
                    self.say_lack(connection, count, &first, out, err)?;
                }
                Ok(News::Parted(connection)) => {
                    serving::say(self.json, "parted", &number(connection), out)?
                }
                Ok(News::Failed(error)) => return Err(unable(&error)),
                Ok(News::Played) => {
                    serving::say(self.json, "ended", &"client", out)?;
                    let why = "the client has said something else than was recorded";
                    return match differences {
                        0 => Ok(()),
                        _ => Err(Failure::Unmet(why.to_owned())),
                    };
                }
                Ok(News::Signal) | Err(_) => {
                    return serving::say(self.json, "ended", &"signal", out);
                }
            }
        }
    }

    fn read(&self) -> Result<Vec<server::Replay>, Failure> {
        let file = self.file.display();
        let read = File::open(&self.file)
            .map_err(ReplayError::Io)
            .and_then(|file| server::Replay::read(BufReader::new(file)));
        let why = match read {
            Ok(replays) if replays.is_empty() => "nothing was recorded".to_owned(),
            Ok(replays) => return Ok(replays),
            Err(ReplayError::Io(error)) => format!("it cannot be read: {error}"),
            Err(error) => format!(
                "{error}; each line of a recording is a message as `qmp record` writes it: mend this one, or record again"
            ),
        };
        Err(Failure::Ended(2, format!("{file}: {why}")))
    }

    fn say_ready(&self, connections: usize, out: &mut dyn Write) -> Result<(), Failure> {
        let socket = name(&self.listen);
        if self.json {
            let ready = [
                ("socket", Any::from(socket)),
                ("connections", number(connections)),
            ];
            return serving::say(true, "ready", &AnyMembers::from_iter(ready), out);
        }
        let connections = match connections {
            1 => "1 connection".to_owned(),
            count => format!("{count} connections"),
        };
        writeln!(out, "ready: {connections} at {socket}")?;
        Ok(out.flush()?)
    }

    fn say_difference(
        &self,
        connection: usize,
        difference: &Difference,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let Difference {
            message,
            expected,
            found,
        } = difference;
        if self.json {
            let members = [
                ("connection", number(connection)),
                ("message", number(*message)),
                ("expected", Any::encode_from(expected)),
                ("found", Any::encode_from(found)),
            ];
            return serving::say(true, "differs", &AnyMembers::from_iter(members), out);
        }
        Ok(writeln!(
            err,
            "qmp: connection {connection}, message {message}: expected {}, found {}",
            shown(expected.as_ref().map(Any::as_json)),
            shown(found.as_deref())
        )?)
    }

    fn say_lack(
        &self,
        connection: usize,
        count: usize,
        first: &Difference,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        if self.json {
            let members = [
                ("connection", number(connection)),
                ("messages", number(count)),
                ("first", Any::encode_from(&first.expected)),
            ];
            return serving::say(true, "lacks", &AnyMembers::from_iter(members), out);
        }
        let first = shown(first.expected.as_ref().map(Any::as_json));
        let lack = match count {
            1 => format!("a message of the recording was not said: {first}"),
            _ => format!("{count} messages of the recording were not said, the first {first}"),
        };
        Ok(writeln!(err, "qmp: connection {connection}: {lack}")?)
    }
}

/// Serves one client after the other: the first by the first recording, and so on.
fn serve(
    replays: &[server::Replay],
    listener: &UnixListener,
    once: bool,
    news: &SyncSender<News>,
) -> io::Result<()> {
    loop {
        for (replay, connection) in replays.iter().zip(1..) {
            let (client, _) = listener.accept()?;
            let mut lacks = None;
            // What a client does with its connection harms nobody else; whoever does not listen any more has ended.
            let _ = replay.play_and_tell(client, |difference| match difference.found {
                Some(_) => drop(news.send(News::Differs(connection, difference))),
                None => lacks.get_or_insert((0, difference)).0 += 1,
            });
            if let Some((count, first)) = lacks {
                let _ = news.send(News::Lacks(connection, count, first));
            }
            let _ = news.send(News::Parted(connection));
        }
        if once {
            return Ok(());
        }
    }
}

/// A message, or none, as people see it.
fn shown(message: Option<&str>) -> String {
    legible_word(&cut(message.unwrap_or("nothing"), SHOWN))
}

fn number(count: usize) -> Any {
    u64::try_from(count).unwrap_or(u64::MAX).into()
}

fn unable(error: &io::Error) -> Failure {
    Failure::Ended(2, format!("cannot let anybody in any more: {error}"))
}
