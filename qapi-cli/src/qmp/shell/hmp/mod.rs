//! The human monitor: what it is told, and what it says.

mod help;

use qapi_types::{Any, AnyMembers};

use super::super::Failure;
use super::super::layout::legible;
use super::interpreter::{Flow, Interpreter};
use super::statement::Mode;

pub(super) use help::HmpNames;

/// By which QMP reaches the human monitor.
pub(in crate::qmp) const COMMAND: &str = "human-monitor-command";

impl Interpreter<'_> {
    /// Tells the human monitor a line, in its own mode.
    pub(super) fn hmp_line(&mut self, line: &str) -> Result<Flow, Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match &*words {
            // The monitor has no such command, and the machine's own word for its end is another.
            ["exit"] => Ok(self.leave()),
            // To QMP every command comes anew: which processor is meant is for us to remember.
            ["cpu", number] => self.choose_cpu(number),
            _ => self.hmp(line),
        }
    }

    /// Tells the human monitor a line, and shows what it says.
    pub(super) fn hmp(&mut self, line: &str) -> Result<Flow, Failure> {
        let said = match self.tell_monitor(line, self.cpu)? {
            Ok(said) => said,
            Err(flow) => return Ok(flow),
        };
        let text: Result<String, _> = said.to();
        self.show(|view, out| match (view.json, text) {
            (false, Ok(text)) => {
                let text = text.replace('\r', "");
                let text = legible(&text);
                out.write_all(text.as_bytes())?;
                if !text.is_empty() && !text.ends_with('\n') {
                    writeln!(out)?;
                }
                Ok(())
            }
            _ => Ok(view.reply(&said, out)?),
        })
    }

    fn tell_monitor(&mut self, line: &str, cpu: Option<u64>) -> Result<Result<Any, Flow>, Failure> {
        let mut arguments = AnyMembers::from_iter([("command-line", line)]);
        if let Some(cpu) = cpu {
            arguments.push("cpu-index", cpu);
        }
        self.request(COMMAND, Some(&arguments.into()), false)
    }

    /// The processor that the commands that follow are about, if there is such a one.
    fn choose_cpu(&mut self, number: &str) -> Result<Flow, Failure> {
        let Ok(cpu) = number.parse() else {
            return self.complain("`cpu` takes the number of a processor");
        };
        Ok(match self.tell_monitor("info cpus", Some(cpu))? {
            Ok(_) => {
                self.cpu = Some(cpu);
                Flow::On
            }
            Err(flow) => flow,
        })
    }

    /// From now on one speaks with the human monitor.
    pub(super) fn enter_hmp(&mut self) -> Result<Flow, Failure> {
        self.mode = Mode::Hmp;
        Ok(Flow::On)
    }
}
