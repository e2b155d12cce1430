//! Machines that end.

use std::time::Duration;

use qapi_types::Command;
use qapi_types::qmp::Event;
use qapi_types::qmp::events::Shutdown;

use super::{Deadline, Face, OperationError};
use crate::error::Error;

/// Executes the command that ends the machine, and waits until it says that it ends, and for the end of the session.
pub(crate) async fn shut_down<F: Face, C: Command>(
    face: &mut F,
    command: &C,
    timeout: Option<Duration>,
) -> Result<Shutdown, OperationError> {
    let deadline = Deadline::after(timeout);
    let mut events = face.watch(&["SHUTDOWN"]);
    match face.run(command).await {
        // It may be faster than its reply.
        Ok(_) | Err(Error::Lost { sent: true, .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut shutdown = None;
    loop {
        match face.next(&mut events, deadline.remaining()).await {
            Ok(Some(Event::Shutdown(event))) => shutdown = Some(event),
            Ok(Some(_)) | Err(Error::Gap(_) | Error::Undecodable(_)) => {}
            Ok(None) => {
                return Err(OperationError::TimedOut {
                    what: "the machine's end".to_owned(),
                });
            }
            Err(error @ Error::Lost { .. }) => return shutdown.ok_or(error.into()),
            Err(error) => return Err(error.into()),
        }
    }
}
