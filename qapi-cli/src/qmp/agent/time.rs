//! `qmp agent time`: the guest's clock.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use qapi_types::qga::commands::{GuestGetTime, GuestSetTime};

use super::super::{Failure, Monitor};
use super::guest::{Guest, read, show_json, show_lines};

/// Show the guest's clock, or set it
#[derive(Debug, Args)]
pub(super) struct Time {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Get(Get),
    Set(Set),
}

/// Say what time it is in the guest, and how far that is from this host's
#[derive(Debug, Args)]
struct Get {
    /// Print what the agent returns, the nanoseconds since 1970
    #[arg(long)]
    json: bool,
}

/// Set the guest's clock to this host's time
#[derive(Debug, Args)]
struct Set {
    /// Set it to this time instead, as in 2026-11-28T12:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "hardware")]
    to: Option<Timestamp>,
    /// Set it to the time of the machine's own clock instead
    #[arg(long)]
    hardware: bool,
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

impl Time {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        match &self.action {
            Action::Get(Get { json }) => {
                let mut guest = Guest::find(monitor)?;
                let before = now();
                let reply = guest.ask_raw(&GuestGetTime)?;
                // The answer is as old as half the time that it took.
                let host = before.midpoint(now());
                if *json {
                    return show_json(&reply, out);
                }
                let time = i128::from(read::<GuestGetTime>(&reply)?);
                let gap = (time - host) / 1_000_000;
                let gap = match gap {
                    0 => "as on this host".to_owned(),
                    ..0 => format!("{} behind this host", span(-gap)),
                    _ => format!("{} ahead of this host", span(gap)),
                };
                show_lines([format!("{}, {gap}", date(time))], out)
            }
            Action::Set(Set { to, hardware, json }) => {
                let mut guest = Guest::find(monitor)?;
                let mut command = GuestSetTime::new();
                if !hardware {
                    let time = to.map_or_else(now, Timestamp::as_nanosecond);
                    let time = i64::try_from(time).map_err(|_| {
                        Failure::Usage("the agent cannot be told of a time so far away".to_owned())
                    })?;
                    command = command.time(time);
                }
                guest.show(&command, *json, out, |()| None)
            }
        }
    }
}

/// Nanoseconds since 1970, on this host.
fn now() -> i128 {
    let nanoseconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i128::try_from(since.as_nanos()),
        Err(before) => i128::try_from(before.duration().as_nanos()).map(|before| -before),
    };
    nanoseconds.unwrap_or(i128::MAX)
}

/// Nanoseconds since 1970 as a date and a time in UTC; as seconds, where there is no date for them.
pub(super) fn date(nanoseconds: i128) -> String {
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(time) => time.to_string(),
        Err(_) => format!("{} s", nanoseconds / 1_000_000_000),
    }
}

/// Milliseconds in the units of clocks.
fn span(milliseconds: i128) -> String {
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    format!("{:#}", SignedDuration::from_millis(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_any_guest() {
        for (nanoseconds, expected) in [
            (1_763_705_123_250_000_000, "2025-11-21T06:05:23.25Z"),
            (0, "1970-01-01T00:00:00Z"),
            (i128::from(i64::MIN), "1677-09-21T00:12:43.145224192Z"),
            (i128::MAX, "170141183460469231731687303715 s"),
        ] {
            assert_eq!(date(nanoseconds), expected);
        }
        for (milliseconds, expected) in [(5, "5ms"), (1_500, "1s 500ms"), (90_000, "1m 30s")] {
            assert_eq!(span(milliseconds), expected);
        }
    }
}
