//! Commands on their way to the machine, and how they end.

use std::future::Future;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use qapi_client::{CallOptions, Error};
use qapi_types::{Any, AnyMembers, Decode, Refusal};

use super::super::super::{Failure, read_only};
use super::super::hmp;
use super::super::record::Recorder;
use super::super::session::{Outcome, Told};
use super::super::statement::Mode;
use super::super::teller::Teller;
use super::{ENDED, Flow, Interpreter};

/// QEMU has refused.
const REFUSED: Flow = Flow::Failed(1);

impl Interpreter<'_> {
    /// What a command without arguments returns; nothing, if it is refused.
    ///
    /// # Errors
    /// The session has ended.
    pub(in crate::qmp::shell) fn told_by<T: Decode>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        match self.call(name, None, CallOptions::new())? {
            Outcome::Ended(Ok(value)) => Ok(value.to().ok()),
            Outcome::Ended(Err(error)) if is_end(&error) => Err(error.into()),
            _ => Ok(None),
        }
    }

    /// Executes a command, and shows how it ends.
    pub(in crate::qmp::shell) fn execute(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        out_of_band: bool,
    ) -> Result<Flow, Failure> {
        match self.request(name, arguments, out_of_band)? {
            Ok(value) => self.show(|view, out| Ok(view.reply(&value, out)?)),
            Err(flow) => Ok(flow),
        }
    }

    /// Executes a command, and answers what it returns. How it has failed is shown, and what is to follow from that is
    /// answered.
    pub(in crate::qmp::shell) fn request(
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
    pub(in crate::qmp::shell) fn call(
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
        write: impl FnOnce(&mut Recorder) -> io::Result<T>,
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
    pub(in crate::qmp::shell) fn while_listening<T>(
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
) -> io::Result<()> {
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
