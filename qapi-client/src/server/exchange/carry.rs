//! What is said is passed on and written down.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Recording, Side};

/// Carries everything from a client to a server and back, until one of them hangs up, and writes it down: a
/// [`Line`](super::Line) a message, in an order in which it can have been said. What is on a line has been written before it
/// is passed on.
///
/// # Errors
/// It cannot be written down. Nothing is passed on then.
pub fn record(client: &UnixStream, server: &UnixStream, out: impl Write + Send) -> io::Result<()> {
    let shared = Mutex::new(Shared {
        recording: Recording::new(out),
        first: None,
    });
    let carry = |side: Side, from: &UnixStream, to: &UnixStream| {
        let carried = carry(side, from, to, &shared);
        // Whoever has not hung up learns that the other has.
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
        carried
    };
    thread::scope(|scope| {
        let there = scope.spawn(|| carry(Side::Client, client, server));
        let back = carry(Side::Server, server, client);
        match there.join() {
            Ok(there) => there.and(back),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })?;
    let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    let Shared {
        mut recording,
        first,
    } = shared;
    first.map_or(Ok(()), |side| recording.end(side))
}

/// What both directions write.
struct Shared<W> {
    recording: Recording<W>,
    /// Who has hung up first.
    first: Option<Side>,
}

fn carry(
    side: Side,
    mut from: &UnixStream,
    mut to: &UnixStream,
    shared: &Mutex<Shared<impl Write>>,
) -> io::Result<()> {
    let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    let mut chunk = vec![0; 64 << 10];
    let mut gone = side;
    // Who can be neither read from nor written to has hung up.
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        lock().recording.hear(side, &chunk[..count])?;
        if to.write_all(&chunk[..count]).is_err() {
            gone = side.other();
            break;
        }
    }
    lock().first.get_or_insert(gone);
    Ok(())
}
