//! A machine that was started here, with a monitor that nobody else can reach.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;

use rustix::io::{FdFlags, fcntl_setfd};

use super::super::Failure;
use super::super::program::Program;
use super::launch;
use super::output::Output;

/// The monitor's name within the machine.
const MONITOR: &str = "qmp-run";

/// A machine that runs.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) program: Program,
    /// The monitor, for whoever has nothing else left.
    monitor: UnixStream,
}

/// Starts the machine, and answers it with its monitor and what it writes.
///
/// The monitor is one end of a pair of sockets: it has no name by which another could find it. The machine is a group of its
/// own, so that a terminal's Ctrl-C is not for it, and has nothing to read.
///
/// # Errors
/// It cannot be started.
pub(super) fn start(words: &[OsString]) -> Result<(Machine, UnixStream, Output), Failure> {
    let unable = |error| Failure::Ended(2, format!("there is no monitor to be had: {error}"));
    let (ours, theirs) = UnixStream::pair().map_err(unable)?;
    let monitor = ours.try_clone().map_err(unable)?;
    let theirs = OwnedFd::from(theirs);
    // The machine gets it under the number that it has here. There is no other thread yet that could start a program.
    fcntl_setfd(&theirs, FdFlags::empty()).map_err(|error| unable(error.into()))?;
    let (reader, writer) = io::pipe().map_err(unable)?;
    // clap has seen to it that there is a program.
    let program = words.first().map_or(OsStr::new(""), |word| word);
    let monitoring = monitoring(
        program,
        &format!("socket,id={MONITOR},fd={}", theirs.as_raw_fd()),
    );
    let words = [words, &monitoring.map(OsString::from)].concat();
    let mut command = launch::command(&words).map_err(unable)?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().map_err(unable)?)
        .stderr(writer)
        .process_group(0);
    let program = Program::start(&mut command);
    let program = program.map_err(|(code, message)| Failure::Ended(code, message))?;
    // With the command go our copies of what is the machine's: its end would not be seen.
    drop(command);
    Ok((Machine { program, monitor }, ours, Output::of(reader)))
}

/// What makes a program of QEMU's listen to the monitor.
fn monitoring(program: &OsStr, chardev: &str) -> [String; 4] {
    let name = Path::new(program).file_name().unwrap_or_default();
    let is_daemon = name.to_string_lossy().contains("storage-daemon");
    match is_daemon {
        true => ["--chardev", chardev, "--monitor", "chardev=qmp-run"].map(str::to_owned),
        false => ["-chardev", chardev, "-mon", "chardev=qmp-run,mode=control"].map(str::to_owned),
    }
}

impl Machine {
    /// Tells it to quit, in the hope that it listens: whoever has talked to it has gone.
    pub(super) fn tell_to_quit(&mut self) {
        let _ = self.monitor.write_all(b"{\"execute\":\"quit\"}\n");
    }
}
