//! A shell that is stopped for a while, with Ctrl-Z or by `kill`: its terminal is as it was meanwhile.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Signal, getpgrp, kill_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, ExternalPrinter,
    Helper, KeyEvent, Modifiers, RepeatCount,
};

use super::super::Failure;
use super::super::interrupt::{PASTES_PLAINLY, around_stops, uncaught};
use super::terminal::unusable;

/// Tells a terminal to mark what is pasted.
const MARKS_PASTES: &[u8] = b"\x1b[?2004h";

/// Nothing, to be shown above what is typed, which is shown again with it.
const NOTHING: &str = "\x1b[A\n";

/// From now on the terminal is as it is now, as long as whoever has it in `editor` is stopped. The answer is for them to set while
/// they have: what others do with it is for them to put in order.
///
/// # Errors
/// There is no terminal, or signals cannot be caught.
pub(super) fn give_way<H: Helper, I: History>(
    editor: &mut Editor<H, I>,
) -> Result<Arc<AtomicBool>, Failure> {
    let found = tcgetattr(io::stdin()).map_err(|error| Failure::Output(error.into()))?;
    // The editor's own way would race with ours.
    let key = char::from(found.special_codes[SpecialCodeIndex::VSUSP]);
    editor.bind_sequence(
        KeyEvent::new(key, Modifiers::NONE),
        EventHandler::Conditional(Box::new(Stop)),
    );
    let mut printer = editor.create_external_printer().map_err(unusable)?;
    // How the editor has made the terminal, if it had it when it was stopped.
    let edited = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&edited);
    let editing = Arc::new(AtomicBool::new(false));
    let edits = Arc::clone(&editing);
    // Where there is no terminal any more, whoever reads from it finds that out.
    let leave = move || {
        let modes = tcgetattr(io::stdin()).ok().filter(is_edited);
        let modes = modes.filter(|_| edits.load(Ordering::SeqCst));
        if modes.is_some() {
            let _ = rustix::io::write(io::stdout(), PASTES_PLAINLY);
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &found);
        }
        *keep.lock().unwrap_or_else(PoisonError::into_inner) = modes;
    };
    let come_back = move || {
        let modes = edited.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(modes) = modes {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &modes);
            let _ = rustix::io::write(io::stdout(), MARKS_PASTES);
            let _ = printer.print(NOTHING.to_owned());
        }
    };
    around_stops(leave, come_back).map_err(uncaught)?;
    Ok(editing)
}

/// Whether an editor reads the terminal key by key.
fn is_edited(modes: &Termios) -> bool {
    !modes.local_modes.contains(LocalModes::ICANON)
}

/// The key that stops, as it does where the system knows it: all that runs as one job.
struct Stop;

impl ConditionalEventHandler for Stop {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        // To ourselves it can be sent.
        let _ = kill_process_group(getpgrp(), Signal::TSTP);
        Some(Cmd::Noop)
    }
}
