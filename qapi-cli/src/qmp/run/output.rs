//! What a machine writes to its standard output and error.

use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::super::deadline::Deadline;
use super::super::layout::legible_word;

/// How many lines wait until somebody shows them; then the machine does.
const LINES: usize = 1024;

/// How long a line may be, in bytes. What is longer is more than one.
const LONGEST: u64 = 16 << 10;

/// How often one looks whether there is more.
const PAUSE: Duration = Duration::from_millis(5);

/// A machine's lines. Whoever is there takes them: the shell, and whoever waits for the machine's end.
#[derive(Clone, Debug)]
pub(in crate::qmp) struct Output(Arc<Mutex<Receiver<String>>>);

impl Output {
    /// Reads the lines in a thread of its own, until there are no more.
    pub(in crate::qmp) fn of(reader: PipeReader) -> Self {
        let (sender, lines) = channel(LINES);
        thread::spawn(move || read_lines(BufReader::new(reader), &sender));
        Self(Arc::new(Mutex::new(lines)))
    }

    /// The next line; there may be none for ever. Dropping the future loses nothing.
    pub(in crate::qmp) async fn next(&self) -> String {
        match self.0.lock().await.recv().await {
            Some(line) => line,
            None => std::future::pending().await,
        }
    }

    /// The next line, if there is one.
    pub(in crate::qmp) fn try_next(&self) -> Option<String> {
        self.0.try_lock().ok()?.try_recv().ok()
    }

    /// Shows what there is. Where it cannot be shown nobody misses it.
    pub(super) fn show(&self, err: &mut dyn Write) {
        while let Some(line) = self.try_next() {
            let _ = writeln!(err, "{line}");
        }
        let _ = err.flush();
    }

    /// Shows what there is and what follows, to its end or until the deadline: others may have the machine's outputs yet.
    pub(super) fn finish(&self, deadline: Deadline, err: &mut dyn Write) {
        loop {
            self.show(err);
            let next = self.0.try_lock().map(|mut lines| lines.try_recv());
            match next {
                Ok(Ok(line)) => drop(writeln!(err, "{line}")),
                Ok(Err(TryRecvError::Disconnected)) => return,
                _ if deadline.has_passed() => return,
                _ => thread::sleep(PAUSE),
            }
        }
    }
}

/// Passes on one line after the other, without what a terminal would obey.
fn read_lines(mut reader: impl BufRead, sender: &Sender<String>) {
    loop {
        let mut line = Vec::new();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(1..) => {}
            _ => return,
        }
        let line = String::from_utf8_lossy(&line);
        let line = legible_word(line.trim_end_matches(['\r', '\n']));
        if sender.blocking_send(line).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn lines_of_any_kind() {
        let long = "x".repeat(usize::try_from(LONGEST).unwrap());
        for (bytes, expected) in [
            (&b""[..], String::new()),
            (b"a\nb\r\n\nc", "a\nb\n\nc\n".to_owned()),
            (b"\x1b[2J\xff\r\r\n", "\u{fffd}[2J\u{fffd}\n".to_owned()),
            (
                &[long.as_bytes(), b"yz\n"].concat(),
                format!("{long}\nyz\n"),
            ),
        ] {
            let (reader, mut writer) = io::pipe().unwrap();
            let output = Output::of(reader);
            let bytes = bytes.to_vec();
            let writing = thread::spawn(move || writer.write_all(&bytes).unwrap());
            let mut shown = Vec::new();
            output.finish(Deadline::after(None), &mut shown);
            writing.join().unwrap();
            assert_eq!(String::from_utf8(shown).unwrap(), expected);
        }
    }

    /// Somebody else has the machine's outputs, and says nothing.
    #[test]
    fn the_end_is_not_waited_for_for_ever() {
        let (reader, mut writer) = io::pipe().unwrap();
        let output = Output::of(reader);
        writer.write_all(b"a\n").unwrap();
        let mut shown = Vec::new();
        let soon = Deadline::after(Some(Duration::from_millis(200)));
        output.finish(soon, &mut shown);
        assert_eq!(shown, b"a\n");
    }
}
