//! `qmp run`: a machine that is there as long as somebody speaks with it.

mod launch;
mod machine;
mod output;

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use qapi_client::Error;
use qapi_client::tokio::Client;

use super::deadline::Deadline;
use super::interrupt::{on_end, on_interrupt, uncaught};
use super::program::{GRACE, Waited, after, exit_code};
use super::shell::{self, Session};
use super::{Failure, Monitor};
use machine::Machine;
pub(super) use output::Output;

/// How often one looks what the machine has written while one waits for its end.
const INTERVAL: Duration = Duration::from_millis(50);

/// How long to wait for the rest of what the machine has written, when it has ended.
const REST: Duration = Duration::from_secs(1);

/// Start a machine and speak with it, line by line; it goes when its user does
///
/// The words are a command line of QEMU's, or of its storage daemon's. To it is added a monitor that nobody else can reach, over
/// which `qmp shell` then runs, with the options that it has. What the machine writes is shown in between, or goes to standard
/// error where nobody types. It has nothing to read, and Ctrl-C is not for it.
///
/// When the shell is left the machine is told to quit; after 5 seconds it is told so by SIGTERM, and after 5 more it is killed.
/// SIGTERM, SIGHUP and SIGQUIT for us, and Ctrl-C where lines are not typed, end it by SIGTERM first. It does not outlive us (Linux).
///
/// Ends as the machine does, with its exit code, or with 128 and the number of the signal that has ended it; but with the
/// shell's exit code if a line has failed, with 128 and the signal's number after a signal, and with 2 if the machine has
/// no monitor. With 127 if there is no such program, 126 if it cannot be started.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp run -- qemu-system-x86_64 -S -display none -drive file=disk.qcow2
  echo query-block | qmp run -- qemu-system-x86_64 -S -display none -drive file=disk.qcow2
  qmp run --keep -- qemu-system-x86_64 -display none -drive file=disk.qcow2 < preparation")]
pub(super) struct Run {
    #[command(flatten)]
    options: shell::Options,
    /// When there are no more lines, wait until the machine ends by itself
    #[arg(long)]
    keep: bool,
    /// Become the machine, which is to end with this process.
    #[arg(long = launch::OPTION, value_name = "PID", hide = true)]
    launched_by: Option<i32>,
    /// The program and its arguments
    #[arg(
        value_name = "COMMAND",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    words: Vec<OsString>,
}

impl Run {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        if let Some(parent) = self.launched_by {
            return Err(launch::become_program(&self.words, parent));
        }
        if monitor.is_named() {
            let message = "a machine that is started has a monitor of its own: leave out --socket";
            return Err(Failure::Usage(message.to_owned()));
        }
        let daemonizes = |word: &&OsString| *word == "-daemonize" || *word == "--daemonize";
        if let Some(word) = self.words.iter().find(daemonizes) {
            let message = format!(
                "a machine that goes into the background does not go when its user does: leave out {}",
                word.display()
            );
            return Err(Failure::Usage(message));
        }
        let (machine, stream, output) = machine::start(&self.words)?;
        let machine = Arc::new(Mutex::new(machine));
        let told = hear(&machine)?;
        let options = qapi_client::Options {
            out_of_band: true,
            ..monitor.options()
        };
        let left = Session::start(connect(stream, options))
            .map_err(|failure| match failure {
                // Nobody else can have its monitor.
                Failure::Session(error @ Error::TimedOut { .. }) => {
                    Failure::Ended(2, error.to_string())
                }
                failure => failure,
            })
            .map(|session| session.with_output(output.clone()))
            .and_then(|session| shell::attach(session, &self.options, out, err))
            .and_then(|()| Ok(out.flush()?));
        // Whatever has happened so far, the machine does not stay.
        let mut machine = machine.lock().unwrap_or_else(PoisonError::into_inner);
        let keep = self.keep && left.is_ok();
        let ended = end(&mut machine, keep, &told, &output, err);
        output.finish(Deadline::after(Some(REST)), err);
        let (code, signal) = ended.map_err(|error| {
            Failure::Ended(2, format!("the machine's end cannot be seen: {error}"))
        })?;
        match (signal, left) {
            (Some(signal), _) => Err(Failure::Ended(after(signal), String::new())),
            // The machine has gone; how, its exit code says.
            (None, Ok(()) | Err(Failure::Session(Error::Lost { .. }))) => match code {
                0 => Ok(()),
                code => Err(Failure::Ended(code, String::new())),
            },
            (None, Err(failure)) => Err(failure),
        }
    }
}

/// From now on, what asks us to end, ends the machine, and is told.
fn hear(machine: &Arc<Mutex<Machine>>) -> Result<Receiver<i32>, Failure> {
    let (sender, told) = channel();
    let machine = Arc::clone(machine);
    let act = move |signal| {
        // Whoever waits for the machine is told before it is done for.
        let _ = sender.send(signal);
        let (_nobody, hurry) = channel();
        let mut machine = machine.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = machine.program.end(&hurry);
    };
    let caught = match shell::is_typed() {
        true => on_end(act),
        false => on_interrupt(act),
    };
    caught.map_err(uncaught)?;
    Ok(told)
}

/// A session over the monitor.
async fn connect(stream: UnixStream, options: qapi_client::Options) -> Result<Client, Error> {
    let unable = |source| Error::Connect {
        address: "the machine".to_owned(),
        source,
    };
    stream.set_nonblocking(true).map_err(unable)?;
    let stream = tokio::net::UnixStream::from_std(stream).map_err(unable)?;
    Client::over(stream, options).await
}

/// Waits until the machine has ended, which it is told to unless it is kept, and shows what it writes: its exit code, and the
/// signal that has asked us to end, if one has.
fn end(
    machine: &mut Machine,
    keep: bool,
    told: &Receiver<i32>,
    output: &Output,
    err: &mut dyn Write,
) -> io::Result<(u8, Option<i32>)> {
    // Then it has ended, or will not.
    let signal = told.try_recv().ok();
    if !keep && signal.is_none() {
        machine.tell_to_quit();
    }
    let deadline = Deadline::after(Some(GRACE).filter(|_| !keep));
    let program = &mut machine.program;
    loop {
        output.show(err);
        let soon = Deadline::after(Some(deadline.within(INTERVAL)));
        match program.wait(soon, told)? {
            Waited::Ended(status) => return Ok((exit_code(status), signal)),
            Waited::Told(signal) => return Ok((exit_code(program.end(told)?), Some(signal))),
            Waited::Late if deadline.has_passed() => {
                return Ok((exit_code(program.end(told)?), signal));
            }
            Waited::Late => {}
        }
    }
}
