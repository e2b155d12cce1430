//! Freezing file systems, whoever wants them frozen.

use qapi_types::Command;
use qapi_types::qga::commands::{GuestFsfreezeFreeze, GuestFsfreezeFreezeList};

use super::super::Failure;
use super::guest::Guest;

/// Freezes the file systems that are mounted here, or all: how many; or the failure, and whether some may be frozen.
pub(super) fn freeze(guest: &mut Guest, mountpoints: &[String]) -> Result<i64, (Failure, bool)> {
    match mountpoints {
        [] => send(guest, &GuestFsfreezeFreeze),
        some => send(
            guest,
            &GuestFsfreezeFreezeList::new().mountpoints(some.to_vec()),
        ),
    }
}

fn send<C: Command<Return = i64>>(guest: &mut Guest, command: &C) -> Result<i64, (Failure, bool)> {
    guest.client().execute(command).map_err(|error| {
        let unknown = error.outcome_unknown();
        (guest.explain(error, C::NAME, C::SINCE), unknown)
    })
}
