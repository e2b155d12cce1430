//! A session with a guest's agent, and what its refusals mean.

use std::fmt::Display;
use std::io::Write;

use data_encoding::BASE64;
use qapi_client::blocking::{Client, Options};
use qapi_client::{Address, CallOptions, Error, Limits, Undecodable};
use qapi_types::qga::commands::{GuestFsfreezeStatus, GuestInfo};
use qapi_types::qga::types::{GuestAgentInfo, GuestFsfreezeStatus as Frozen};
use qapi_types::{Any, Command, ErrorClass, Refusal};

use super::super::layout::{Layout, legible_word, write_json};
use super::super::{Failure, Monitor};

/// A guest whose agent answers.
pub(super) struct Guest {
    client: Client,
}

impl Guest {
    /// Finds the agent in its channel, whatever somebody else may have left there.
    pub(super) fn find(monitor: &Monitor) -> Result<Self, Failure> {
        Self::find_within(monitor, Limits::guest())
    }

    /// The same with bounds of its own on what the guest may send.
    pub(super) fn find_within(monitor: &Monitor, limits: Limits) -> Result<Self, Failure> {
        let options = Options {
            limits,
            ..monitor.options()
        };
        Self::find_as(monitor, options)
    }

    /// The same with options of its own.
    pub(super) fn find_as(monitor: &Monitor, options: Options) -> Result<Self, Failure> {
        let address = monitor.agent_address()?;
        let client = Client::connect_agent(&address, options);
        let client = client.map_err(|error| unfound(&address, error))?;
        Ok(Self { client })
    }

    /// The session, for questions whose refusal is an answer.
    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// What the command returns.
    pub(super) fn ask<C: Command>(&mut self, command: &C) -> Result<C::Return, Failure> {
        self.ask_with(command, CallOptions::new())
    }

    /// What the command returns, within a time of its own, say.
    pub(super) fn ask_with<C: Command>(
        &mut self,
        command: &C,
        options: impl Into<CallOptions>,
    ) -> Result<C::Return, Failure> {
        let result = self.client.execute_with(command, options);
        result.map_err(|error| self.explain(error, C::NAME, C::SINCE))
    }

    /// What the command returns, as it came.
    pub(super) fn ask_raw<C: Command>(&mut self, command: &C) -> Result<Any, Failure> {
        let result = self
            .client
            .execute_raw(C::NAME, Some(&Any::encode_from(command)));
        result.map_err(|error| self.explain(error, C::NAME, C::SINCE))
    }

    /// Shows what the command returns: as it came, or in lines for people.
    pub(super) fn show<C: Command, L: IntoIterator<Item = String>>(
        &mut self,
        command: &C,
        json: bool,
        out: &mut dyn Write,
        lines: impl FnOnce(C::Return) -> L,
    ) -> Result<(), Failure> {
        let reply = self.ask_raw(command)?;
        match json {
            true => show_json(&reply, out),
            false => show_lines(lines(read::<C>(&reply)?), out),
        }
    }

    /// Why the command `name` has no result, in words that help: the agent says no more than that there is none such.
    pub(super) fn explain(
        &mut self,
        error: Error,
        name: &str,
        since: Option<&'static str>,
    ) -> Failure {
        match error {
            Error::Refused(refusal) if refusal.class == ErrorClass::CommandNotFound => {
                self.not_found(refusal, name, since)
            }
            error @ Error::TimedOut { .. } => Failure::Ended(
                UNANSWERED,
                format!("{error}: the agent may be busy with it, or gone"),
            ),
            error @ Error::Lost { .. } => {
                Failure::Ended(UNANSWERED, format!("the guest agent is gone: {error}"))
            }
            error => error.into(),
        }
    }

    fn not_found(&mut self, refusal: Refusal, name: &str, since: Option<&'static str>) -> Failure {
        let Ok(info) = self.client.execute(&GuestInfo) else {
            return Error::Refused(refusal).into();
        };
        let is_frozen = || {
            matches!(
                self.client.execute(&GuestFsfreezeStatus),
                Ok(Frozen::Frozen)
            )
        };
        match why_not(&info, name, since, is_frozen, "qmp agent fsfreeze thaw") {
            Some(why) => Failure::Unmet(why),
            None => Error::Refused(refusal).into(),
        }
    }
}

/// Why an agent that has said this of itself answers that there is no command `name`; nothing, if it should have it. `thaw`
/// is what thaws file systems.
pub(in crate::qmp) fn why_not(
    info: &GuestAgentInfo,
    name: &str,
    since: Option<impl Display>,
    is_frozen: impl FnOnce() -> bool,
    thaw: &str,
) -> Option<String> {
    let mut known = info.supported_commands.iter();
    Some(match known.find(|command| command.name == name) {
        Some(command) if command.enabled => return None,
        Some(_) if is_frozen() => format!(
            "{name} has to wait: the guest's file systems are frozen, and `{thaw}` thaws them"
        ),
        Some(_) => format!("{name} is forbidden in this guest, by the settings of its agent"),
        None => {
            let version = &info.version;
            let since = since.map_or(String::new(), |since| {
                format!("; it came with that of QEMU {since}")
            });
            format!("the guest agent, version {version}, does not know {name}{since}")
        }
    })
}

/// Why no session with the agent at `address` could be had.
pub(super) fn unfound(address: &Address, error: Error) -> Failure {
    let why = match error {
        Error::Connect { .. } => return error.into(),
        Error::TimedOut { .. } => {
            "it may not be installed, or not run, or be talking to somebody else".to_owned()
        }
        error => error.to_string(),
    };
    let message = format!("no guest agent answers at {address}: {why}");
    Failure::Ended(UNANSWERED, message)
}

/// The exit code where no answer comes.
const UNANSWERED: u8 = 2;

/// Shows what the agent has returned, as it came.
pub(super) fn show_json(reply: &Any, out: &mut dyn Write) -> Result<(), Failure> {
    write_json(reply.as_json(), Layout::Compact, out)?;
    Ok(writeln!(out)?)
}

/// Shows lines that have the guest's words in them.
pub(super) fn show_lines(
    lines: impl IntoIterator<Item = String>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for line in lines {
        writeln!(out, "{}", legible_word(&line))?;
    }
    Ok(())
}

/// What the command `C` has returned.
pub(super) fn read<C: Command>(reply: &Any) -> Result<C::Return, Failure> {
    reply.to().map_err(|error| {
        let undecodable = Undecodable {
            name: C::NAME.to_owned(),
            error,
            json: reply.as_json().to_owned(),
        };
        Error::Undecodable(undecodable).into()
    })
}

/// The bytes that the agent has sent as text.
pub(super) fn decoded(base64: &str) -> Result<Vec<u8>, Failure> {
    let bytes = BASE64.decode(base64.as_bytes());
    bytes.map_err(|error| {
        Failure::Ended(
            UNANSWERED,
            format!("what the agent sends is not base64: {error}"),
        )
    })
}
