//! `qmp agent write`.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use clap::Args;
use data_encoding::BASE64;
use qapi_types::AnyMembers;
use qapi_types::qga::commands::{GuestFileFlush, GuestFileWrite};

use super::super::interrupt::{on_interrupt, uncaught};
use super::super::{Failure, Monitor};
use super::file::{PIECE, with_file};
use super::guest::{Guest, show_json};
use super::{input, interrupted};

/// Write a file of the guest
///
/// What is written is read from standard input, or from the file that --input names. It goes in pieces, however long it is.
#[derive(Debug, Args)]
pub(super) struct Write {
    /// The file, by its whole path. What it has is replaced
    path: String,
    /// Read from this file
    #[arg(long, value_name = "FILE", default_value = input::STDIN, hide_default_value = true)]
    input: PathBuf,
    /// Write behind what the file has
    #[arg(long)]
    append: bool,
    /// Print how much was written as a JSON object
    #[arg(long)]
    json: bool,
}

/// What comes next.
enum Next {
    /// Some of what is to be written; nothing, when that was all.
    Piece(io::Result<Vec<u8>>),
    /// A signal that asks to end.
    Signal(i32),
}

impl Write {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn io::Write) -> Result<(), Failure> {
        let input = input::open(&self.input)?;
        let mut guest = Guest::find(monitor)?;
        // A piece is read while another is written, and a signal is heard while there is nothing to read.
        let (sender, next) = sync_channel(0);
        let signals = sender.clone();
        on_interrupt(move |signal| drop(signals.send(Next::Signal(signal)))).map_err(uncaught)?;
        thread::spawn(move || read_pieces(input, &sender));
        let mode = if self.append { "a" } else { "w" };
        let mut count = 0;
        let done = with_file(&mut guest, &self.path, mode, |guest, handle| {
            self.copy(guest, handle, &next, &mut count)
        });
        if let Err(failure) = done {
            let (code, message) = failure.end();
            let message = format!("{message}; {count} bytes were written before");
            return Err(Failure::Ended(code, message));
        }
        if self.json {
            show_json(&AnyMembers::from_iter([("count", count)]).into(), out)?;
        }
        Ok(())
    }

    /// Writes what comes, and counts it.
    fn copy(
        &self,
        guest: &mut Guest,
        handle: i64,
        next: &Receiver<Next>,
        count: &mut u64,
    ) -> Result<(), Failure> {
        // Who reads says when there is no more.
        while let Ok(next) = next.recv() {
            let piece = match next {
                Next::Piece(Ok(piece)) if piece.is_empty() => break,
                Next::Piece(Ok(piece)) => piece,
                Next::Piece(Err(error)) => return Err(input::unreadable(&self.input, &error)),
                Next::Signal(signal) => {
                    return Err(interrupted(signal, "interrupted".to_owned()));
                }
            };
            let mut rest = &piece[..];
            while !rest.is_empty() {
                let reply = guest.ask(&GuestFileWrite::new(handle, BASE64.encode(rest)))?;
                let written = usize::try_from(reply.count).unwrap_or_default();
                if written == 0 || written > rest.len() {
                    let message = format!(
                        "the agent says that of {} bytes it has written {}",
                        rest.len(),
                        reply.count
                    );
                    return Err(Failure::Ended(2, message));
                }
                rest = &rest[written..];
                *count += written as u64;
            }
        }
        guest.ask(&GuestFileFlush::new(handle))
    }
}

/// Reads one piece after the other, until nobody takes them.
fn read_pieces(mut input: impl Read, sender: &SyncSender<Next>) {
    loop {
        let mut piece = Vec::new();
        let read = input.by_ref().take(PIECE as u64).read_to_end(&mut piece);
        let piece = read.map(|_| piece);
        let is_last = piece.as_ref().map_or(true, Vec::is_empty);
        if sender.send(Next::Piece(piece)).is_err() || is_last {
            return;
        }
    }
}
