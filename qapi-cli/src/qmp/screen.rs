//! Bytes of any kind, on their way to where people may look at them.

use std::env;
use std::io::{self, Write};
use std::mem;
use std::os::fd::AsFd;
use std::str;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Passes bytes on: as they are, or as text that moves no cursor and sets no title, which is for terminals. What is no text
/// there, and what a terminal would obey but for the ends of lines and tabs, becomes `U+FFFD`.
pub(super) struct Screen<'a> {
    out: &'a mut dyn Write,
    legible: bool,
    /// What the next bytes may belong to: a part of a character, or of the end of a line.
    rest: Vec<u8>,
}

/// Whether a terminal, if there is one, can do more than show lines.
pub(super) fn is_capable() -> bool {
    env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// Whether nobody will read what is written there.
pub(super) fn is_deserted(out: &impl AsFd) -> bool {
    let mut descriptors = [PollFd::new(out, PollFlags::empty())];
    let at_once = Timespec::default();
    poll(&mut descriptors, Some(&at_once)).is_ok_and(|_| {
        let gone = PollFlags::ERR | PollFlags::HUP;
        descriptors[0].revents().intersects(gone)
    })
}

impl<'a> Screen<'a> {
    pub(super) fn new(out: &'a mut dyn Write, legible: bool) -> Self {
        Self {
            out,
            legible,
            rest: Vec::new(),
        }
    }

    /// Shows what there is, as soon as it is complete.
    pub(super) fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.legible {
            let bytes = [&mem::take(&mut self.rest), bytes].concat();
            let (bytes, rest) = bytes.split_at(bytes.len() - unfinished(&bytes));
            self.rest = rest.to_vec();
            self.out.write_all(legible(bytes).as_bytes())?;
        } else {
            self.out.write_all(bytes)?;
        }
        self.out.flush()
    }

    /// Shows what was left incomplete: no more follows.
    pub(super) fn finish(self) -> io::Result<()> {
        self.out.write_all(legible(&self.rest).as_bytes())?;
        self.out.flush()
    }
}

/// How many bytes at the end may be the beginning of something.
fn unfinished(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r") {
        return 1;
    }
    let last = bytes
        .utf8_chunks()
        .last()
        .map_or(&[][..], |last| last.invalid());
    match str::from_utf8(last) {
        Err(error) if error.error_len().is_none() => last.len(),
        _ => 0,
    }
}

fn legible(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    let text = String::from_utf8_lossy(bytes);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_line = character == '\r' && characters.peek() == Some(&'\n');
        match character {
            '\n' | '\t' => shown.push(character),
            _ if ends_line => shown.push(character),
            _ if character.is_control() => shown.push('\u{fffd}'),
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_that_have_gone_are_noticed() {
        let (reader, writer) = io::pipe().unwrap();
        assert!(!is_deserted(&writer));
        drop(reader);
        assert!(is_deserted(&writer));
    }

    /// Wherever the bytes are cut.
    #[test]
    fn a_terminal_is_told_nothing_that_it_obeys() {
        for (bytes, expected) in [
            (&b"a\tb\nc"[..], "a\tb\nc"),
            (b"a\r\nb\rc\r", "a\r\nb\u{fffd}c\u{fffd}"),
            (b"\x1b[2J\x07\x9b", "\u{fffd}[2J\u{fffd}\u{fffd}"),
            ("é\u{9b}€\u{7f}".as_bytes(), "é\u{fffd}€\u{fffd}"),
            (b"\xe2\x82", "\u{fffd}"),
            (b"\xe2\x82a\xff", "\u{fffd}a\u{fffd}"),
        ] {
            for size in 1..=bytes.len() {
                let (mut seen, mut raw) = (Vec::new(), Vec::new());
                for (out, legible) in [(&mut seen, true), (&mut raw, false)] {
                    let mut screen = Screen::new(out, legible);
                    for piece in bytes.chunks(size) {
                        screen.show(piece).unwrap();
                    }
                    screen.finish().unwrap();
                }
                assert_eq!(str::from_utf8(&seen), Ok(expected), "{size}");
                assert_eq!(raw, bytes);
            }
        }
    }
}
