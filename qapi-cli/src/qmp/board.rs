//! Lines that keep their place on a terminal while they change.

use std::fs::File;
use std::io::{self, Write};
use std::mem;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use signal_hook::low_level::emulate_default_handler;
use terminal_size::{Height, Width, terminal_size};

use super::Failure;
use super::interrupt::{around_stops, on_interrupt, uncaught};
use super::layout::fitting;

/// Switches to the terminal's other screen, and hides the cursor; and back again.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// All between these two is shown at once, by terminals that know them.
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// A terminal of which nothing is known has this size.
const SIZE: (u16, u16) = (80, 24);

/// A screen of its own, as long as it is there: what was on the terminal before is there again afterwards, with the lines that
/// were shown last below it.
pub(super) struct Board<W: Write = File>(Arc<Mutex<Sheet<W>>>);

/// What is on it. Signals come at any time, and whoever shows the lines may have to wait then: so who is told to leave the terminal
/// does that past them.
struct Sheet<W> {
    out: W,
    lines: Vec<String>,
    size: (u16, u16),
    /// Its screen is the one that is shown.
    open: bool,
}

impl Board {
    /// On the terminal that is standard output. It is left in order when a signal ends the program, or stops it for a while.
    pub(super) fn on_terminal() -> Result<Self, Failure> {
        let terminal = io::stdout().as_fd().try_clone_to_owned()?;
        let board = Self::new(File::from(terminal));
        let sheet = |Self(sheet): &Self| Arc::clone(sheet);
        let ended = sheet(&board);
        on_interrupt(move |signal| {
            of(&ended).leave();
            let _ = emulate_default_handler(signal);
        })
        .map_err(uncaught)?;
        let (stopped, back) = (sheet(&board), sheet(&board));
        // Should the terminal be gone, who shows the next lines finds that out.
        around_stops(move || of(&stopped).leave(), move || drop(of(&back).draw()))
            .map_err(uncaught)?;
        Ok(board)
    }
}

impl<W: Write> Board<W> {
    fn new(out: W) -> Self {
        Self(Arc::new(Mutex::new(Sheet {
            out,
            lines: Vec::new(),
            size: size(),
            open: false,
        })))
    }

    /// Shows these lines instead of those before. They have nothing in them that a terminal obeys.
    pub(super) fn show(&mut self, lines: Vec<String>) -> io::Result<()> {
        let mut sheet = of(&self.0);
        sheet.lines = lines;
        sheet.draw()
    }

    /// Shows the same again, if there is another amount of room for them.
    pub(super) fn fit(&mut self) -> io::Result<()> {
        let mut sheet = of(&self.0);
        match sheet.open && sheet.size == size() {
            true => Ok(()),
            false => sheet.draw(),
        }
    }
}

impl<W: Write> Drop for Board<W> {
    fn drop(&mut self) {
        of(&self.0).leave();
    }
}

impl<W: Write> Sheet<W> {
    /// Shows the lines, unless the terminal is somebody else's: of another job in the shell that has started us.
    fn draw(&mut self) -> io::Result<()> {
        if is_in_background() {
            return Ok(());
        }
        self.size = size();
        let enter = if self.open { "" } else { ENTER };
        self.open = true;
        let frame = frame(&self.lines, self.size);
        self.out.write_all(format!("{enter}{frame}").as_bytes())?;
        self.out.flush()
    }

    fn leave(&mut self) {
        if !mem::take(&mut self.open) {
            return;
        }
        // Should the terminal be gone, nobody misses it.
        let _ = self.out.write_all(LEAVE.as_bytes());
        for line in &self.lines {
            let _ = writeln!(self.out, "{line}");
        }
        let _ = self.out.flush();
    }
}

/// The sheet, whoever else has it.
fn of<W>(sheet: &Mutex<Sheet<W>>) -> MutexGuard<'_, Sheet<W>> {
    sheet.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the terminal has other things to do; one of which that is not known has not.
fn is_in_background() -> bool {
    tcgetpgrp(io::stdout()).is_ok_and(|job| job != getpgrp())
}

/// Columns and rows.
fn size() -> (u16, u16) {
    match terminal_size() {
        Some((Width(columns), Height(rows))) => (columns, rows),
        None => SIZE,
    }
}

/// What puts the lines where those before were. Each place is written once, so that nothing flickers; what does not fit is
/// left out, for a line that goes on in the next would move all others.
fn frame(lines: &[String], (columns, rows): (u16, u16)) -> String {
    let rows = usize::from(rows);
    let mut frame = format!("{BEGIN}\x1b[H");
    let (shown, hidden) = match lines.len() > rows {
        true => lines.split_at(rows.saturating_sub(1)),
        false => (lines, &[][..]),
    };
    let more = (!hidden.is_empty()).then(|| format!("… and {} more", hidden.len()));
    for (at, line) in shown.iter().chain(more.iter()).enumerate() {
        if at > 0 {
            frame += "\r\n";
        }
        frame += fitting(line, columns.into());
        frame += "\x1b[K";
    }
    frame + "\x1b[J" + END
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_the_screen() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        for (text, size, expected) in [
            ("", (80, 24), "\x1b[J"),
            ("ab\nc", (80, 2), "ab\x1b[K\r\nc\x1b[K\x1b[J"),
            (
                "abc\ne\u{301}f",
                (2, 2),
                "ab\x1b[K\r\ne\u{301}f\x1b[K\x1b[J",
            ),
            ("ab界", (3, 2), "ab\x1b[K\x1b[J"),
            ("a\nb\nc", (80, 2), "a\x1b[K\r\n… and 2 more\x1b[K\x1b[J"),
            ("a\nb", (0, 0), "\x1b[K\x1b[J"),
        ] {
            let expected = format!("{BEGIN}\x1b[H{expected}{END}");
            assert_eq!(frame(&lines(text), size), expected, "{text}");
        }
    }

    #[test]
    fn the_last_lines_stay() {
        let mut out = Vec::new();
        let mut board = Board::new(&mut out);
        board.show(vec!["first".to_owned()]).unwrap();
        board.show(vec!["last".to_owned()]).unwrap();
        drop(board);
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with(ENTER));
        assert!(out.ends_with(&format!("{LEAVE}last\n")), "{out:?}");
    }
}
