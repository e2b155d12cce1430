//! Waiting for events, as every file of these tests does.

use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_types::EventSet;

/// How long an event may take: far longer than any takes on a machine that is well.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

/// The next event that `wanted` makes something of; those before it are passed over.
#[track_caller]
pub(crate) fn wait_for<E: EventSet, T>(
    client: &mut Client,
    mut wanted: impl FnMut(&mut Client, E) -> Option<T>,
) -> T {
    loop {
        let event = client.next_event(PATIENCE).expect("the event can be read");
        let event: E = event.expect("the event comes in time").event;
        if let Some(found) = wanted(client, event) {
            return found;
        }
    }
}
