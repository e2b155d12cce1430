//! `qmp info --watch`: a machine that is looked at until it ends.

use std::io::{self, ErrorKind, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use qapi_client::Filter;
use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_types::Any;

use super::super::Failure;
use super::super::board::Board;
use super::super::deadline::Deadline;
use super::super::facts::{Fact, Facts};
use super::super::monitor::has_ended;
use super::super::screen::is_deserted;
use super::QUESTIONS;

/// How long to wait at least until the machine is asked again.
const SHORTEST: Duration = Duration::from_millis(100);

/// How long to wait after an event for others: few come alone.
const SETTLE: Duration = Duration::from_millis(50);

/// How often one looks whether somebody still reads, or has another size of a screen.
const SLICE: Duration = Duration::from_millis(100);

/// Events after which the machine is another than before.
const EVENTS: [&str; 24] = [
    "BALLOON_CHANGE",
    "BLOCK_IO_ERROR",
    "BLOCK_JOB_*",
    "DEVICE_DELETED",
    "DEVICE_TRAY_MOVED",
    "DEVICE_UNPLUG_GUEST_ERROR",
    "GUEST_CRASHLOADED",
    "GUEST_PANICKED",
    "JOB_STATUS_CHANGE",
    "MEMORY_DEVICE_SIZE_CHANGE",
    "MIGRATION*",
    "NETDEV_*",
    "NIC_RX_FILTER_CHANGED",
    "POWERDOWN",
    "RESET",
    "RESUME",
    "SHUTDOWN",
    "SPICE_*",
    "STOP",
    "SUSPEND*",
    "VNC_*",
    "VSERPORT_CHANGE",
    "WAKEUP",
    "WATCHDOG",
];

/// Where what is known goes to.
enum Paper<'a> {
    /// It keeps its place.
    Board(Board),
    /// What has changed, a line each, with the time.
    Lines(&'a mut dyn Write),
    /// All that is known, an object each time that something has changed.
    Objects(&'a mut dyn Write),
}

/// What comes after a while.
enum Next {
    /// It is time to ask.
    Refresh,
    /// The machine does not say any more.
    Ended,
}

/// Shows what is known of the machine until it ends.
pub(super) fn watch(
    client: &mut Client,
    interval: Duration,
    json: bool,
    terminal: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let filter: Filter = EVENTS.into_iter().collect();
    let mut paper = match (json, terminal) {
        (true, _) => Paper::Objects(out),
        (false, true) => Paper::Board(Board::on_terminal()?),
        (false, false) => Paper::Lines(out),
    };
    let mut known = Facts::default();
    let mut reason = None;
    loop {
        let next = match Facts::gather(client, &QUESTIONS) {
            Ok(facts) => {
                paper.show(&facts, &known)?;
                known = facts;
                let due = Deadline::after(Some(interval.max(SHORTEST)));
                wait(client, due, &filter, &mut paper, &mut reason)?
            }
            Err(error) if has_ended(&error) => Next::Ended,
            Err(error) => return Err(error.into()),
        };
        match next {
            Next::Refresh => {}
            Next::Ended => break,
        }
    }
    // Its last words may not have been heard yet.
    while let Ok(Some(event)) = client.next_raw_event(Some(Duration::ZERO)) {
        note(&event, &mut reason);
    }
    let reason = reason.unwrap_or_else(|| "the connection was closed".to_owned());
    let last = known.with("ended", Fact::word(reason));
    paper.show(&last, &known)
}

/// Waits until it is time to ask, or something has happened.
fn wait(
    client: &mut Client,
    mut due: Deadline,
    filter: &Filter,
    paper: &mut Paper<'_>,
    reason: &mut Option<String>,
) -> Result<Next, Failure> {
    loop {
        if due.has_passed() {
            return Ok(Next::Refresh);
        }
        match client.next_raw_event(Some(due.within(SLICE))) {
            Ok(Some(event)) => {
                note(&event, reason);
                if filter.matches(&event.name) {
                    due = Deadline::after(Some(due.within(SETTLE)));
                }
            }
            // Who reads has seen enough, and will not say so.
            Ok(None) if is_deserted(&io::stdout()) => {
                return Err(Failure::Output(ErrorKind::BrokenPipe.into()));
            }
            Ok(None) => paper.fit()?,
            Err(error) if has_ended(&error) => return Ok(Next::Ended),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Keeps why the machine is about to end.
fn note(event: &RawEvent, reason: &mut Option<String>) {
    if event.name == "SHUTDOWN" {
        let data: Option<Any> = event.data.decode().ok();
        *reason = data.and_then(|data| data.get("reason")?.to().ok());
    }
}

impl Paper<'_> {
    /// Shows what is known now, where that is not what was known before.
    fn show(&mut self, now: &Facts, before: &Facts) -> Result<(), Failure> {
        let changes = now.changes(before);
        if changes.is_empty() {
            return Ok(());
        }
        match self {
            Self::Board(board) => board.show(now.lines().collect())?,
            Self::Objects(out) => {
                now.show(true, *out)?;
                out.flush()?;
            }
            Self::Lines(out) => {
                let time = SystemTime::now().duration_since(UNIX_EPOCH);
                let time = time.unwrap_or_default();
                for line in changes {
                    writeln!(out, "{}.{:06} {line}", time.as_secs(), time.subsec_micros())?;
                }
                out.flush()?;
            }
        }
        Ok(())
    }

    /// Makes it fit where it is.
    fn fit(&mut self) -> Result<(), Failure> {
        match self {
            Self::Board(board) => Ok(board.fit()?),
            Self::Lines(_) | Self::Objects(_) => Ok(()),
        }
    }
}
