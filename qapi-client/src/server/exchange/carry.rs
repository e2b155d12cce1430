//! What is said is passed on and written down.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::thread;

use qapi_types::{Any, from_str};

use super::super::Limits;
use super::super::input::Input;
use super::{Line, Side};

/// Carries everything from a client to a server and back, until one of them hangs up, and writes it down: a [`Line`] a
/// message, in an order in which it can have been said. What is on a line has been written before it is passed on.
///
/// # Errors
/// It cannot be written down. Nothing is passed on then.
pub fn record(client: &UnixStream, server: &UnixStream, out: impl Write + Send) -> io::Result<()> {
    let out = Mutex::new(out);
    let carry = |side: Side, from: &UnixStream, to: &UnixStream| {
        let carried = carry(side, from, to, &out);
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
    })
}

fn carry(
    side: Side,
    mut from: &UnixStream,
    mut to: &UnixStream,
    out: &Mutex<impl Write>,
) -> io::Result<()> {
    let mut input = Input::new(Limits::default());
    let mut chunk = vec![0; 64 << 10];
    // Who can be neither read from nor written to has hung up.
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        input.push(&chunk[..count]);
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(message) = input.next() {
            let message = match message {
                Ok(text) => from_str(&text).unwrap_or_else(|error| Any::from(error.to_string())),
                Err(malformed) => Any::from(malformed.to_string()),
            };
            writeln!(out, "{}", Line { side, message })?;
        }
        out.flush()?;
        drop(out);
        if to.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
    Ok(())
}
