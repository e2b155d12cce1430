//! `qmp agent shell`: the agent is spoken with line by line.

use std::io::Write;

use clap::Args;
use qapi_client::tokio::Client;
use qapi_client::{Limits, Options};

use super::super::monitor::Word;
use super::super::shell::{self, Manners, Session};
use super::super::{Failure, Monitor};
use super::guest::unfound;

/// Speak with the agent, line by line
///
/// On a terminal Tab completes the names of the commands that the agent has, of arguments and of values, as our own
/// description of agents has them, for no agent tells what its commands take. What it does not answer unless it fails is
/// done when a second has passed. `help` tells the rest.
///
/// From a pipe or a file each line is executed, until one fails. A line is a command and its arguments, KEY=VALUE, with
/// words quoted as in sh; or a message in JSON, which may go on over lines. A word that begins with # begins a comment, one that begins
/// with | a program that reads what comes of the line.
///
/// Ends with 0 when it is left, or when all lines have been executed; with 1 if the agent refused a line or a program
/// has failed; with 2 if a line or
/// the command line makes no sense, no agent answers, or the connection ends.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp agent shell vm.qga
  qmp --socket vm.qga agent shell --read-only
  echo guest-get-time | qmp --socket vm.qga agent shell")]
pub(super) struct Shell {
    #[command(flatten)]
    word: Word,
    /// Refuse commands that are not known to change nothing; `guest-get-*`, `guest-info` and their like are
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    manners: Manners,
}

impl Shell {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let address = monitor.or_word(&self.word)?.agent_address()?;
        let options = Options {
            limits: Limits::guest(),
            ..monitor.options()
        };
        let session = Session::start(async {
            let client = Client::connect_agent(&address, options).await;
            client.map_err(|error| unfound(&address, error))
        })?;
        let options = shell::Options::of_agent(self.manners.clone(), self.read_only);
        shell::leave_as_found()?;
        shell::attach(session, &options, out, err)
    }
}
