//! `qmp wait`: until something has happened.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_client::{Error, Filter, Schema};
use qapi_types::{Any, Writer};

use super::deadline::Deadline;
use super::event::{expect, write_event};
use super::job::{self, Job};
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
  qmp --socket vm.qmp wait DEVICE_DELETED --within 60
  qmp --socket vm.qmp wait job commit0
  qmp --socket vm.qmp wait status running --within 5")]
pub(super) struct Wait {
    /// An event's name, in which `*` stands for any characters; `job`; or `status`
    #[arg(value_name = "EVENT|job ID|status STATE")]
    what: String,
    /// The job's ID, or the state
    #[arg(hide = true)]
    which: Option<String>,
    /// How long it may take until that has happened [default: for ever]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    within: Option<Duration>,
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
        let what = [Some(&self.what), self.which.as_ref()];
        let what: Vec<&str> = what.into_iter().flatten().map(String::as_str).collect();
        let what = what.join(" ");
        let deadline = Deadline::after(self.within);
        let client = monitor.connect_by(deadline);
        Ok(Watch {
            client: client.map_err(|failure| in_time(failure, deadline, &what))?,
            deadline,
            what,
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
            return Err(late(&self.what));
        }
        let timeout = match interval {
            Some(interval) => Some(self.deadline.within(interval)),
            None => self.deadline.remaining(),
        };
        Ok(self.client.next_raw_event(timeout)?)
    }

    fn ask(&mut self, query: &str) -> Result<Any, Failure> {
        let options = self.deadline.call(*self.client.options());
        let reply = self.client.execute_raw_with(query, None, options);
        reply.map_err(|error| in_time(error.into(), self.deadline, &self.what))
    }

    /// The job, if the machine has it.
    fn find(&mut self, id: &str) -> Result<Option<Job>, Failure> {
        let options = self.deadline.call(*self.client.options());
        let job = job::find(&mut self.client, id, options);
        job.map_err(|error| in_time(error.into(), self.deadline, &self.what))
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
        // One that does not tell may know it all the same.
        let knows = |schema: Schema| schema.has(&format!("query-status/ret/status/{state}"));
        match self.ask("query-qmp-schema") {
            Ok(told) if told.to().map_or(true, knows) => {}
            Err(Failure::Session(Error::Refused(_))) => {}
            Ok(_) => {
                let message = format!("the machine knows no state `{state}`");
                return Err(Failure::Unmet(message));
            }
            Err(failure) => return Err(failure),
        }
        loop {
            let reply = self.ask("query-status")?;
            if text(&reply, "status").as_deref() == Some(state) {
                return Ok(());
            }
            // Not every change has an event, but whatever is told may have come with one.
            self.next(Some(INTERVAL))?;
        }
    }

    /// The job, as soon as it may be another than before. Why it fails is kept in `failure`, if that is told.
    fn look_again(
        &mut self,
        id: &str,
        failure: &mut Option<String>,
    ) -> Result<Option<Job>, Failure> {
        while let Some(event) = self.next(Some(INTERVAL))? {
            job::failure(&event, id, failure);
            if job::status(&event, id).is_some() {
                break;
            }
        }
        self.find(id)
    }

    /// Waits for the job's end and says it, if that is a good one.
    fn job(&mut self, id: &str) -> Result<String, Failure> {
        let mut job = self
            .find(id)?
            .ok_or_else(|| Failure::Unmet(format!("there is no job `{id}`")))?;
        let mut failure = None;
        while !job.has_ended() {
            let now = self.look_again(id, &mut failure);
            let now = now.map_err(|failure| match failure {
                Failure::TimedOut(why) => {
                    Failure::TimedOut(format!("{why}: it is {}", job.standing()))
                }
                failure => failure,
            })?;
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

/// The failure; if it is that the time was over, whatever was asked then, that.
fn in_time(failure: Failure, deadline: Deadline, what: &str) -> Failure {
    match failure {
        Failure::Session(Error::TimedOut { .. }) if deadline.has_passed() => late(what),
        failure => failure,
    }
}

/// It has not happened in time.
fn late(what: &str) -> Failure {
    Failure::TimedOut(format!("timed out waiting for {what}"))
}

/// A member of an object that is a string.
pub(super) fn text(object: &Any, name: &str) -> Option<String> {
    object.get(name)?.to().ok()
}

#[cfg(all(test, unix))]
mod tests;
