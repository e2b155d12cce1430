//! Which processors a client and its server run on.
//!
//! Left to itself the system moves them about, and how they happen to lie makes more of a difference than who calls: by a half.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::{Figure, Result};

/// Measures with a server on the client's processor, and with one on another.
pub(crate) fn everywhere(
    measure: impl Fn(&Processors, &str) -> Result<Vec<Figure>>,
) -> Result<Vec<Figure>> {
    let mut figures = measure(&Processors::one()?, "the same processor")?;
    figures.extend(measure(&Processors::two()?, "another processor")?);
    Ok(figures)
}

/// The processors of both. This thread is the client as long as this is kept, and whatever it starts is.
pub(crate) struct Processors {
    before: CpuSet,
    client: CpuSet,
    server: CpuSet,
}

impl Processors {
    /// Client and server take turns on one.
    fn one() -> Result<Self> {
        Self::numbered(0)
    }

    /// Each has one of its own, which sleeps while it waits; the same, where there is but one.
    fn two() -> Result<Self> {
        Self::numbered(1)
    }

    fn numbered(server: usize) -> Result<Self> {
        let before = sched_getaffinity(None)?;
        let mut all = (0..CpuSet::MAX_CPU).filter(|processor| before.is_set(*processor));
        let first = all.clone().next().ok_or("there is no processor")?;
        let server = all.nth(server).unwrap_or(first);
        let only = |processor| {
            let mut set = CpuSet::new();
            set.set(processor);
            set
        };
        let (client, server) = (only(first), only(server));
        sched_setaffinity(None, &client)?;
        Ok(Self {
            before,
            client,
            server,
        })
    }

    /// Starts a server.
    pub(crate) fn start<T>(&self, server: impl FnOnce() -> Result<T>) -> Result<T> {
        sched_setaffinity(None, &self.server)?;
        let started = server();
        sched_setaffinity(None, &self.client)?;
        started
    }
}

impl Drop for Processors {
    fn drop(&mut self) {
        // It was allowed before.
        let _ = sched_setaffinity(None, &self.before);
    }
}
