//! `qmp wait`: until something has happened.

mod watch;

use std::io::Write;
use std::time::Duration;

use clap::Args;
use qapi_types::{Any, Writer};

use super::event::write_event;
use super::layout::{Layout, legible, write_json};
use super::monitor::seconds;
use super::wanted::Wanted;
use super::{Failure, Monitor, arguments};
use watch::Watch;

/// Wait until an event comes, a job ends, or the machine is in a state
///
/// With `--` a command is executed first, whose arguments are read as those of `qmp call`, and what it leads to is waited for: it
/// cannot be missed, however fast it comes. Events that came before the command do not count. What it returns is printed if it
/// returns anything.
///
/// Without one a job may end while nobody is told: one that is not there to begin with is an error. What a job waits for,
/// `job-complete` or `job-finalize`, is for others to do.
///
/// Ends with 0 when it has happened; with 1 if it cannot: the command is refused, the job has failed or is not there, the
/// machine knows no such state or event; with 2 if the command line makes no sense, or the connection cannot be made or ends;
/// with 3 if it has not happened in time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp wait DEVICE_DELETED device=net1 --within 60 -- device_del id=net1
  qmp --socket vm.qmp wait job commit0 -- block-commit device=drive0 job-id=commit0
  qmp --socket vm.qmp wait SHUTDOWN --within 120 -- system_powerdown
  qmp --socket vm.qmp wait status running --within 5")]
pub(super) struct Wait {
    /// An event's name, in which `*` stands for any characters, with what members of its data say, `a.b=x` for the member `b` within
    /// `a`; `job` and its ID; or `status` and a state
    #[arg(
        required = true,
        value_name = "EVENT [KEY=VALUE]...|job ID|status STATE"
    )]
    what: Vec<String>,
    /// The command to execute first
    #[arg(last = true, value_name = "COMMAND [JSON|KEY=VALUE]...")]
    command: Vec<String>,
    /// How long it may take until that has happened [default: what --timeout says, if it is there]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    within: Option<Duration>,
    /// Print what has happened as a JSON object
    #[arg(long)]
    json: bool,
}

/// What is waited for.
enum What<'a> {
    Event(Wanted<'a>),
    Job(&'a str),
    Status(&'a str),
}

impl Wait {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let what = self.what()?;
        arguments::check(self.command.get(1..).unwrap_or_default())?;
        let mut watch = Watch::begin(
            monitor,
            self.within.or(monitor.patience()),
            self.what.join(" "),
        )?;
        if let What::Event(wanted) = &what {
            wanted.expect(&mut watch.client, watch.deadline)?;
        }
        if let [name, words @ ..] = &self.command[..] {
            let reply = watch.execute(name, words)?;
            if reply.as_json() != "{}" {
                write_json(reply.as_json(), Layout::Compact, out)?;
                writeln!(out)?;
                out.flush()?;
            }
        }
        match what {
            What::Event(wanted) => Ok(write_event(&watch.event(&wanted)?, self.json, out)?),
            What::Job(id) => {
                let end = watch.job(id)?;
                self.show("id", id, &end, out)
            }
            What::Status(state) => {
                watch.status(state)?;
                self.show("status", state, state, out)
            }
        }
    }

    fn what(&self) -> Result<What<'_>, Failure> {
        let words: Vec<&str> = self.what.iter().map(String::as_str).collect();
        let message = match &words[..] {
            ["job", id] => return Ok(What::Job(id)),
            ["status", state] => return Ok(What::Status(state)),
            ["job"] => "which job?".to_owned(),
            ["status"] => "which state?".to_owned(),
            ["job" | "status", _, word, ..] => format!("`{word}` is one word too many"),
            [name, rest @ ..] => match rest.iter().find(|word| !word.contains('=')) {
                None => return Ok(What::Event(Wanted::new(&self.what))),
                Some(word) => format!("`{word}` is one word too many after the event `{name}`"),
            },
            [] => "what is to be waited for?".to_owned(),
        };
        Err(Failure::Usage(message))
    }

    /// Says how it has ended: `end` in words, or an object whose member `key` is `subject`.
    fn show(
        &self,
        key: &'static str,
        subject: &str,
        end: &str,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        if !self.json {
            return Ok(writeln!(out, "{}", legible(end))?);
        }
        let mut writer = Writer::new();
        writer.object(&[(key, &subject)]);
        write_json(&writer.into_text(), Layout::Compact, out)?;
        Ok(writeln!(out)?)
    }
}

/// A member of an object that is a string.
pub(super) fn text(object: &Any, name: &str) -> Option<String> {
    object.get(name)?.to().ok()
}

#[cfg(all(test, unix))]
mod tests;
