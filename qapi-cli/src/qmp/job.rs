//! A job, as the machine lists it and as its events tell of it.

use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_client::{CallOptions, Error};
use qapi_types::{Any, Command, Decode, DecodeError, Encode, Reader, Writer};

/// What there is to know of a job.
#[derive(Default)]
pub(super) struct Job {
    id: String,
    status: String,
    /// Why it has failed.
    pub(super) error: Option<String>,
}

impl Job {
    /// Whether nothing will happen to it any more, but that it is dismissed.
    pub(super) fn has_ended(&self) -> bool {
        matches!(&*self.status, "concluded" | "null")
    }

    /// How it is, and which command it waits for, if it does.
    pub(super) fn standing(&self) -> String {
        let status = &self.status;
        match &**status {
            "ready" => format!("{status}, and waits for `job-complete`"),
            "pending" => format!("{status}, and waits for `job-finalize`"),
            _ => status.clone(),
        }
    }
}

impl Decode for Job {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [
            ("id", &mut self.id),
            ("status", &mut self.status),
            ("error", &mut self.error),
        ])
    }
}

struct QueryJobs;

impl Encode for QueryJobs {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl Command for QueryJobs {
    type Return = Vec<Job>;
    const NAME: &'static str = "query-jobs";
}

/// The job `id`, if the machine has it.
pub(super) fn find(
    client: &mut Client,
    id: &str,
    options: CallOptions,
) -> Result<Option<Job>, Error> {
    let jobs = client.execute_with(&QueryJobs, options)?;
    Ok(jobs.into_iter().find(|job| job.id == id))
}

/// The status of the job `id` that `event` tells.
pub(super) fn status(event: &RawEvent, id: &str) -> Option<String> {
    member(event, "JOB_STATUS_CHANGE", "id", id, "status")
}

/// Keeps in `failure` what `event` tells of a bad end of the job `id`. The machine's words are better than ours.
pub(super) fn failure(event: &RawEvent, id: &str, failure: &mut Option<String>) {
    if status(event, id).as_deref() == Some("aborting") {
        failure.get_or_insert_with(|| "it was cancelled or aborted".to_owned());
    }
    if let Some(why) = member(event, "BLOCK_JOB_COMPLETED", "device", id, "error") {
        *failure = Some(why);
    }
}

/// The member `wanted` of an event `name` whose member `key` is `id`.
fn member(event: &RawEvent, name: &str, key: &str, id: &str, wanted: &str) -> Option<String> {
    let data: Any = match event.name == name {
        true => event.data.decode().ok()?,
        false => return None,
    };
    match data.get(key)?.to::<String>() {
        Ok(found) if found == id => data.get(wanted)?.to().ok(),
        _ => None,
    }
}
