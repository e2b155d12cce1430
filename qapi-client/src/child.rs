//! Programs that speak QMP on their standard input and output.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

/// A program that runs as long as its session does: then it is killed, and waited for.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
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
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null());
    Ok((ours, Running(child?)))
}
