//! Does what is written.

use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qapi_client::{CallOptions, Error};
use qapi_types::qga::commands::GuestInfo;
use qapi_types::{Any, AnyMembers, Command as _, Decode, Refusal, Request};

use super::super::layout::{Layout, legible, write_json};
use super::super::{Failure, read_only};
use super::knowledge::Knowledge;
use super::message::Message;
use super::record::Recorder;
use super::session::{Asker, Outcome, Session, Told};
use super::statement::{Mode, Statement, read};
use super::teller::Teller;
use super::view::{Tone, View};
use super::{Options, hmp};

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

/// QEMU has refused.
const REFUSED: Flow = Flow::Failed(1);

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

    /// What a command without arguments returns; nothing, if it is refused.
    ///
    /// # Errors
    /// The session has ended.
    pub(super) fn told_by<T: Decode>(&mut self, name: &str) -> Result<Option<T>, Failure> {
        match self.call(name, None, CallOptions::new())? {
            Outcome::Ended(Ok(value)) => Ok(value.to().ok()),
            Outcome::Ended(Err(error)) if is_end(&error) => Err(error.into()),
            _ => Ok(None),
        }
    }

    /// Does what `text` says, whose first line has the number `line`, up to what fails.
    pub(super) fn run(&mut self, text: &str, line: usize) -> Result<Flow, Failure> {
        let mut at = 0;
        while let Some(next) = read(text, at, self.mode) {
            self.line = line + text[..at].matches('\n').count();
            at = next.end;
            let flow = match next.open {
                Some(open) => self.complain(&open.tell(text))?,
                None => self.perform(text, next.statement)?,
            };
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn perform(&mut self, text: &str, statement: Statement) -> Result<Flow, Failure> {
        match statement {
            Statement::Nothing => Ok(Flow::On),
            Statement::Own(own, words, rest) => self.own(own, &words, text, rest),
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

    /// Executes a command, and shows how it ends.
    pub(super) fn execute(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        out_of_band: bool,
    ) -> Result<Flow, Failure> {
        match self.request(name, arguments, out_of_band)? {
            Ok(value) => {
                self.view().reply(&value, self.out)?;
                Ok(Flow::On)
            }
            Err(flow) => Ok(flow),
        }
    }

    /// Executes a command, and answers what it returns. How it has failed is shown, and what is to follow from that is
    /// answered.
    pub(super) fn request(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        out_of_band: bool,
    ) -> Result<Result<Any, Flow>, Failure> {
        if let Some(why) = self.refuses(name, arguments) {
            return self.complain(&why).map(Err);
        }
        if self.verbose {
            self.show_request(name, arguments, out_of_band)?;
        }
        let is_silent = self.knowledge.is_silent(name);
        let options = match out_of_band {
            true => CallOptions::new().out_of_band(),
            false if is_silent => self.session.client().options().silence.into(),
            false => CallOptions::new(),
        };
        let ends = ends(name, arguments);
        if ends {
            self.teller().is_ending = true;
        }
        let outcome = self.call(name, arguments, options)?;
        if ends && matches!(outcome, Outcome::Ended(Err(Error::Refused(_)))) {
            self.teller().is_ending = false;
        }
        match outcome {
            Outcome::Ended(Ok(value)) => Ok(Ok(value)),
            // That it was not refused is all the answer that there is.
            Outcome::Ended(Err(
                Error::TimedOut { sent: true, .. } | Error::Lost { sent: true, .. },
            )) if is_silent => Ok(Ok(AnyMembers::new().into())),
            Outcome::Ended(Err(Error::Refused(refusal))) => {
                let flow = match self.why_not(name, &refusal)? {
                    Some(why) => {
                        self.say_wrong(&why)?;
                        REFUSED
                    }
                    None => self.refused(&refusal)?,
                };
                self.refusal = Some(refusal);
                Ok(Err(flow))
            }
            // Whoever sent it from a file has not got what he wanted.
            Outcome::Ended(Err(Error::Lost { .. }))
                if self.is_ending() && !ends && !self.terminal =>
            {
                self.complain(ENDED).map(Err)
            }
            Outcome::Ended(Err(error)) if is_end(&error) => self.gone(error).map(Err),
            Outcome::Ended(Err(error)) => {
                let unknown = error.outcome_unknown();
                let yet = if unknown { "; it may be done yet" } else { "" };
                self.complain(&format!("{error}{yet}")).map(Err)
            }
            Outcome::Abandoned => {
                // The terminal has shown ^C.
                writeln!(self.out)?;
                self.complain("not waited for; it may be done yet").map(Err)
            }
        }
    }

    /// Why a command is not to be executed here.
    fn refuses(&self, name: &str, arguments: Option<&Any>) -> Option<String> {
        match (self.read_only, self.mode) {
            (false, _) => None,
            (true, Mode::Agent) => read_only::agent_refuses(name),
            (true, Mode::Qmp | Mode::Hmp) => read_only::refuses(name, arguments),
        }
    }

    /// Executes a command, while events are shown and all is written down.
    pub(super) fn call(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        options: CallOptions,
    ) -> Result<Outcome, Failure> {
        let oob = options == CallOptions::new().out_of_band();
        let id = self.note(|recorder| recorder.request(name, arguments, oob))?;
        self.out.flush()?;
        let mut shown = Vec::new();
        let terminal = self.terminal;
        let teller = self.shared_teller();
        let (out, err) = (&mut *self.out, &mut *self.err);
        let hear = |told| {
            let told = hear(&teller, told, terminal, out, err);
            shown.extend(told.err());
        };
        let outcome = self.session.execute(name, arguments, options, hear);
        if let Some(error) = shown.pop() {
            return Err(error.into());
        }
        if let (Some(id), Outcome::Ended(result)) = (id, &outcome) {
            self.note(|recorder| recorder.reply(id, result))?;
        }
        Ok(outcome)
    }

    /// Writes something down, if there is a recording.
    fn note<T>(
        &mut self,
        write: impl FnOnce(&mut Recorder) -> std::io::Result<T>,
    ) -> Result<Option<T>, Failure> {
        let noted = self.teller().record(write);
        match noted {
            Ok(noted) => Ok(noted),
            Err(trouble) => {
                self.err.write_all(trouble.as_bytes())?;
                Ok(None)
            }
        }
    }

    /// Waits for `future`, while events are shown; `None` if it was interrupted.
    ///
    /// # Errors
    /// They cannot be written. Inside, the session has ended.
    pub(super) fn while_listening<T>(
        &mut self,
        future: impl Future<Output = T>,
    ) -> Result<Result<Option<T>, Error>, Failure> {
        self.out.flush()?;
        let mut trouble = None;
        let terminal = self.terminal;
        let teller = self.shared_teller();
        let (out, err) = (&mut *self.out, &mut *self.err);
        let output = self.session.while_listening(future, |told| {
            let told = hear(&teller, told, terminal, out, err);
            trouble = told.err().or(trouble.take());
        });
        match trouble {
            Some(error) => Err(error.into()),
            None => Ok(output),
        }
    }

    /// Shows why a command was refused.
    fn refused(&mut self, refusal: &Refusal) -> Result<Flow, Failure> {
        let view = self.view();
        match view.json {
            true => view.refusal(refusal, self.out)?,
            false => self.say_wrong(&refusal.to_string())?,
        }
        Ok(REFUSED)
    }

    /// Whether somebody reads who is helped by more than the machine says.
    pub(super) fn is_for_people(&self) -> bool {
        self.terminal && !self.teller().view.json
    }

    /// In which column of the terminal's last line `text` begins, if it stands there just as it was typed.
    pub(super) fn typed_above(&self, text: &str) -> Option<usize> {
        let (columns, _) = self.size.filter(|_| self.is_for_people())?;
        let indent = self.prompt().len();
        let plain = text.chars().all(|c| c.is_ascii() && !c.is_control());
        (plain && indent + text.len() < columns).then_some(indent)
    }

    /// Says why something is not done.
    pub(super) fn complain(&mut self, message: &str) -> Result<Flow, Failure> {
        self.say_wrong(message)?;
        Ok(WRONG)
    }

    fn say_wrong(&mut self, message: &str) -> Result<(), Failure> {
        let message = legible(message);
        match self.terminal {
            true => {
                let message = self.view().toned(Tone::Error, &message);
                writeln!(self.out, "{message}")?;
            }
            false => {
                // What was printed before is to be seen before.
                self.out.flush()?;
                writeln!(self.err, "qmp: line {}: {message}", self.line)?;
            }
        }
        Ok(())
    }

    /// Says something that is no reply.
    pub(super) fn say(&mut self, message: &str) -> Result<(), Failure> {
        let message = self.view().toned(Tone::Aside, &legible(message));
        match self.terminal {
            true => writeln!(self.out, "{message}")?,
            false => writeln!(self.err, "{message}")?,
        }
        Ok(())
    }

    fn show_request(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        out_of_band: bool,
    ) -> Result<(), Failure> {
        let mut request = Request::named(name);
        if let Some(arguments) = arguments {
            request = request.arguments(arguments);
        }
        if out_of_band {
            request = request.oob();
        }
        let view = self.view();
        let layout = if view.json {
            Layout::Compact
        } else {
            view.layout
        };
        write_json(Any::encode_from(&request).as_json(), layout, self.out)?;
        Ok(writeln!(self.out)?)
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

/// Whether a command tells the machine to end.
fn ends(name: &str, arguments: Option<&Any>) -> bool {
    let line = || arguments?.get("command-line")?.to::<String>().ok();
    match name {
        hmp::COMMAND => line().is_some_and(|line| matches!(line.trim(), "quit" | "q")),
        name => matches!(name, "quit" | "guest-shutdown"),
    }
}

/// Whether no command is executed any more after this error.
fn is_end(error: &Error) -> bool {
    matches!(error, Error::Lost { .. } | Error::Protocol(_))
}

/// Shows what the machine has said by itself: to whoever reads replies, where they are people, or tell all.
fn hear(
    teller: &Mutex<Teller>,
    told: Told,
    terminal: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<()> {
    let mut teller = teller.lock().unwrap_or_else(PoisonError::into_inner);
    let is_message = !matches!(told, Told::Line(_));
    let Some(text) = teller.tell(told) else {
        return Ok(());
    };
    if terminal || (teller.view.json && is_message) {
        out.write_all(text.as_bytes())?;
        out.flush()
    } else {
        err.write_all(text.as_bytes())
    }
}
