//! A password that somebody types, and that is not shown.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::super::Failure;
use super::super::interrupt::{around_stops, leave_terminal_as_found, uncaught};
use super::input;

/// Asks for a line of at most `most` bytes on the terminal that is standard input. The terminal goes on to edit it and to know its
/// keys: Ctrl-C, Ctrl-\ and Ctrl-Z are no characters of a password.
///
/// # Errors
/// There is no terminal, or signals cannot be caught.
pub(super) fn ask(prompt: &str, most: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: io::Error| input::unreadable(input::STDIN.as_ref(), &error);
    let shown = tcgetattr(io::stdin()).map_err(|error| unreadable(error.into()))?;
    leave_terminal_as_found(true)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    // That the line has ended can be seen.
    hidden.local_modes.insert(LocalModes::ECHONL);
    let set = |modes: &Termios| tcsetattr(io::stdin(), OptionalActions::Flush, modes);
    let hide = {
        let prompt = prompt.to_owned();
        move || -> io::Result<()> {
            set(&hidden)?;
            // Where the outputs go is no matter to who types.
            let mut terminal = File::options().write(true).open("/dev/tty")?;
            terminal.write_all(prompt.as_bytes())
        }
    };
    let asking = Arc::new(AtomicBool::new(true));
    let (before, asks, again) = (shown.clone(), Arc::clone(&asking), hide.clone());
    let come_back = move || {
        if asks.load(Ordering::Relaxed) {
            // Should the terminal be gone, who reads from it finds that out.
            let _ = again();
        }
    };
    let leave = move || {
        let _ = set(&before);
    };
    around_stops(leave, come_back).map_err(uncaught)?;
    hide().map_err(unreadable)?;
    let mut line = Vec::new();
    let read = io::stdin()
        .lock()
        .take(most as u64)
        .read_until(b'\n', &mut line);
    asking.store(false, Ordering::Relaxed);
    let _ = set(&shown);
    read.map_err(unreadable)?;
    Ok(line)
}
