//! A program that was started here: how it ends, or is ended.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::deadline::Deadline;

/// How often one looks whether a program has ended.
const INTERVAL: Duration = Duration::from_millis(10);

/// How long a program may take to end when it is asked to.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// A program that runs. When it is dropped, it is killed.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
}

/// What has come first.
#[derive(Debug)]
pub(super) enum Waited {
    /// The end of the program.
    Ended(ExitStatus),
    /// A signal that asks us to end.
    Told(i32),
    /// The deadline.
    Late,
}

impl Program {
    /// Starts it.
    ///
    /// # Errors
    /// An exit code as shells have it, 127 if there is no such program and 126 if it cannot be started, and a message.
    pub(super) fn start(command: &mut Command) -> Result<Self, (u8, String)> {
        match command.spawn() {
            Ok(child) => Ok(Self { child }),
            Err(error) => Err(unstartable(command, &error)),
        }
    }

    /// Waits for its end, for a signal, or until the deadline.
    ///
    /// # Errors
    /// The system's own, which are none that a program of ours gives it a reason for.
    pub(super) fn wait(&mut self, deadline: Deadline, told: &Receiver<i32>) -> io::Result<Waited> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Waited::Ended(status));
            }
            if deadline.has_passed() {
                return Ok(Waited::Late);
            }
            match told.recv_timeout(deadline.within(INTERVAL)) {
                Ok(signal) => return Ok(Waited::Told(signal)),
                Err(RecvTimeoutError::Timeout) => {}
                // Nobody tells any more.
                Err(RecvTimeoutError::Disconnected) => thread::sleep(deadline.within(INTERVAL)),
            }
        }
    }

    /// Ends it: it is asked to, and killed if it has not ended after [`GRACE`], or as soon as a signal says that this takes
    /// too long.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub(super) fn end(&mut self, told: &Receiver<i32>) -> io::Result<ExitStatus> {
        // Until its end has been seen its number is nobody else's; should it have ended, that is what is wanted.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        if let Waited::Ended(status) = self.wait(Deadline::after(Some(GRACE)), told)? {
            return Ok(status);
        }
        self.child.kill()?;
        self.child.wait()
    }
}

/// The exit code of a program that could not be started, as shells have it, and what there is to say.
pub(super) fn unstartable(command: &Command, error: &io::Error) -> (u8, String) {
    let code = match error.kind() {
        io::ErrorKind::NotFound => 127,
        _ => 126,
    };
    let name = command.get_program().display();
    (code, format!("cannot start {name}: {error}"))
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The exit code of a program that has ended so, as shells have it: its own, or 128 and the number of the signal.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => u8::try_from(code).unwrap_or(u8::MAX),
        (None, Some(signal)) => after(signal),
        (None, None) => u8::MAX,
    }
}

/// The exit code of what a signal has ended.
pub(super) fn after(signal: i32) -> u8 {
    u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    /// A shell that does what `script` says.
    fn start(script: &str) -> Program {
        Program::start(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn ends_and_their_codes() {
        let (_sender, told) = channel();
        for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)] {
            let waited = start(script).wait(Deadline::after(None), &told).unwrap();
            assert!(
                matches!(waited, Waited::Ended(status) if exit_code(status) == code),
                "{script}: {waited:?}"
            );
        }
        for (name, code) in [("/nowhere/at-all", 127), ("/", 126)] {
            let (got, message) = Program::start(&mut Command::new(name)).unwrap_err();
            assert_eq!(got, code, "{message}");
        }
    }

    #[test]
    fn a_program_is_waited_for_no_longer_than_it_should() {
        let (sender, told) = channel();
        let mut program = start("exec sleep 1000");
        let soon = Deadline::after(Some(Duration::from_millis(1)));
        assert!(matches!(program.wait(soon, &told), Ok(Waited::Late)));
        sender.send(15).unwrap();
        let waited = program.wait(Deadline::after(None), &told);
        assert!(matches!(waited, Ok(Waited::Told(15))));
        assert_eq!(exit_code(program.end(&told).unwrap()), 143);
    }

    /// One that does not heed is killed, at once if somebody is in a hurry.
    #[test]
    fn a_program_is_ended_whether_it_wants_or_not() {
        let (sender, told) = channel();
        let mut program = start("trap '' TERM; echo; while :; do sleep 0.01; done");
        sender.send(2).unwrap();
        // It may not have come to heed nothing yet.
        let code = exit_code(program.end(&told).unwrap());
        assert!(matches!(code, 137 | 143), "{code}");
    }
}
