//! `qmp events`: what happens, as it happens.

use std::io::{self, Write};
use std::time::Duration;

use clap::{Args, value_parser};

use super::deadline::Deadline;
use super::event::write_event;
use super::monitor::{has_ended, seconds};
use super::screen::is_deserted;
use super::wanted::Wanted;
use super::{Failure, Monitor};

/// How often one looks whether somebody still reads, while nothing happens.
const SLICE: Duration = Duration::from_millis(100);

/// Print events as they come, one a line
///
/// Goes on until the machine ends, the number or the time that was asked for is reached, or it is interrupted.
///
/// Ends with 0 then, but for an interrupt; with 1 if the machine has no such event, or its data no such member; with 2 if the command line makes no sense,
/// or the connection cannot be made or breaks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp events
  qmp --socket vm.qmp events 'BLOCK_JOB_*' JOB_STATUS_CHANGE --json
  qmp --socket vm.qmp events JOB_STATUS_CHANGE id=commit0
  qmp --socket vm.qmp events SHUTDOWN --count 1 --within 60")]
pub(super) struct Events {
    /// The events to print, by name, in which `*` stands for any characters [default: all], and by what members of their data
    /// say: `a.b=x` is the member `b` within `a`
    #[arg(value_name = "GLOB|KEY=VALUE")]
    words: Vec<String>,
    /// End after so many events
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after so much time [default: what --timeout says, if it is there]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true, value_parser = seconds)]
    within: Option<Duration>,
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
        let wanted = Wanted::new(&self.words);
        let mut client = monitor.connect()?;
        let deadline = Deadline::after(self.within.or(monitor.patience()));
        wanted.expect(&mut client, deadline)?;
        let (mut shown, mut lost) = (0, 0);
        // A machine that never stops talking does not keep anybody past the deadline.
        while self.count.is_none_or(|count| shown < count) && !deadline.has_passed() {
            let event = match client.next_raw_event(Some(deadline.within(SLICE))) {
                Ok(Some(event)) => event,
                // Who reads has seen enough, and will not say so.
                Ok(None) if is_deserted(&io::stdout()) => break,
                Ok(None) => continue,
                Err(error) if has_ended(&error) => break,
                Err(error) => return Err(error.into()),
            };
            let gone = client.events_lost();
            if gone > lost {
                writeln!(err, "qmp: {} events were dropped", gone - lost)?;
                lost = gone;
            }
            if wanted.matches(&event) {
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
    use qapi_types::Refusal;

    use crate::qmp::tests::against;

    /// A machine that says `acts` as soon as it is talked to.
    fn machine(acts: &[Act]) -> FakeMachine {
        let acts = [&[Act::returns("{}")], acts].concat();
        let silent = Act::Refuse(Refusal::command_not_found("query-qmp-schema"));
        let machine = FakeMachine::new().on("query-qmp-schema", silent);
        machine.on("qmp_capabilities", acts)
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
            // It may have gone before it is asked whether it has such an event.
            (
                vec![stop.clone(), tray.clone(), Act::Die],
                "events STOP TRAY",
                (0, all, ""),
            ),
            (
                vec![Act::bytes(
                    r#"{"event": "STOP", "timestamp": {"seconds": -1, "microseconds": -1}}"#,
                )],
                "events --count 1",
                (0, "-1 STOP\n", ""),
            ),
            (vec![], "events --within 0.01", (0, "", "")),
            (vec![], "events --timeout 1", (0, "", "")),
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

    /// What the machine never says is not waited for, and what it would say instead is told.
    #[test]
    fn events_that_there_are_not() {
        const SCHEMA: &str = r#"[
            {"name": "STOP", "meta-type": "event", "arg-type": "0"},
            {"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"},
            {"name": "0", "meta-type": "object", "members": []}
        ]"#;
        for (words, message) in [
            (
                "events STOPP",
                "the machine has no event `STOPP`: did you mean `STOP`?",
            ),
            (
                "events stop",
                "the machine has no event `stop`: did you mean `STOP`?",
            ),
            ("events STOP JOB_*", "the machine has no event `JOB_*`"),
            (
                "wait STOPP",
                "the machine has no event `STOPP`: did you mean `STOP`?",
            ),
        ] {
            let machine = FakeMachine::new().on("query-qmp-schema", Act::returns(SCHEMA));
            let words: Vec<&str> = words.split(' ').collect();
            let (code, out, err) = against(machine, &words);
            assert_eq!((code, &*out, &*err), (1, "", &*format!("qmp: {message}\n")));
        }
        // One that it has is waited for.
        for words in ["events S* * --count 1", "wait STOP"] {
            let told = vec![Act::returns(SCHEMA), Act::event("STOP", "{}")];
            let machine = FakeMachine::new().on("query-qmp-schema", told);
            let words: Vec<&str> = words.split(' ').collect();
            let told = against(machine, &words);
            assert_eq!(told, (0, "1.000000 STOP\n".to_owned(), String::new()));
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
