//! Several calls at once, of one task.

use std::collections::VecDeque;
use std::time::Duration;

use qapi_types::Command;

use super::Client;
use crate::core::Call;
use crate::error::Error;
use crate::options::CallOptions;
use crate::outcome;

impl Client {
    /// Executes commands of one kind, several of them at once on the wire ([`Limits::in_flight`](crate::Limits)), and answers
    /// for each how it went, in their order: a machine that is far away is asked much in little more time than one thing.
    ///
    /// Each reply may take as long as the [`Options`](crate::Options) give a call. If one does not come in time nobody waits
    /// for those behind it, which end like it, and nothing more is sent.
    ///
    /// ```no_run
    /// # #[cfg(feature = "operations")]
    /// # async fn example(client: &qapi_client::tokio::Client) -> Result<(), qapi_client::Error> {
    /// use qapi_types::qmp::commands::QomList;
    ///
    /// let queries = ["/machine", "/objects", "/chardevs"].map(QomList::new);
    /// for properties in client.execute_all(&queries).await {
    ///     println!("{}", properties?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Of each those of [`execute`](Self::execute).
    pub async fn execute_all<'a, C: Command + 'a>(
        &self,
        commands: impl IntoIterator<Item = &'a C>,
    ) -> Vec<Result<C::Return, Error>> {
        let mut commands = commands.into_iter();
        let mut results = Vec::new();
        if !C::SUCCESS_RESPONSE {
            // Each has to be listened to alone.
            for command in commands {
                results.push(self.execute(command).await);
            }
            return results;
        }
        let mut waiting = VecDeque::new();
        let mut options = CallOptions::new();
        let mut in_time = true;
        loop {
            while in_time
                && waiting.len() < self.options().limits.in_flight.max(1)
                && let Some(command) = commands.next()
            {
                waiting.push_back(self.shared().call(Call::new(C::NAME, Some(command))));
            }
            let Some(next) = waiting.pop_front() else {
                break;
            };
            let value = self.reply(next, C::NAME, options).await;
            if matches!(value, Err(Error::TimedOut { .. })) {
                in_time = false;
                // What has come nevertheless is taken.
                options = options.within(Duration::ZERO);
            }
            results.push(value.and_then(|value| outcome::decode::<C>(&value)));
        }
        results.extend(commands.map(|_| Err(Error::not_in_time(C::NAME, false))));
        results
    }
}
