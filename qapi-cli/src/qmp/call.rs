//! `qmp call`: one command, one reply.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use qapi_client::blocking::Client;
use qapi_client::{CallOptions, Error};
use qapi_codegen::diagnostic::{closest, quoted};
use qapi_types::{Any, ErrorClass};

use super::arguments;
use super::event::write_event;
use super::layout::{Shape, write_json};
use super::{Failure, Monitor};

/// Execute a command and print what it returns
///
/// Values are read by the machine's schema, not by their looks: a string as it stands, an integer also with 0x or with K, M, G,
/// T, P, E for powers of 1024, a bool as on, off, true or false, lists and objects as JSON; the properties that `device_add`
/// takes by their types. Text in double quotes is a string whatever stands in it. What the schema leaves open, such as the
/// `value` of `qom-set`, and everything that a server without a schema takes, is JSON if it can be, else a string. A JSON
/// object alone goes to the machine as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp call query-status
  qmp --socket vm.qmp call device_add driver=virtio-net-pci id=net1 mq=on
  qmp --socket vm.qmp call blockdev-add driver=qcow2 node-name=n file.driver=file file.filename=disk.qcow2
  qmp --socket vm.qmp call send-key keys.0.type=qcode keys.0.data=ret
  qmp --socket vm.qmp call blockdev-add '{\"driver\": \"null-co\", \"node-name\": \"n\"}'")]
pub(super) struct Call {
    /// The command's name
    name: String,
    /// The arguments: members, of which `file.driver` is one within another and `keys.0` an element of a list; a JSON object;
    /// or both
    #[arg(value_name = "JSON|KEY=VALUE")]
    arguments: Vec<String>,
    #[command(flatten)]
    shape: Shape,
    /// Print the events that come before the reply to standard error, one a line
    #[arg(long)]
    events: bool,
}

impl Call {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        terminal: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        arguments::check(&self.arguments)?;
        let mut client = monitor.connect()?;
        let arguments = arguments::live(&mut client, &self.name, &self.arguments)?;
        let options = CallOptions::new();
        let result = execute(&mut client, &self.name, arguments.as_ref(), options);
        if self.events {
            show_events(&mut client, err)?;
        }
        let result = result?;
        write_json(result.as_json(), self.shape.layout(terminal), out)?;
        Ok(writeln!(out)?)
    }
}

/// Executes a command; of one that the machine does not have it is said which may be meant.
pub(super) fn execute(
    client: &mut Client,
    name: &str,
    arguments: Option<&Any>,
    options: CallOptions,
) -> Result<Any, Failure> {
    let result = client.execute_raw_with(name, arguments, options);
    result.map_err(|error| explain(client, name, error))
}

/// Why the command `name` has no result; of one that the machine does not have, which may be meant.
fn explain(client: &mut Client, name: &str, error: Error) -> Failure {
    let refusal = match error {
        Error::Refused(refusal) if refusal.class == ErrorClass::CommandNotFound => refusal,
        error => return error.into(),
    };
    let near = client.schema().ok().and_then(|schema| {
        let names = schema.commands().map(|command| command.name());
        // One that it has, and does not do now, is not misspelt.
        let is_known = schema.command(name).is_some();
        Some(closest(name, names)?.to_owned()).filter(|_| !is_known)
    });
    match near {
        Some(near) => Failure::Unmet(format!("{refusal}: did you mean {}?", quoted(&near))),
        None => Error::from(refusal).into(),
    }
}

/// Shows the events that have come so far. That the machine has gone meanwhile is for the call's result to say.
fn show_events(client: &mut Client, err: &mut dyn Write) -> Result<(), Failure> {
    while let Ok(Some(event)) = client.next_raw_event(Some(Duration::ZERO)) {
        write_event(&event, true, err)?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
