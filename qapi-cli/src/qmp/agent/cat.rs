//! `qmp agent cat`.

use std::io::Write;

use clap::Args;
use qapi_types::qga::commands::GuestFileRead;

use super::super::interrupt::interrupts;
use super::super::screen::Screen;
use super::super::{Failure, Monitor};
use super::file::{PIECE, with_file};
use super::guest::{Guest, decoded, read, show_json};
use super::interrupted;

/// Print a file of the guest
///
/// It comes in pieces, however long it is. Into a file or a pipe it goes as it is; of what a terminal would obey it is shown
/// the ends of lines and tabs.
#[derive(Debug, Args)]
pub(super) struct Cat {
    /// The file, by its whole path
    path: String,
    /// Print it as it is, on a terminal, too
    #[arg(long)]
    raw: bool,
    /// Print each piece as the agent returns it, a JSON object a line
    #[arg(long)]
    json: bool,
}

impl Cat {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminal: bool,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let mut guest = Guest::find(monitor)?;
        let told = interrupts()?;
        with_file(&mut guest, &self.path, "r", |guest, handle| {
            let command = GuestFileRead::new(handle).count(PIECE as i64);
            let mut screen = Screen::new(out, terminal && !self.raw);
            loop {
                if let Ok(signal) = told.try_recv() {
                    return Err(interrupted(signal, String::new()));
                }
                let reply = guest.ask_raw(&command)?;
                let piece = read::<GuestFileRead>(&reply)?;
                let mut bytes = decoded(&piece.buf_b64)?;
                if bytes.len() > PIECE || (bytes.is_empty() && !piece.eof) {
                    let message = format!(
                        "asked for at most {PIECE} bytes of what is left, the agent gives {}",
                        bytes.len()
                    );
                    return Err(Failure::Ended(2, message));
                }
                if self.json {
                    bytes.clear();
                    show_json(&reply, &mut bytes)?;
                }
                screen.show(&bytes)?;
                if piece.eof {
                    return Ok(screen.finish()?);
                }
            }
        })
    }
}
