//! Commands that are followed to their completion.

use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use qapi_types::Command;
use qapi_types::qmp::Event;
use qapi_types::qmp::commands::{Migrate, Quit, SystemPowerdown};
use qapi_types::qmp::events::Shutdown;
use qapi_types::qmp::types::{JobInfo, MigrationInfo};

use super::{Client, Subscription};
use crate::error::Error;
use crate::operations::{self, Face, OperationError};

impl Client {
    /// Unplugs the device `id`: tells the machine to, and waits until it is gone or the guest refuses.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # let mut client = qapi_client::blocking::Client::connect_unix("/run/vm/qmp.sock")?;
    /// client.unplug("net1", Some(Duration::from_secs(60)))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`OperationError`]; after [`OperationError::TimedOut`] the guest may let it go yet.
    pub fn unplug(&mut self, id: &str, timeout: Option<Duration>) -> Result<(), OperationError> {
        ready(operations::unplug(self, id, timeout))
    }

    /// Runs a job: executes the command that starts it, which has to give it this `id`, completes it when it is ready,
    /// finalizes and dismisses it if that is not done by itself. `progress` is told how far it is, several times a second;
    /// when it breaks the job is cancelled.
    ///
    /// ```no_run
    /// # use std::ops::ControlFlow;
    /// # use qapi_types::qmp::commands::BlockCommit;
    /// # let mut client = qapi_client::blocking::Client::connect_unix("/run/vm/qmp.sock")?;
    /// let commit = BlockCommit::new("drive0").job_id("commit0");
    /// client.run_job(&commit, "commit0", None, |job| {
    ///     println!("{} of {}", job.current_progress, job.total_progress);
    ///     ControlFlow::Continue(())
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`OperationError`]; after [`OperationError::TimedOut`] the job goes on.
    pub fn run_job<C: Command>(
        &mut self,
        command: &C,
        id: &str,
        timeout: Option<Duration>,
        progress: impl FnMut(&JobInfo) -> ControlFlow<()>,
    ) -> Result<(), OperationError> {
        ready(operations::run_job(self, command, id, timeout, progress))
    }

    /// Migrates the machine, and answers the figures when it is done. `progress` is told how far it is, several times a
    /// second; when it breaks the migration is cancelled.
    ///
    /// # Errors
    /// [`OperationError`]; after [`OperationError::TimedOut`] the migration goes on.
    pub fn migrate(
        &mut self,
        command: &Migrate,
        timeout: Option<Duration>,
        progress: impl FnMut(&MigrationInfo) -> ControlFlow<()>,
    ) -> Result<MigrationInfo, OperationError> {
        ready(operations::migrate(self, command, timeout, progress))
    }

    /// Asks the guest to power down, and waits until the machine has ended.
    ///
    /// # Errors
    /// [`OperationError`]; [`OperationError::TimedOut`] if the guest does not heed, or the machine is one that stays.
    pub fn powerdown(&mut self, timeout: Option<Duration>) -> Result<Shutdown, OperationError> {
        ready(operations::shut_down(self, &SystemPowerdown, timeout))
    }

    /// Ends the machine, and waits until it has ended.
    ///
    /// # Errors
    /// [`OperationError`].
    pub fn quit(&mut self, timeout: Option<Duration>) -> Result<Shutdown, OperationError> {
        ready(operations::shut_down(self, &Quit, timeout))
    }
}

impl Face for Client {
    type Events = Subscription<Event>;

    fn watch(&mut self, names: &[&str]) -> Subscription<Event> {
        self.subscribe(names.iter().copied().collect::<crate::Filter>())
    }

    async fn run<C: Command>(&mut self, command: &C) -> Result<C::Return, Error> {
        self.execute(command)
    }

    async fn next(
        &mut self,
        events: &mut Subscription<Event>,
        timeout: Option<Duration>,
    ) -> Result<Option<Event>, Error> {
        let event = events.next(self, timeout)?;
        Ok(event.map(|stamped| stamped.event))
    }
}

/// What a future comes to that waits by blocking: it has never to be asked twice.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the blocking client has blocked"),
    }
}
