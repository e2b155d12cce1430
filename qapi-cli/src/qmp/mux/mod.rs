//! `qmp mux`: one monitor for many clients.

mod door;

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use qapi_client::mux::Parting;
use qapi_client::tokio::{Mux, MuxOptions};
use qapi_types::{Any, AnyMembers};
use tokio::sync::{mpsc, oneshot};

use super::socket::Socket;
use super::{Failure, Monitor, serving};
use door::Door;

/// How long clients may take at the end to be told what there is to tell.
const PATIENCE: Duration = Duration::from_secs(2);

/// Share one monitor among many clients
///
/// QEMU's monitor serves one client at a time. Here clients connect to sockets of ours, any number and whenever they like, and
/// each sees what it would see if it had the monitor for itself: the greeting, replies under its own ids, every event,
/// out-of-band execution if the monitor has it; descriptors that it sends are passed on. Clients take turns, a command each.
///
/// What QEMU keeps for a monitor all of them share: descriptors by the names that `getfd` gives them; and the machine, which
/// `quit` ends for all. What the clients of a socket may do is said by rules behind its path.
///
/// Sockets are made with permissions for their owner alone. If there is something at a path already that is an error, and it is
/// left as it is; at the end the sockets are removed. unix:@NAME makes one without permissions (Linux).
///
/// When all sockets listen a line says so. A client that does not read is not heard while 64 KiB wait for it, and cut off when
/// more than 16 MiB do; nobody else notices.
///
/// Goes on until the machine ends, which ends all clients' connections, or until it is told to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT):
/// then what is with the machine is answered, within 2 seconds, and nothing else is done. Ends with 0 in both cases; with 2 if
/// the command line makes no sense, a socket cannot be made, or the connection cannot be made or fails.
#[derive(Debug, Args)]
#[command(after_help = "\
Rules:
  read-only   allows query-*, x-query-*, device-list-properties, qom-get, qom-list,
              qom-list-get, qom-list-properties, qom-list-types, trace-event-get-state,
              xen-event-list
  allow=GLOB  allows the commands with such a name, too; `*` stands for any characters
  deny=GLOB   refuses those with such a name, whatever else is said
Without one of the first two all commands are allowed. A refusal is a GenericError.

Examples:
  qmp --socket vm.qmp mux --listen all.sock --listen watch.sock,read-only
  qmp --socket vm.qmp mux --listen disks.sock,read-only,allow=blockdev-*,allow=job-*
  qmp --socket vm.qmp mux --listen tools.sock,deny=quit,deny=human-monitor-command")]
pub(super) struct Multiplexer {
    /// A socket for clients, and what they may do there; a comma in the path is written twice
    #[arg(long, value_name = "PATH[,RULE]...", required = true,
        value_parser = OsStringValueParser::new().try_map(Door::parse))]
    listen: Vec<Door>,
    /// How many clients a socket lets in at a time; others wait
    #[arg(long, value_name = "N", default_value = "64", value_parser = clap::value_parser!(u16).range(1..))]
    clients: u16,
    /// Say what happens as JSON objects, one a line
    #[arg(long)]
    json: bool,
}

/// What is heard of while clients are served.
enum News {
    /// A client of this socket has gone.
    Parted(usize, Parting),
    /// This socket can let nobody in any more.
    Failed(usize, io::Error),
}

impl Multiplexer {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let address = monitor.address()?;
        let options = MuxOptions {
            timeout: monitor.options().timeout,
            clients: self.clients.into(),
            ..MuxOptions::default()
        };
        serving::runtime()?.block_on(async {
            let mux = Mux::connect(&address, options).await?;
            let told = serving::told()?;
            // When they are dropped their files go, however this ends.
            let sockets = self.open(err)?;
            let news = self.serve(&mux, &sockets)?;
            self.say_ready(&mux, out)?;
            let ended = self.watch(&mux, told, news, out, err).await;
            drop(sockets);
            mux.close(PATIENCE).await;
            ended
        })
    }

    fn open(&self, err: &mut dyn Write) -> Result<Vec<Socket>, Failure> {
        let mut sockets = Vec::new();
        for door in &self.listen {
            sockets.push(Socket::listen(&door.address, err)?);
        }
        Ok(sockets)
    }

    /// Lets clients in.
    fn serve(
        &self,
        mux: &Mux,
        sockets: &[Socket],
    ) -> Result<mpsc::UnboundedReceiver<News>, Failure> {
        let (sender, news) = mpsc::unbounded_channel();
        for (index, (socket, door)) in sockets.iter().zip(&self.listen).enumerate() {
            let listener = socket.accepting()?;
            let (mux, policy, sender) = (mux.clone(), door.policy.clone(), sender.clone());
            tokio::spawn(async move {
                let failed = sender.clone();
                // Should nobody hear the news any more, it is over.
                let parted = move |parting| drop(sender.send(News::Parted(index, parting)));
                if let Err(error) = mux.serve_unix(listener, policy, parted).await {
                    let _ = failed.send(News::Failed(index, error));
                }
            });
        }
        Ok(news)
    }

    /// Waits for the end, and says what else there is to say.
    async fn watch(
        &self,
        mux: &Mux,
        mut told: oneshot::Receiver<i32>,
        mut news: mpsc::UnboundedReceiver<News>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        loop {
            tokio::select! {
                end = mux.ended() => {
                    serving::say(self.json, "ended", &"machine", out)?;
                    return serving::of_machine(&end);
                }
                _ = &mut told => return serving::say(self.json, "ended", &"signal", out),
                Some(news) = news.recv() => match news {
                    News::Parted(index, Parting::CutOff) => self.say_cut_off(index, out, err)?,
                    News::Parted(..) => {}
                    News::Failed(index, error) => {
                        let address = &self.listen[index].address;
                        let why = format!("cannot let anybody in at {address} any more: {error}");
                        return Err(Failure::Ended(2, why));
                    }
                }
            }
        }
    }

    fn say_ready(&self, mux: &Mux, out: &mut dyn Write) -> Result<(), Failure> {
        if self.json {
            let doors = self.listen.iter().map(|door| {
                let policy = door.policy.to_string();
                AnyMembers::from_iter([
                    ("socket", door.name().into()),
                    ("policy", Any::from(policy)),
                ])
            });
            return serving::say(self.json, "ready", &Any::from_iter(doors), out);
        }
        let doors: Vec<String> = self.listen.iter().map(Door::to_string).collect();
        let version = mux.greeting().version;
        writeln!(out, "ready: QEMU {version} at {}", doors.join(", "))?;
        Ok(out.flush()?)
    }

    fn say_cut_off(
        &self,
        index: usize,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let name = self.listen[index].name();
        match self.json {
            true => serving::say(self.json, "cut-off", &name, out),
            false => Ok(writeln!(
                err,
                "qmp: a client at {name} did not read, and was cut off"
            )?),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use qapi_client::Policy;

    use crate::qmp::Arguments;

    #[test]
    fn the_help_says_what_a_reader_may_do() {
        let mut command = Arguments::command();
        let mux = command.find_subcommand_mut("mux").unwrap();
        let help = mux.render_long_help().to_string();
        for name in Policy::READ_ONLY {
            let said = [format!(" {name},"), format!(" {name}\n")];
            assert!(said.iter().any(|said| help.contains(said)), "{name}");
        }
    }
}
