//! `qmp qom mount`: the objects of a machine as files.

mod content;
mod face;
mod file;
mod handles;
mod kept;
mod link;
mod listing;
mod machine;
mod mounted;
mod name;
mod node;
mod objects;
mod recent;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use qapi_client::tokio::Client;
use qapi_types::{Encode, UnknownEvent, Writer};
use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot};

use super::super::interrupt::on_interrupt;
use super::super::layout::{Layout, legible, legible_word, write_json};
use super::super::{Failure, Monitor};
use face::Face;
use machine::Machine;
use mounted::Mounted;
use objects::Objects;

/// By what the system asks a program for the files that it has.
const DEVICE: &str = "/dev/fuse";

/// How many nodes the system may know at once. It forgets them when it needs the memory, and does not ask whether we do.
const NODES: usize = 1 << 18;

/// How many reports wait to be written; whoever causes more waits with them.
const REPORTS: usize = 64;

/// Mount an object and all that are part of it as a file system
///
/// Objects are directories; properties are files, whose content is their value on a line; links are symbolic links. A link to
/// nothing, or to an object that is not below PATH, is a file with the path that it leads to. Reading a file asks the machine
/// for the value, writing one sets the property, as `qmp qom set` would; what the machine has to say to it comes to standard
/// error. A write is a value, as in /sys; a file that was not emptied when it was opened is set when it is closed. Listing a
/// directory shows what is there now; names in paths, and links, are looked up in listings that are at most a second old.
///
/// The mount stays until it is unmounted (`fusermount3 -u DIR`), qmp is interrupted, or the machine ends, and leaves DIR as
/// it was. That it is there is told by a line on standard output. It has the monitor for itself meanwhile. Only who has
/// mounted it can look at it.
///
/// Ends with 0 if it was unmounted or interrupted; with 1 if there is no such object; with 2 if the command line makes no
/// sense, DIR is not an empty directory or cannot be mounted on, the connection cannot be made, or the machine has ended.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp qom mount vm
  qmp --socket vm.qmp qom mount devices /machine/peripheral
  grep -r true vm/machine/peripheral/net0
  echo 2 > vm/machine/peripheral/balloon0/guest-stats-polling-interval")]
pub(super) struct Mount {
    /// An empty directory
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The object, by its path
    #[arg(default_value = "/")]
    path: String,
    /// Print the line that tells of the mount as a JSON object
    #[arg(long)]
    json: bool,
}

impl Mount {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let directory = self.directory()?;
        let (interrupt, interrupted) = oneshot::channel();
        let on_interrupt = on_interrupt(move |_| {
            // Should it have ended by itself nobody listens.
            let _ = interrupt.send(());
        });
        on_interrupt.map_err(|error| self.failure(&error))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime
            .map_err(|error| self.failure(&error))?
            .block_on(async {
                tokio::select! {
                    ended = self.serve(monitor, &directory, out, err) => ended,
                    _ = interrupted => Ok(()),
                }
            })
    }

    /// The directory to mount on.
    fn directory(&self) -> Result<PathBuf, Failure> {
        let directory = self.directory.canonicalize();
        let directory = directory.map_err(|error| self.failure(&error))?;
        let mut entries = fs::read_dir(&directory).map_err(|error| self.failure(&error))?;
        match entries.next() {
            None => Ok(directory),
            Some(_) => Err(self.failure(&io::ErrorKind::DirectoryNotEmpty.into())),
        }
    }

    fn failure(&self, error: &io::Error) -> Failure {
        let directory = self.directory.display();
        let hint = match error.kind() {
            // What was mounted there is gone without a word.
            io::ErrorKind::NotConnected => format!("; try `fusermount3 -u {directory}`"),
            _ => String::new(),
        };
        self.unmountable(format!("{error}{hint}"))
    }

    fn unmountable(&self, why: String) -> Failure {
        let directory = self.directory.display();
        Failure::Usage(format!("cannot mount on {directory}: {why}"))
    }

    /// Has the mount until it ends.
    async fn serve(
        &self,
        monitor: &Monitor,
        directory: &Path,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let options = monitor.options();
        let client = Client::connect_with(&monitor.address()?, options).await?;
        let mut end = client.subscribe::<UnknownEvent>([""; 0]);
        let machine = Machine::new(client);
        let root = machine.resolve(&self.path).await?;
        let (reports, mut reported) = mpsc::channel(REPORTS);
        let objects = Objects::new(machine, root.clone(), NODES, reports);
        let face = Face::new(objects, Handle::current(), options.timeout);
        let mut mounted = Mounted::new(face, directory).map_err(|error| {
            let lacks = lacking(Path::new(DEVICE), &error);
            lacks.map_or_else(|| self.failure(&error), |why| self.unmountable(why))
        })?;
        self.tell(directory, &root, out)?;
        let ended = loop {
            tokio::select! {
                Some(report) = reported.recv() => say(&report, err)?,
                Err(error) = end.next() => break Err(error.into()),
                ended = mounted.ended() => break ended.map_err(|error| self.failure(&error)),
            }
        };
        while let Ok(report) = reported.try_recv() {
            say(&report, err)?;
        }
        ended
    }

    /// Tells that it is mounted.
    fn tell(&self, directory: &Path, root: &str, out: &mut dyn Write) -> io::Result<()> {
        let directory = directory.to_string_lossy();
        match self.json {
            true => {
                let mut writer = Writer::new();
                let members: [(&str, &dyn Encode); 2] =
                    [("mounted", &&*directory), ("path", &root)];
                writer.object(&members);
                write_json(&writer.into_text(), Layout::Compact, out)?;
                writeln!(out)?;
            }
            false => {
                let directory = legible_word(&self.directory.to_string_lossy());
                writeln!(out, "mounted {} on {directory}", legible_word(root))?;
            }
        }
        out.flush()
    }
}

/// What the system has not that every mount needs, if that is what the `error` comes of: it does not say.
fn lacking(device: &Path, error: &io::Error) -> Option<String> {
    match fs::File::options().read(true).write(true).open(device) {
        Err(error) => {
            let device = device.display();
            Some(format!(
                "it takes FUSE, and {device} cannot be used: {error}"
            ))
        }
        // Only another program was looked for.
        Ok(_) if error.kind() == io::ErrorKind::NotFound => {
            Some("it takes `fusermount3`, which is not installed".to_owned())
        }
        Ok(_) => None,
    }
}

fn say(report: &str, err: &mut dyn Write) -> io::Result<()> {
    writeln!(err, "qmp: {}", legible(report))
}

#[cfg(test)]
mod tests;
