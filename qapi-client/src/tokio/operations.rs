//! Commands that are followed to their completion.

use std::ops::ControlFlow;
use std::time::Duration;

use qapi_types::Command;
use qapi_types::qmp::Event;
use qapi_types::qmp::commands::{Migrate, Quit, SystemPowerdown};
use qapi_types::qmp::events::Shutdown;
use qapi_types::qmp::types::{JobInfo, MigrationInfo};

use super::client::within;
use super::{Client, Subscription};
use crate::error::Error;
use crate::operations::{self, Face, OperationError};

impl Client {
    /// Unplugs the device `id`: tells the machine to, and waits until it is gone or the guest refuses.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: qapi_client::tokio::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// client.unplug("net1", Some(Duration::from_secs(60))).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`OperationError`]; after [`OperationError::TimedOut`], or when the future is dropped, the guest may let it go yet.
    pub async fn unplug(&self, id: &str, timeout: Option<Duration>) -> Result<(), OperationError> {
        operations::unplug(&mut self.clone(), id, timeout).await
    }

    /// Runs a job: executes the command that starts it, which has to give it this `id`, completes it when it is ready,
    /// finalizes and dismisses it if that is not done by itself. `progress` is told how far it is, several times a second;
    /// when it breaks the job is cancelled.
    ///
    /// # Errors
    /// [`OperationError`]; after [`OperationError::TimedOut`], or when the future is dropped, the job goes on.
    pub async fn run_job<C: Command>(
        &self,
        command: &C,
        id: &str,
        timeout: Option<Duration>,
        progress: impl FnMut(&JobInfo) -> ControlFlow<()>,
    ) -> Result<(), OperationError> {
        operations::run_job(&mut self.clone(), command, id, timeout, progress).await
    }

    /// Migrates the machine, and answers the figures when it is done. `progress` is told how far it is, several times a
    /// second; when it breaks the migration is cancelled.
    ///
    /// # Errors
    /// [`OperationError`]; after [`OperationError::TimedOut`], or when the future is dropped, the migration goes on.
    pub async fn migrate(
        &self,
        command: &Migrate,
        timeout: Option<Duration>,
        progress: impl FnMut(&MigrationInfo) -> ControlFlow<()>,
    ) -> Result<MigrationInfo, OperationError> {
        operations::migrate(&mut self.clone(), command, timeout, progress).await
    }

    /// Asks the guest to power down, and waits until the machine has ended.
    ///
    /// # Errors
    /// [`OperationError`]; [`OperationError::TimedOut`] if the guest does not heed, or the machine is one that stays.
    pub async fn powerdown(&self, timeout: Option<Duration>) -> Result<Shutdown, OperationError> {
        operations::shut_down(&mut self.clone(), &SystemPowerdown, timeout).await
    }

    /// Ends the machine, and waits until it has ended.
    ///
    /// # Errors
    /// [`OperationError`].
    pub async fn quit(&self, timeout: Option<Duration>) -> Result<Shutdown, OperationError> {
        operations::shut_down(&mut self.clone(), &Quit, timeout).await
    }
}

impl Face for Client {
    type Events = Subscription<Event>;

    fn watch(&mut self, names: &[&str]) -> Subscription<Event> {
        self.subscribe(names.iter().copied().collect::<crate::Filter>())
    }

    async fn run<C: Command>(&mut self, command: &C) -> Result<C::Return, Error> {
        self.execute(command).await
    }

    async fn next(
        &mut self,
        events: &mut Subscription<Event>,
        timeout: Option<Duration>,
    ) -> Result<Option<Event>, Error> {
        let event = within(timeout, events.next()).await.transpose()?;
        Ok(event.map(|stamped| stamped.event))
    }
}
