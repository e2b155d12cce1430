//! What asks the program to end: the keys Ctrl-C and Ctrl-\, `kill`, a terminal that has gone; and what stops it for a while: Ctrl-Z.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, channel};
use std::{fs, thread};

use rustix::process::{getpgrp, getsid};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::Failure;
use super::screen::is_capable;

/// From now on the first such signal no longer ends the program: `act` is called instead, in a thread of its own, with the
/// signal's number. The second one does, for whoever has asked twice does not want to wait.
///
/// A program that then ends because of it has 128 and the number as its exit code, unless ending is what it should do.
///
/// # Errors
/// The system does not let signals be caught.
pub(super) fn on_interrupt(act: impl FnOnce(i32) + Send + 'static) -> io::Result<()> {
    on_first(watched(), act)
}

/// The signal that asks to end, when it comes: for what has something to put in order first.
///
/// # Errors
/// As [`on_interrupt`].
pub(super) fn interrupts() -> Result<Receiver<i32>, Failure> {
    let (sender, told) = channel();
    on_interrupt(move |signal| {
        // Whoever has ended meanwhile need not be told.
        let _ = sender.send(signal);
    })
    .map_err(uncaught)?;
    Ok(told)
}

/// Why signals cannot be caught.
pub(super) fn uncaught(error: io::Error) -> Failure {
    Failure::Ended(2, format!("signals cannot be caught: {error}"))
}

/// The same as [`on_interrupt`], but for Ctrl-C, which is a key for whoever reads the terminal.
///
/// # Errors
/// As [`on_interrupt`].
pub(super) fn on_end(act: impl FnOnce(i32) + Send + 'static) -> io::Result<()> {
    on_first(watched().filter(|signal| *signal != SIGINT), act)
}

fn on_first(
    watched: impl Iterator<Item = i32> + Clone,
    act: impl FnOnce(i32) + Send + 'static,
) -> io::Result<()> {
    let mut signals = Signals::new(watched.clone())?;
    let once = Arc::new(AtomicBool::new(false));
    for signal in watched {
        // In this order the first signal finds the flag as it was before.
        flag::register_conditional_default(signal, Arc::clone(&once))?;
        flag::register(signal, Arc::clone(&once))?;
    }
    thread::spawn(move || signals.forever().next().map(act));
    Ok(())
}

/// From now on whoever is told to end by such a signal leaves the terminal that is standard input as it is now, whatever becomes of
/// it meanwhile. Ctrl-C is one, or a key for whoever reads the terminal.
///
/// # Errors
/// There is no terminal; or as [`interrupts`].
pub(super) fn leave_terminal_as_found(ctrl_c: bool) -> Result<(), Failure> {
    let modes = tcgetattr(io::stdin()).map_err(|error| Failure::Output(error.into()))?;
    let act = move |signal| {
        // Where that fails there is no terminal any more.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &modes);
        if is_capable() {
            // Past the lock on the output, which somebody has who does not give it up.
            let _ = rustix::io::write(io::stdout(), PASTES_PLAINLY);
        }
        let _ = emulate_default_handler(signal);
    };
    let caught = match ctrl_c {
        true => on_interrupt(act),
        false => on_end(act),
    };
    caught.map_err(uncaught)
}

/// Tells a terminal not to mark what is pasted, as editors want it, and begins a line.
pub(super) const PASTES_PLAINLY: &[u8] = b"\x1b[?2004l\r\n";

/// From now on `leave` is called before the program is stopped from its terminal, and `come_back` when it goes on, for who has
/// made the terminal another than it was. As the system does it, nothing is stopped that nobody would let go on: what runs in a
/// terminal instead of a shell.
///
/// # Errors
/// As [`on_interrupt`].
pub(super) fn around_stops(
    mut leave: impl FnMut() + Send + 'static,
    mut come_back: impl FnMut() + Send + 'static,
) -> io::Result<()> {
    let mut signals = Signals::new([SIGTSTP, SIGCONT])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if signal == SIGTSTP {
                if is_alone() {
                    continue;
                }
                leave();
                // It stops here.
                let _ = emulate_default_handler(SIGTSTP);
            }
            come_back();
        }
    });
    Ok(())
}

/// Whether there is no shell in the terminal's session that has started us as one of its jobs.
fn is_alone() -> bool {
    getsid(None).is_ok_and(|session| session == getpgrp())
}

/// From now on no such signal ends the program: `act` is called with each. For what must not be left as it is, and is put in
/// order in a time that is known.
///
/// # Errors
/// As [`on_interrupt`].
pub(super) fn on_every_interrupt(mut act: impl FnMut(i32) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new(watched())?;
    thread::spawn(move || signals.forever().for_each(&mut act));
    Ok(())
}

/// What `nohup` has turned off stays off.
fn watched() -> impl Iterator<Item = i32> + Clone {
    let hangup = (!is_ignored(SIGHUP)).then_some(SIGHUP);
    [SIGINT, SIGTERM, SIGQUIT].into_iter().chain(hangup)
}

/// Whether whoever has started the program has seen to it that it ignores the signal, as far as the system tells.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};
    use std::sync::mpsc::channel;
    use std::{env, process};

    use signal_hook::low_level::raise;

    use super::*;

    /// The variable that says what a process is to do which is there to be ended.
    const VICTIM: &str = "QMP_TESTS_VICTIM";

    /// Runs the test of this name again in a process of its own: signals are for all of one.
    fn alone(test: &str, deed: &str) -> ExitStatus {
        let mut command = Command::new(env::current_exe().unwrap());
        let test = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
        let words = [&*test, "--exact", "--nocapture", "--quiet"];
        command.args(words).env(VICTIM, deed).status().unwrap()
    }

    fn deed() -> Option<String> {
        env::var(VICTIM).ok()
    }

    #[test]
    fn the_first_signal_is_told_and_the_second_ends() {
        let Some(deed) = deed() else {
            for (deed, code, signal) in [
                ("first", Some(SIGTERM), None),
                ("second", None, Some(SIGINT)),
                ("key", None, Some(SIGINT)),
            ] {
                let name = "the_first_signal_is_told_and_the_second_ends";
                let status = alone(name, deed);
                assert_eq!((status.code(), status.signal()), (code, signal), "{deed}");
            }
            return;
        };
        let (sender, came) = channel();
        let act = move |signal| sender.send(signal).unwrap();
        if deed == "key" {
            on_end(act).unwrap();
        } else {
            on_interrupt(act).unwrap();
            raise(SIGTERM).unwrap();
            let first = came.recv().unwrap();
            if deed == "first" {
                process::exit(first);
            }
        }
        raise(SIGINT).unwrap();
    }

    #[test]
    fn no_signal_ends_what_hears_them_all() {
        if deed().is_none() {
            let status = alone("no_signal_ends_what_hears_them_all", "");
            assert_eq!(status.code(), Some(SIGQUIT));
            return;
        }
        let (sender, came) = channel();
        on_every_interrupt(move |signal| sender.send(signal).unwrap()).unwrap();
        for signal in watched().chain([SIGTERM, SIGINT]) {
            raise(signal).unwrap();
            assert_eq!(came.recv(), Ok(signal));
        }
        process::exit(SIGQUIT);
    }
}
