//! A program that reads what comes of a line: `query-block | jq '.[].device'`, `query-qmp-schema | less`.

use std::io::{ErrorKind, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use signal_hook::consts::SIGINT;

use super::super::Failure;
use super::interpreter::{Flow, Interpreter};
use super::view::View;

/// A program has failed.
const FAILED: Flow = Flow::Failed(1);

impl Interpreter<'_> {
    /// Shows what has come of a line; to a program, if one is to read it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn show(
        &mut self,
        write: impl FnOnce(&View, &mut dyn Write) -> Result<(), Failure>,
    ) -> Result<Flow, Failure> {
        let view = self.view();
        let Some(program) = self.program.take() else {
            write(&view, self.out)?;
            return Ok(Flow::On);
        };
        let mut text = Vec::new();
        write(&view, &mut text)?;
        self.out.flush()?;
        match feed(&program, &text) {
            Ok(()) => Ok(Flow::On),
            Err(why) => {
                self.say_wrong(&format!("`{program}` {why}"))?;
                Ok(FAILED)
            }
        }
    }
}

/// Has `sh` run `program`, which reads `text`, and waits for its end.
///
/// # Errors
/// It cannot be run, or has failed; the text says how.
fn feed(program: &str, text: &[u8]) -> Result<(), String> {
    let cannot = |error| format!("cannot be run: {error}");
    let mut sh = Command::new("sh");
    sh.args(["-c", program]).stdin(Stdio::piped());
    let mut sh = sh.spawn().map_err(cannot)?;
    let fed = match sh.stdin.take() {
        Some(mut input) => input.write_all(text),
        None => Ok(()),
    };
    let status = sh.wait().map_err(cannot)?;
    match fed {
        // Who has seen enough need not read it all.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(cannot(error)),
        // Ctrl-C is for the program, and for the shell that has started it: who has pressed it knows.
        _ if status.success() || status.signal() == Some(SIGINT) => Ok(()),
        _ => Err(format!("has failed: {status}")),
    }
}
