//! Programs that speak QMP on their standard input and output.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A program that runs as long as its session does: then it is killed, and waited for.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    errors: Option<Errors>,
    status: Option<ExitStatus>,
    pause: Duration,
}

/// How long to wait before one looks again whether a program has ended that has closed its end of the connection: the first
/// time; at most, two seconds in all; and at most for its standard error, half a second in all: others may have it, too.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(1024);
const LONGEST_PAUSE_FOR_ERRORS: Duration = Duration::from_millis(256);

/// What is told of a program in the end. Who only knows this has nothing of programs in it, unless it starts one.
pub(crate) trait Ending: fmt::Debug + Send {
    /// How long to wait, after the program has closed its end of the connection, before this is asked again; `None` if it
    /// has ended, or is not about to.
    fn pause(&mut self) -> Option<Duration>;

    /// What is told of a program that has closed its end of the connection. If it has ended well, or has not ended, that is
    /// what any server may do.
    fn last_words(&mut self) -> io::Error;
}

impl Ending for Running {
    fn pause(&mut self) -> Option<Duration> {
        if self.status.is_none() {
            // It fails if there is no such child any more, which does not happen while it is ours.
            self.status = self.child.try_wait().ok().flatten();
            if self.status.is_some() {
                self.pause = FIRST_PAUSE;
            }
        }
        let (waits, longest) = match (self.status, &self.errors) {
            (None, _) => (true, LONGEST_PAUSE),
            (Some(_), errors) => {
                let waits = errors
                    .as_ref()
                    .is_some_and(|errors| !errors.reader.is_finished());
                (waits, LONGEST_PAUSE_FOR_ERRORS)
            }
        };
        let pause = self.pause;
        self.pause = pause.saturating_mul(2);
        (waits && pause <= longest).then_some(pause)
    }

    fn last_words(&mut self) -> io::Error {
        let errors = self.errors.as_ref().map(Errors::kept).unwrap_or_default();
        match (self.status, errors.trim()) {
            (None, "") => io::ErrorKind::UnexpectedEof.into(),
            (None, errors) => io::Error::other(format!("the program has closed it: {errors}")),
            (Some(status), "") if status.success() => io::ErrorKind::UnexpectedEof.into(),
            (Some(status), "") => io::Error::other(format!("the program has ended, {status}")),
            (Some(status), errors) => {
                io::Error::other(format!("the program has ended, {status}: {errors}"))
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program writes to its standard error: the end of it is kept.
#[derive(Debug)]
struct Errors {
    kept: Arc<Mutex<VecDeque<u8>>>,
    reader: JoinHandle<()>,
}

/// How much is kept.
const KEPT: usize = 4 << 10;

impl Errors {
    fn of(mut stderr: ChildStderr) -> io::Result<Self> {
        let kept = Arc::new(Mutex::new(VecDeque::new()));
        let keeper = Arc::clone(&kept);
        // A program whose errors nobody reads would stand still, sooner or later.
        let read = move || {
            let mut chunk = [0; 1 << 10];
            loop {
                match stderr.read(&mut chunk) {
                    Ok(count @ 1..) => {
                        let mut kept = keeper.lock().unwrap_or_else(PoisonError::into_inner);
                        kept.extend(&chunk[..count]);
                        let surplus = kept.len().saturating_sub(KEPT);
                        kept.drain(..surplus);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    _ => return,
                }
            }
        };
        let reader = thread::Builder::new()
            .name("stderr".to_owned())
            .spawn(read)?;
        Ok(Self { kept, reader })
    }

    fn kept(&self) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }
}

/// Starts a program with a socket for its standard input and output, and answers the other end of it: unlike pipes it
/// knows deadlines, and passes descriptors.
pub(crate) fn start(command: &mut Command) -> io::Result<(UnixStream, Running)> {
    let (ours, theirs) = UnixStream::pair()?;
    let theirs = OwnedFd::from(theirs);
    command.stdin(theirs.try_clone()?).stdout(theirs);
    let child = command.spawn();
    // The command would keep the program's end open, and its death would not be seen.
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut program = Running {
        child: child?,
        errors: None,
        status: None,
        pause: FIRST_PAUSE,
    };
    if let Some(stderr) = program.child.stderr.take() {
        program.errors = Some(Errors::of(stderr)?);
    }
    Ok((ours, program))
}
