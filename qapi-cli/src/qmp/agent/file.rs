//! A file of the guest, open for a while.

use std::time::Duration;

use qapi_client::CallOptions;
use qapi_types::qga::commands::{GuestFileClose, GuestFileOpen};

use super::super::Failure;
use super::guest::Guest;

/// How many bytes are read or written at once.
pub(super) const PIECE: usize = 256 << 10;

/// How long to wait until a file is closed of which nothing more is wanted.
const PARTING: Duration = Duration::from_secs(5);

/// Opens the file `path` for C's `mode`, does `work` with its handle, and closes it, however that ends.
pub(super) fn with_file<T>(
    guest: &mut Guest,
    path: &str,
    mode: &str,
    work: impl FnOnce(&mut Guest, i64) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let handle = guest.ask(&GuestFileOpen::new(path).mode(mode))?;
    let close = GuestFileClose::new(handle);
    match work(guest, handle) {
        Ok(value) => {
            // What the agent still held of it is written now, or not.
            guest.ask(&close)?;
            Ok(value)
        }
        Err(failure) => {
            // The failure is what there is to tell.
            let _ = guest.ask_with(&close, CallOptions::new().within(PARTING));
            Err(failure)
        }
    }
}
