//! What subcommands have in common that serve others until they are told to end.

use std::io::Write;

use qapi_client::core::End;
use qapi_types::{Encode, Writer};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::Failure;
use super::interrupt::{on_interrupt, uncaught};

/// A runtime in which all is done by one thread.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::Ended(2, format!("there is no runtime: {error}")))
}

/// From now on the first signal that asks for the end is told here.
pub(super) fn told() -> Result<oneshot::Receiver<i32>, Failure> {
    let (sender, told) = oneshot::channel();
    on_interrupt(move |signal| {
        // Whoever does not wait any more ends by itself.
        let _ = sender.send(signal);
    })
    .map_err(uncaught)?;
    Ok(told)
}

/// Says something to programs, if that is who listens: an object with one member, on a line.
pub(super) fn say(
    json: bool,
    what: &'static str,
    value: &dyn Encode,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if json {
        let mut writer = Writer::new();
        writer.object(&[(what, value)]);
        writeln!(out, "{}", writer.into_text())?;
        out.flush()?;
    }
    Ok(())
}

/// A machine may end as it likes; only that it does not speak QMP is a failure, and what the system calls one.
pub(super) fn of_machine(end: &End) -> Result<(), Failure> {
    match end.is_departure() {
        true => Ok(()),
        false => Err(Failure::Ended(2, end.to_string())),
    }
}
