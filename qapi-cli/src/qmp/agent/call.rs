//! `qmp agent call`: any command of the agent.

use std::io::Write;

use clap::Args;
use qapi_client::Error;
use qapi_types::qga::commands::GuestInfo;
use qapi_types::{Any, AnyMembers};

use super::super::arguments::{are_as_they_are, described};
use super::super::layout::{Shape, write_json};
use super::super::words::{Interface, Words};
use super::super::{Failure, Monitor};
use super::guest::Guest;

/// Execute a command of the agent's and print what it returns
///
/// Values are read as `qmp call` reads them, but by our own description of agents, for none tells what its commands take; those
/// of a command that is not described are JSON if they can be, else strings. A JSON object alone goes to the agent as it is.
///
/// If the command is one that is answered only if it fails, an empty object is printed when a second has passed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qga agent call guest-get-vcpus
  qmp --socket vm.qga agent call guest-set-vcpus vcpus.0.logical-id=1 vcpus.0.online=off")]
pub(super) struct Call {
    /// The command's name
    name: String,
    /// The arguments: members, of which `arg.0` is an element of a list; a JSON object; or both
    #[arg(value_name = "JSON|KEY=VALUE")]
    arguments: Vec<String>,
    #[command(flatten)]
    shape: Shape,
}

impl Call {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminal: bool,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let arguments = self.arguments()?;
        let mut guest = Guest::find(monitor)?;
        let reply = match is_silent(&mut guest, &self.name) {
            false => guest.client().execute_raw(&self.name, arguments.as_ref()),
            true => {
                let silence = guest.client().options().silence;
                let client = guest.client();
                match client.execute_raw_with(&self.name, arguments.as_ref(), silence) {
                    Err(Error::TimedOut { sent: true, .. } | Error::Lost { sent: true, .. }) => {
                        Ok(AnyMembers::new().into())
                    }
                    reply => reply,
                }
            }
        };
        let reply = reply.map_err(|error| guest.explain(error, &self.name, None))?;
        write_json(reply.as_json(), self.shape.layout(terminal), out)?;
        Ok(writeln!(out)?)
    }
}

impl Call {
    /// The arguments, by our own description of agents: none tells what its commands take.
    fn arguments(&self) -> Result<Option<Any>, Failure> {
        let words = match are_as_they_are(&self.arguments) {
            true => None,
            false => Words::of(Interface::Agent),
        };
        let schema = words.and_then(|words| words.as_told(|name| name == self.name));
        described(schema.as_ref(), &self.name, &self.arguments)
    }
}

/// Whether the agent says that it does not answer the command if it does it. One that does not say answers.
fn is_silent(guest: &mut Guest, name: &str) -> bool {
    let Ok(info) = guest.client().execute(&GuestInfo) else {
        return false;
    };
    let mut commands = info.supported_commands.iter();
    commands.any(|command| command.name == name && !command.success_response)
}
