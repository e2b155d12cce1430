//! Does what is written.

mod execute;
mod say;

use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qapi_client::Error;
use qapi_types::qga::commands::GuestInfo;
use qapi_types::{Command as _, Refusal};

use super::super::Failure;
use super::Options;
use super::knowledge::Knowledge;
use super::message::Message;
use super::own::Own;
use super::record::Recorder;
use super::session::{Asker, Session};
use super::statement::{Mode, Statement, read};
use super::teller::Teller;
use super::view::View;

/// The command that tells what the machine takes.
const SCHEMA: &str = "query-qmp-schema";

/// What comes after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one.
    On,
    /// Nothing: the user leaves, or the machine has ended as it was told to.
    Leave,
    /// It has failed, which has been said; the exit code that tells of it.
    Failed(u8),
}

/// What there is to say of a machine that has ended as it was told to.
pub(super) const ENDED: &str = "the machine has ended";

/// It makes no sense, or nobody has answered.
pub(super) const WRONG: Flow = Flow::Failed(2);

/// Whoever does what is written.
pub(super) struct Interpreter<'a> {
    session: Session,
    teller: Arc<Mutex<Teller>>,
    /// Somebody types and reads.
    terminal: bool,
    read_only: bool,
    verbose: bool,
    /// To whom one speaks, and to whom one did at first.
    pub(super) mode: Mode,
    first_mode: Mode,
    knowledge: Rc<Knowledge>,
    /// The processor that the human monitor's commands are about.
    pub(super) cpu: Option<u64>,
    /// The number of the line that is being executed.
    line: usize,
    /// How many columns and rows the terminal has on which it was typed.
    pub(super) size: Option<(usize, usize)>,
    /// The program that is to read what comes of the line.
    pub(super) program: Option<String>,
    /// How the machine has refused last.
    pub(super) refusal: Option<Refusal>,
    pub(super) out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(
        session: Session,
        options: &Options,
        terminal: bool,
        view: View,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Result<Self, Failure> {
        let mode = match options {
            Options { agent: true, .. } => Mode::Agent,
            Options { hmp: true, .. } => Mode::Hmp,
            _ => Mode::Qmp,
        };
        let teller = Teller {
            view,
            recorder: None,
            is_ending: false,
        };
        let mut interpreter = Self {
            session,
            teller: Arc::new(Mutex::new(teller)),
            terminal,
            read_only: options.read_only,
            verbose: options.manners.verbose,
            mode,
            first_mode: mode,
            knowledge: Rc::default(),
            cpu: None,
            line: 0,
            size: None,
            program: None,
            refusal: None,
            out,
            err,
        };
        match &options.record {
            Some(path) => interpreter.record(path)?,
            None => interpreter.learn()?,
        }
        Ok(interpreter)
    }

    /// Says who is spoken with, to people.
    pub(super) fn greet(&mut self) -> Result<(), Failure> {
        if !self.is_for_people() {
            return Ok(());
        }
        let who = match self.mode {
            Mode::Agent => self.agents_name(),
            _ => format!("QEMU {}", self.session.client().greeting().version),
        };
        self.say(&format!(
            "{who}: `help` tells what there is to say, Ctrl-D leaves"
        ))
    }

    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    pub(super) fn knowledge(&self) -> Rc<Knowledge> {
        Rc::clone(&self.knowledge)
    }

    pub(super) fn asker(&self) -> Asker {
        self.session.asker()
    }

    /// Whoever hears what the machine says by itself.
    pub(super) fn shared_teller(&self) -> Arc<Mutex<Teller>> {
        Arc::clone(&self.teller)
    }

    pub(super) fn teller(&self) -> MutexGuard<'_, Teller> {
        self.teller.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn view(&self) -> View {
        self.teller().view.clone()
    }

    pub(super) fn prompt(&self) -> &'static str {
        match (self.mode, self.read_only) {
            (Mode::Qmp, false) => "(qmp) ",
            (Mode::Qmp, true) => "(qmp, read-only) ",
            (Mode::Hmp, false) => "(hmp) ",
            (Mode::Hmp, true) => "(hmp, read-only) ",
            (Mode::Agent, false) => "(qga) ",
            (Mode::Agent, true) => "(qga, read-only) ",
        }
    }

    /// Begins a recording. What the machine takes is the first thing that it tells, for whoever speaks with it by lines.
    ///
    /// # Errors
    /// It cannot be written, or the session has ended.
    pub(super) fn record(&mut self, path: &Path) -> Result<(), Failure> {
        let client = self.session.client();
        let oob = client.options().out_of_band;
        let offered = client.greeting().capabilities;
        let oob = oob && offered.iter().any(|name| name == "oob");
        let recorder = Recorder::create(path, &client.greeting(), oob);
        let recorder = recorder.map_err(|error| {
            Failure::Usage(format!("cannot record into {}: {error}", path.display()))
        })?;
        self.teller().recorder = Some(recorder);
        self.learn()
    }

    /// Asks the machine what it takes.
    fn learn(&mut self) -> Result<(), Failure> {
        let knowledge = match self.mode {
            Mode::Agent => Knowledge::of_agent(self.told_by(GuestInfo::NAME)?),
            // An old one does without, as does whoever speaks with it.
            _ => Knowledge::new(self.told_by(SCHEMA)?),
        };
        self.knowledge = Rc::new(knowledge);
        Ok(())
    }

    /// Does what `text` says, whose first line has the number `line`, up to what fails.
    pub(super) fn run(&mut self, text: &str, line: usize) -> Result<Flow, Failure> {
        let mut at = 0;
        while let Some(next) = read(text, at, self.mode) {
            self.line = line + text[..at].matches('\n').count();
            at = next.end;
            let flow = match (next.open, next.pipe) {
                (Some(open), _) => self.complain(&open.tell(text))?,
                (None, None) => self.perform(text, next.statement)?,
                (None, Some(pipe)) => {
                    let program = text[pipe].trim_start_matches('|').trim();
                    self.perform_for(program, text, next.statement)?
                }
            };
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    /// The same for a program that is to read what comes of it.
    fn perform_for(
        &mut self,
        program: &str,
        text: &str,
        statement: Statement,
    ) -> Result<Flow, Failure> {
        if self.read_only {
            return self.complain("a read-only session runs no programs");
        }
        if program.is_empty() {
            return self.complain("no program follows the |");
        }
        match &statement {
            Statement::Nothing => return self.complain("nothing stands before the |"),
            Statement::Own(Own::Help, ..) => {}
            Statement::Own(Own::Hmp, _, line) if !text[line.clone()].trim().is_empty() => {}
            Statement::Own(own, ..) => {
                let why = format!("there is nothing to read of `{}`", own.name());
                return self.complain(&why);
            }
            _ => {}
        }
        self.program = Some(program.to_owned());
        let flow = self.perform(text, statement);
        self.program = None;
        flow
    }

    fn perform(&mut self, text: &str, statement: Statement) -> Result<Flow, Failure> {
        match statement {
            Statement::Nothing => Ok(Flow::On),
            Statement::Own(own, words, rest) => self.own(own, &words, &text[rest]),
            Statement::Hmp(line) => self.hmp_line(&text[line]),
            Statement::Message(span) => match Message::parse(&text[span]) {
                Err(message) => self.complain(&message),
                Ok(message) => {
                    let Message {
                        name,
                        arguments,
                        out_of_band,
                    } = message;
                    self.execute(&name, arguments.as_ref(), out_of_band)
                }
            },
            Statement::Command(command) => self.command(text, &command),
        }
    }

    /// The user leaves: the shell, or no more than the human monitor, if it was QMP before.
    pub(super) fn leave(&mut self) -> Flow {
        match self.mode == self.first_mode {
            true => Flow::Leave,
            false => {
                self.mode = self.first_mode;
                Flow::On
            }
        }
    }

    /// Whether the machine was told to end.
    pub(super) fn is_ending(&self) -> bool {
        self.teller().is_ending
    }

    /// The session has ended.
    ///
    /// # Errors
    /// Nobody has told the machine to end.
    pub(super) fn gone(&mut self, end: Error) -> Result<Flow, Failure> {
        let expected = self.is_ending() && matches!(end, Error::Lost { .. });
        match expected {
            true => {
                if self.terminal {
                    self.say(ENDED)?;
                }
                Ok(Flow::Leave)
            }
            false => Err(end.into()),
        }
    }
}
