//! What a process may have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Result;

/// How many descriptors this process may have, now that it may have as many as it can.
pub(crate) fn descriptors() -> Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.maximum;
    setrlimit(Resource::Nofile, Rlimit { current, ..limit })?;
    Ok(current.unwrap_or(u64::MAX))
}
