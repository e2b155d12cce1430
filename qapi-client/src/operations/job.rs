//! Jobs, from the command that starts one to its end.

use std::ops::ControlFlow;
use std::time::Duration;

use qapi_types::Command;
use qapi_types::qmp::Event;
use qapi_types::qmp::commands::{JobCancel, JobComplete, JobDismiss, JobFinalize, QueryJobs};
use qapi_types::qmp::types::{JobInfo, JobStatus};

use super::{Deadline, Face, OperationError};
use crate::error::Error;

/// What is told of a job that nothing was heard of.
const UNSEEN: &str = "there is none: the command has started another, or none at all";

pub(crate) async fn run_job<F: Face, C: Command>(
    face: &mut F,
    command: &C,
    id: &str,
    timeout: Option<Duration>,
    mut progress: impl FnMut(&JobInfo) -> ControlFlow<()>,
) -> Result<(), OperationError> {
    let deadline = Deadline::after(timeout);
    let mut events = face.watch(&[
        "JOB_STATUS_CHANGE",
        "BLOCK_JOB_COMPLETED",
        "BLOCK_JOB_CANCELLED",
    ]);
    face.run(command).await?;
    let mut job = Job::new(id);
    loop {
        let event = match face.next(&mut events, deadline.interval()).await {
            Err(Error::Gap(_) | Error::Undecodable(_)) => {
                // That may have been all that was said of it.
                job.seen = true;
                None
            }
            event => event?,
        };
        match event {
            Some(Event::JobStatusChange(change)) if change.id == id => {
                job.seen = true;
                if change.status == JobStatus::Null {
                    return job.end();
                }
                job.advance(face, &change.status).await?;
            }
            Some(Event::BlockJobCompleted(completed)) if completed.device == id => {
                job.failure = completed.error;
            }
            Some(Event::BlockJobCancelled(cancelled)) if cancelled.device == id => {
                job.cancelled = true;
            }
            Some(_) => {}
            None => {
                let Some(info) = find(face, id).await? else {
                    return job.end();
                };
                job.seen = true;
                job.advance(face, &info.status).await?;
                if progress(&info).is_break() && !job.cancelled {
                    job.cancelled = true;
                    lenient(face.run(&JobCancel::new(id)).await)?;
                }
                if deadline.has_passed() {
                    return Err(OperationError::TimedOut { what: job.what() });
                }
            }
        }
    }
}

/// A job, as far as it is known.
struct Job<'a> {
    id: &'a str,
    /// Has the machine told of it?
    seen: bool,
    failure: Option<String>,
    cancelled: bool,
}

impl<'a> Job<'a> {
    fn new(id: &'a str) -> Self {
        Self {
            id,
            seen: false,
            failure: None,
            cancelled: false,
        }
    }

    fn what(&self) -> String {
        format!("the job {}", self.id)
    }

    /// Does what the job waits for. It may have gone on by itself meanwhile.
    async fn advance<F: Face>(&mut self, face: &mut F, status: &JobStatus) -> Result<(), Error> {
        match status {
            JobStatus::Ready if !self.cancelled => {
                lenient(face.run(&JobComplete::new(self.id)).await)
            }
            JobStatus::Pending => lenient(face.run(&JobFinalize::new(self.id)).await),
            JobStatus::Concluded => {
                // One that is still listed is to be asked, and then let go.
                if let Some(info) = find(face, self.id).await? {
                    self.failure = info.error.or(self.failure.take());
                    lenient(face.run(&JobDismiss::new(self.id)).await)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end(self) -> Result<(), OperationError> {
        let what = self.what();
        let unseen = (!self.seen).then(|| UNSEEN.to_owned());
        match self.failure.or(unseen) {
            _ if self.cancelled => Err(OperationError::Cancelled { what }),
            Some(why) => Err(OperationError::Failed { what, why }),
            None => Ok(()),
        }
    }
}

async fn find<F: Face>(face: &mut F, id: &str) -> Result<Option<JobInfo>, Error> {
    let jobs = face.run(&QueryJobs).await?;
    Ok(jobs.into_iter().find(|job| job.id == id))
}

/// What a job does not need any more, or not yet, the server refuses.
fn lenient(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Refused(_)) => Ok(()),
        result => result,
    }
}
