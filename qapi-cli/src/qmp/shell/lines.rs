//! Lines from a pipe, a file, or a terminal that cannot do more.

use std::io::{self, BufRead, Read};
use std::thread;
use std::time::Duration;

use qapi_client::Error;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

use super::super::Failure;
use super::Entry;
use super::interpreter::{ENDED, Interpreter};
use super::statement::is_complete;

/// As much as QEMU reads of one message.
const LONGEST: u64 = 64 << 20;

/// How much may be looked at again and again.
const SMALL: usize = 1 << 14;

/// How long the rest of a script may take to come when the machine has ended. Who has not written it yet may never do so.
const REST: Duration = Duration::from_millis(500);

/// How many lines are read ahead.
const AHEAD: usize = 64;

/// Lines that are read by a thread of their own, so that the end of the machine is noticed while there are none.
pub(super) struct Lines {
    lines: Receiver<io::Result<String>>,
    /// How many have been read.
    count: usize,
    /// Somebody types them, on a terminal that has no more to offer.
    terminal: bool,
}

impl Lines {
    pub(super) fn new(input: impl Read + Send + 'static, terminal: bool) -> Self {
        let (sender, lines) = channel(AHEAD);
        // It may wait for a line for ever, and nobody waits for it.
        thread::spawn(move || {
            let mut input = io::BufReader::new(input);
            loop {
                let line = read_line(&mut input);
                let over = !matches!(&line, Ok(line) if !line.is_empty());
                if sender.blocking_send(line).is_err() || over {
                    return;
                }
            }
        });
        Self {
            lines,
            count: 0,
            terminal,
        }
    }

    /// The next lines that say something complete.
    ///
    /// # Errors
    /// What is to be shown cannot be written.
    pub(super) fn read(&mut self, shell: &mut Interpreter<'_>) -> Result<Entry, Failure> {
        shell.session().forget_interrupts();
        if self.terminal {
            write!(shell.out, "{}", shell.prompt())?;
        }
        let mut text = String::new();
        let mut looked_at = 0;
        let first = self.count + 1;
        loop {
            let line = match shell.while_listening(self.lines.recv())? {
                Ok(Some(Some(Ok(line)))) => line,
                Ok(Some(Some(Err(error)))) => return Ok(Entry::Unreadable(error)),
                Ok(Some(None)) => String::new(),
                Ok(None) => return Ok(Entry::Dropped),
                Err(end) => return self.gone(shell, end),
            };
            if line.is_empty() && text.is_empty() {
                return Ok(Entry::End);
            }
            // Some editors begin a file with a mark that is no part of its text.
            let line = match self.count {
                0 => line.trim_start_matches('\u{feff}'),
                _ => &line,
            };
            self.count += usize::from(!line.is_empty());
            text.push_str(line);
            if text.len() as u64 > LONGEST {
                let message = format!("more than {LONGEST} bytes that are not complete");
                return Ok(Entry::Unreadable(invalid(&message)));
            }
            // A large text is not looked at again for every line, unless that may be the last one for now.
            let due = text.len() >= looked_at + looked_at / 8 || self.lines.is_empty();
            let end = line.is_empty();
            // Of what is cut off by the end others will say what is missing.
            if end || ((text.len() < SMALL || due) && is_complete(&text, shell.mode)) {
                return Ok(Entry::Text { text, line: first });
            }
            if due {
                looked_at = text.len();
            }
        }
    }

    /// The session has ended. If the machine was told to end it matters whether there was more to do.
    fn gone(&mut self, shell: &mut Interpreter<'_>, end: Error) -> Result<Entry, Failure> {
        let mut line = String::new();
        while !self.terminal && shell.is_ending() && line.trim().is_empty() {
            let next = async { timeout(REST, self.lines.recv()).await };
            match shell.session().runtime().block_on(next) {
                Ok(Some(Ok(next))) if !next.is_empty() => {
                    self.count += 1;
                    line = next;
                    if line.trim_start().starts_with('#') {
                        line.clear();
                    }
                }
                _ => return Ok(Entry::Gone(end)),
            }
        }
        match line.is_empty() {
            true => Ok(Entry::Gone(end)),
            false => {
                let message = format!("line {}: {ENDED}", self.count);
                Err(Failure::Usage(message))
            }
        }
    }
}

/// The next line with its end; an empty one if there is none any more.
fn read_line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    input.take(LONGEST).read_until(b'\n', &mut line)?;
    if line.len() as u64 == LONGEST && !line.ends_with(b"\n") {
        return Err(invalid(&format!("a line of more than {LONGEST} bytes")));
    }
    String::from_utf8(line).map_err(|_| invalid("a line that is not UTF-8"))
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
