//! Several calls at once.

use std::collections::VecDeque;

use qapi_types::Command;

use super::Client;
use super::deadline::Deadline;
use crate::core::{Call, CallId, Outcome};
use crate::error::Error;
use crate::options::CallOptions;
use crate::{outcome, trace};

impl Client {
    /// Executes commands of one kind, several of them at once on the wire ([`Limits::in_flight`](crate::Limits)), and answers
    /// for each how it went, in their order: a machine that is far away is asked much in little more time than one thing.
    ///
    /// Each reply may take as long as the [`Options`](crate::Options) give a call. If one does not come in time nobody waits
    /// for those behind it, which end like it, and nothing more is sent.
    ///
    /// ```no_run
    /// # #[cfg(feature = "operations")]
    /// # fn example(client: &mut qapi_client::blocking::Client) -> Result<(), qapi_client::Error> {
    /// use qapi_types::qmp::commands::QomList;
    ///
    /// let queries = ["/machine", "/objects", "/chardevs"].map(QomList::new);
    /// for properties in client.execute_all(&queries) {
    ///     println!("{}", properties?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Of each those of [`execute`](Self::execute).
    pub fn execute_all<'a, C: Command + 'a>(
        &mut self,
        commands: impl IntoIterator<Item = &'a C>,
    ) -> Vec<Result<C::Return, Error>> {
        let mut commands = commands.into_iter();
        if !C::SUCCESS_RESPONSE {
            // Each has to be listened to alone.
            return commands.map(|command| self.execute(command)).collect();
        }
        let timeout = CallOptions::new().timeout(C::NAME, &self.timeouts);
        let mut batch = Batch::default();
        let mut results = Vec::new();
        let mut in_time = true;
        loop {
            while in_time
                && batch.waiting.len() < self.options.limits.in_flight.max(1)
                && let Some(command) = commands.next()
            {
                let call = Call::new(C::NAME, Some(command));
                batch.waiting.push_back((self.session.call(call), None));
            }
            let Some((id, outcome)) = batch.waiting.pop_front() else {
                break;
            };
            let mut deadline = Deadline::after(timeout);
            let outcome = match outcome {
                None if in_time => batch.outcome(self, id, &mut deadline),
                outcome => outcome,
            };
            in_time &= outcome.is_some();
            let value = match outcome {
                Some(outcome) => outcome::value(C::NAME, outcome, self.session.ended()),
                None => Err(self.timed_out(id, C::NAME)),
            };
            trace::called(C::NAME, &value);
            results.push(value.and_then(|value| outcome::decode::<C>(&value)));
        }
        results.extend(commands.map(|_| Err(Error::not_in_time(C::NAME, false))));
        results
    }
}

/// The calls that are waited for, and what has become of those that were answered before their turn.
#[derive(Default)]
struct Batch {
    waiting: VecDeque<(CallId, Option<Outcome>)>,
}

impl Batch {
    /// What the call comes to that is to be answered next; `None` if the deadline passes before.
    fn outcome(
        &mut self,
        client: &mut Client,
        next: CallId,
        deadline: &mut Deadline,
    ) -> Option<Outcome> {
        loop {
            let (answered, outcome) = client.next_outcome(deadline, |_| true)?;
            if answered == next {
                return Some(outcome);
            }
            let mut waiting = self.waiting.iter_mut();
            if let Some((_, early)) = waiting.find(|(id, _)| *id == answered) {
                *early = Some(outcome);
            }
        }
    }
}
