//! `qmp agent call`: any command of the agent.

use std::io::Write;

use clap::Args;
use qapi_client::Error;
use qapi_types::AnyMembers;
use qapi_types::qga::commands::GuestInfo;

use super::super::arguments::free;
use super::super::layout::{Shape, write_json};
use super::super::{Failure, Monitor};
use super::guest::Guest;

/// Execute a command of the agent's and print what it returns
///
/// If the command is one that is answered only if it fails, an empty object is printed when a second has passed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qga agent call guest-get-vcpus
  qmp --socket vm.qga agent call guest-set-vcpus 'vcpus=[{\"logical-id\": 1, \"online\": false}]'")]
pub(super) struct Call {
    /// The command's name
    name: String,
    /// One JSON object, or members of it: a value that is JSON is taken as such, any other as a string ('id="5"' says
    /// that the 5 is one)
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
        let arguments = free(&self.arguments)?;
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

/// Whether the agent says that it does not answer the command if it does it. One that does not say answers.
fn is_silent(guest: &mut Guest, name: &str) -> bool {
    let Ok(info) = guest.client().execute(&GuestInfo) else {
        return false;
    };
    let mut commands = info.supported_commands.iter();
    commands.any(|command| command.name == name && !command.success_response)
}
