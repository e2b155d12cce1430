//! `qmp events`: what happens, as it happens.

use std::io::Write;
use std::time::Duration;

use clap::{Args, value_parser};
use qapi_client::{Error, Filter};

use super::deadline::Deadline;
use super::event::write_event;
use super::monitor::seconds;
use super::{Failure, Monitor};

/// Print events as they come, one a line
///
/// Goes on until the machine ends, the number or the time that was asked for is reached, or it is interrupted.
///
/// Ends with 0 then, but for an interrupt; with 2 if the command line makes no sense, or the connection cannot be made or
/// breaks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp events
  qmp --socket vm.qmp events 'BLOCK_JOB_*' JOB_STATUS_CHANGE --json
  qmp --socket vm.qmp events SHUTDOWN --count 1 --timeout 60")]
pub(super) struct Events {
    /// The events to print, by name; `*` stands for any characters [default: all]
    #[arg(value_name = "GLOB")]
    names: Vec<String>,
    /// End after so many events
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after so much time
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// Print each event as a JSON object
    #[arg(long)]
    json: bool,
}

impl Events {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let filter = match self.names.is_empty() {
            true => Filter::all(),
            false => self.names.iter().cloned().collect(),
        };
        let mut client = monitor.connect()?;
        let deadline = Deadline::after(self.timeout);
        let (mut shown, mut lost) = (0, 0);
        // A machine that never stops talking does not keep anybody past the deadline.
        while self.count.is_none_or(|count| shown < count) && !deadline.has_passed() {
            let event = match client.next_raw_event(deadline.remaining()) {
                Ok(Some(event)) => event,
                Ok(None) | Err(Error::Lost { source: None, .. }) => break,
                Err(error) => return Err(error.into()),
            };
            let gone = client.events_lost();
            if gone > lost {
                writeln!(err, "qmp: {} events were dropped", gone - lost)?;
                lost = gone;
            }
            if filter.matches(&event.name) {
                write_event(&event, self.json, out)?;
                out.flush()?;
                shown += 1;
            }
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use qapi_client::server::fake::{Act, FakeMachine};

    use crate::qmp::tests::against;

    /// A machine that says `acts` as soon as it is talked to.
    fn machine(acts: &[Act]) -> FakeMachine {
        let acts = [&[Act::returns("{}")], acts].concat();
        FakeMachine::new().on("qmp_capabilities", acts)
    }

    #[test]
    fn what_is_shown_and_until_when() {
        let stop = Act::event("STOP", "{}");
        let tray = Act::event("TRAY", r#"{"id": "\u009b2J"}"#);
        let garbage = Act::bytes("!");
        let all = "1.000000 STOP\n2.000000 TRAY {\"id\":\"\\u009b2J\"}\n";
        for (acts, words, expected) in [
            (
                vec![stop.clone(), tray.clone(), Act::Die],
                "events",
                (0, all, ""),
            ),
            (
                vec![stop.clone(), tray.clone()],
                "events --count 2",
                (0, all, ""),
            ),
            (
                vec![stop.clone(), tray.clone()],
                "events T* X --count 1",
                (0, "2.000000 TRAY {\"id\":\"\\u009b2J\"}\n", ""),
            ),
            (
                vec![stop.clone(), Act::Die],
                "events --json",
                (
                    0,
                    "{\"event\":\"STOP\",\"data\":{},\"timestamp\":{\"seconds\":1,\"microseconds\":0}}\n",
                    "",
                ),
            ),
            (
                vec![Act::bytes(
                    r#"{"event": "STOP", "timestamp": {"seconds": -1, "microseconds": -1}}"#,
                )],
                "events --count 1",
                (0, "-1 STOP\n", ""),
            ),
            (vec![], "events --timeout 0.01", (0, "", "")),
            (
                vec![stop, garbage],
                "events",
                (2, "1.000000 STOP\n", "qmp: this is not QMP: "),
            ),
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            let (code, out, err) = against(machine(&acts), &words);
            let (expected_code, expected_out, begin) = expected;
            assert_eq!(
                (code, &*out),
                (expected_code, expected_out),
                "{words:?}: {err}"
            );
            assert!(err.starts_with(begin), "{err}");
            assert_eq!(err.is_empty(), begin.is_empty(), "{err}");
        }
    }

    /// More events than are kept, in one reply's time: that some are gone is told.
    #[test]
    fn events_that_were_dropped_are_told() {
        let many = vec![Act::event("A", "{}"); 5000];
        let acts = [many, vec![Act::returns("{}"), Act::Die]].concat();
        let machine = FakeMachine::new().on("qmp_capabilities", acts);
        let (code, out, err) = against(machine, &["events"]);
        assert_eq!((code, out.lines().count()), (0, 4096));
        assert_eq!(err, "qmp: 904 events were dropped\n");
    }
}
