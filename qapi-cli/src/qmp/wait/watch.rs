//! A machine that is watched until something has happened.

use std::time::Duration;

use qapi_client::Error;
use qapi_client::Schema;
use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_types::Any;

use super::super::deadline::Deadline;
use super::super::job::{self, Job};
use super::super::wanted::Wanted;
use super::super::{Failure, Monitor, arguments, call};
use super::text;

/// How often the machine is asked, should there be no event that tells.
const INTERVAL: Duration = Duration::from_millis(250);

/// A machine that is watched until a deadline.
pub(super) struct Watch {
    pub(super) client: Client,
    pub(super) deadline: Deadline,
    what: String,
}

impl Watch {
    /// Watches a machine until it has taken `within`.
    pub(super) fn begin(
        monitor: &Monitor,
        within: Option<Duration>,
        what: String,
    ) -> Result<Self, Failure> {
        let deadline = Deadline::after(within);
        let client = monitor.connect_by(deadline);
        Ok(Self {
            client: client.map_err(|failure| in_time(failure, deadline, &what))?,
            deadline,
            what,
        })
    }

    /// Executes what leads to it. What has happened before is forgotten.
    pub(super) fn execute(&mut self, name: &str, words: &[String]) -> Result<Any, Failure> {
        let (deadline, client) = (self.deadline, &mut self.client);
        let options = deadline.call(*client.options());
        let reply = arguments::live(client, name, words).and_then(|arguments| {
            while let Some(_before) = client.next_raw_event(Some(Duration::ZERO))? {}
            call::execute(client, name, arguments.as_ref(), options)
        });
        reply.map_err(|failure| in_time(failure, deadline, &self.what))
    }

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

    pub(super) fn event(&mut self, wanted: &Wanted<'_>) -> Result<RawEvent, Failure> {
        loop {
            if let Some(event) = self.next(None)?
                && wanted.matches(&event)
            {
                return Ok(event);
            }
        }
    }

    pub(super) fn status(&mut self, state: &str) -> Result<(), Failure> {
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
    pub(super) fn job(&mut self, id: &str) -> Result<String, Failure> {
        let mut failure = None;
        let mut job = match self.find(id)? {
            Some(job) => job,
            // It may have come and gone.
            None => match self.heard(id, &mut failure) {
                true => return ended(id, failure),
                false => return Err(Failure::Unmet(format!("there is no job `{id}`"))),
            },
        };
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
        self.heard(id, &mut failure);
        ended(id, job.error.or(failure))
    }

    /// Whether the machine has told of the job; why it fails is kept in `failure`.
    fn heard(&mut self, id: &str, failure: &mut Option<String>) -> bool {
        let mut heard = false;
        while let Ok(Some(event)) = self.client.next_raw_event(Some(Duration::ZERO)) {
            heard |= job::status(&event, id).is_some();
            job::failure(&event, id, failure);
        }
        heard
    }
}

/// How the job has ended.
fn ended(id: &str, failure: Option<String>) -> Result<String, Failure> {
    match failure {
        Some(why) => Err(Failure::Unmet(format!("the job `{id}` has failed: {why}"))),
        None => Ok(format!("{id} has ended")),
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
