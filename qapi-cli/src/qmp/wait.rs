//! `qmp wait`: until something has happened.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_client::{Error, Filter};
use qapi_types::{Any, Writer};

use super::deadline::Deadline;
use super::event::{expect, write_event};
use super::job;
use super::layout::{Layout, legible, write_json};
use super::monitor::seconds;
use super::{Failure, Monitor};

/// How often the machine is asked, should there be no event that tells.
const INTERVAL: Duration = Duration::from_millis(250);

/// Wait until an event comes, a job ends, or the machine is in a state
///
/// A job may end while nobody is told: one that is not there to begin with is an error. What a job waits for, `job-complete`
/// or `job-finalize`, is for others to do.
///
/// Ends with 0 when it has happened; with 1 if it cannot: the job has failed or is not there, the machine knows no such
/// state or event; with 2 if the command line makes no sense, or the connection cannot be made or ends; with 3 if it has not happened
/// in time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp wait DEVICE_DELETED --timeout 60
  qmp --socket vm.qmp wait job commit0
  qmp --socket vm.qmp wait status running --timeout 5")]
pub(super) struct Wait {
    /// An event's name, in which `*` stands for any characters; `job`; or `status`
    #[arg(value_name = "EVENT|job ID|status STATE")]
    what: String,
    /// The job's ID, or the state
    #[arg(hide = true)]
    which: Option<String>,
    /// How long to wait [default: for ever]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    timeout: Option<Duration>,
    /// Print what has happened as a JSON object
    #[arg(long)]
    json: bool,
}

impl Wait {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        match (self.what.as_str(), &self.which) {
            ("job", Some(id)) => {
                let end = self.watch(monitor)?.job(id)?;
                self.show("id", id, &end, out)?;
            }
            ("status", Some(state)) => {
                self.watch(monitor)?.status(state)?;
                self.show("status", state, state, out)?;
            }
            ("job", None) => return Err(Failure::Usage("which job?".to_owned())),
            ("status", None) => return Err(Failure::Usage("which state?".to_owned())),
            (name, None) => {
                let mut watch = self.watch(monitor)?;
                expect(&mut watch.client, &[name], watch.deadline)?;
                let event = watch.event(&Filter::from(name))?;
                write_event(&event, self.json, out)?;
            }
            (name, Some(word)) => {
                let message = format!("`{word}` is one word too many after the event `{name}`");
                return Err(Failure::Usage(message));
            }
        }
        Ok(())
    }

    fn watch(&self, monitor: &Monitor) -> Result<Watch, Failure> {
        let deadline = Deadline::after(self.timeout);
        let client = monitor.connect()?;
        let what = [Some(&self.what), self.which.as_ref()];
        let what: Vec<&str> = what.into_iter().flatten().map(String::as_str).collect();
        Ok(Watch {
            client,
            deadline,
            what: what.join(" "),
        })
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

/// A machine that is watched until a deadline.
struct Watch {
    client: Client,
    deadline: Deadline,
    what: String,
}

impl Watch {
    /// The next event; `None` if none comes for a while, and it is time to ask.
    fn next(&mut self, interval: Option<Duration>) -> Result<Option<RawEvent>, Failure> {
        if self.deadline.has_passed() {
            return Err(Failure::TimedOut(format!(
                "timed out waiting for {}",
                self.what
            )));
        }
        let timeout = match interval {
            Some(interval) => Some(self.deadline.within(interval)),
            None => self.deadline.remaining(),
        };
        Ok(self.client.next_raw_event(timeout)?)
    }

    fn event(&mut self, filter: &Filter) -> Result<RawEvent, Failure> {
        loop {
            if let Some(event) = self.next(None)?
                && filter.matches(&event.name)
            {
                return Ok(event);
            }
        }
    }

    fn status(&mut self, state: &str) -> Result<(), Failure> {
        match self.client.schema() {
            Ok(schema) if schema.has(&format!("query-status/ret/status/{state}")) => {}
            // One that does not tell may know it all the same.
            Err(Error::Refused(_)) => {}
            Ok(_) => {
                let message = format!("the machine knows no state `{state}`");
                return Err(Failure::Unmet(message));
            }
            Err(error) => return Err(error.into()),
        }
        loop {
            let reply = self.client.execute_raw("query-status", None)?;
            if text(&reply, "status").as_deref() == Some(state) {
                return Ok(());
            }
            // Not every change has an event, but whatever is told may have come with one.
            self.next(Some(INTERVAL))?;
        }
    }

    /// Waits for the job's end and says it, if that is a good one.
    fn job(&mut self, id: &str) -> Result<String, Failure> {
        let mut job = job::find(&mut self.client, id)?
            .ok_or_else(|| Failure::Unmet(format!("there is no job `{id}`")))?;
        let mut failure = None;
        while !job.has_ended() {
            let next = self.next(Some(INTERVAL)).map_err(|failure| match failure {
                Failure::TimedOut(why) => {
                    Failure::TimedOut(format!("{why}: it is {}", job.standing()))
                }
                failure => failure,
            })?;
            let now = match next {
                Some(event) => {
                    job::failure(&event, id, &mut failure);
                    match job::status(&event, id) {
                        Some(_) => job::find(&mut self.client, id)?,
                        None => continue,
                    }
                }
                None => job::find(&mut self.client, id)?,
            };
            match now {
                Some(now) => job = now,
                // It has gone by itself; what is left of it are the events that came before.
                None => break,
            }
        }
        while let Ok(Some(event)) = self.client.next_raw_event(Some(Duration::ZERO)) {
            job::failure(&event, id, &mut failure);
        }
        match job.error.or(failure) {
            Some(why) => Err(Failure::Unmet(format!("the job `{id}` has failed: {why}"))),
            None => Ok(format!("{id} has ended")),
        }
    }
}

/// A member of an object that is a string.
pub(super) fn text(object: &Any, name: &str) -> Option<String> {
    object.get(name)?.to().ok()
}

#[cfg(all(test, unix))]
mod tests;
