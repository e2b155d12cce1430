//! `qmp agent ping`, `qmp agent info`.

use std::io::Write;

use clap::Args;
use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::qga::commands::{
    GuestFsfreezeStatus, GuestGetHostName, GuestGetOsinfo, GuestGetTimezone, GuestGetUsers,
    GuestInfo, GuestPing,
};
use qapi_types::qga::types::GuestFsfreezeStatus as Frozen;
use qapi_types::{Any, AnyMembers, Command};

use super::super::facts::{Fact, Facts, Question, ask};
use super::super::layout::columns;
use super::super::{Failure, Monitor};
use super::guest::Guest;
use super::user;

/// Find out whether the agent answers
#[derive(Debug, Args)]
pub(super) struct Ping {
    /// Print what it answers, as JSON
    #[arg(long)]
    json: bool,
}

impl Ping {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        Guest::find(monitor)?.show(&GuestPing, self.json, out, |()| None)
    }
}

/// Show what one wants to know of a guest: the agent's version and commands, host name, system, time zone, users
///
/// What the agent does not tell is left out.
#[derive(Debug, Args)]
pub(super) struct Info {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const QUESTIONS: [(&str, Question); 7] = [
    ("agent", version),
    ("commands", commands),
    ("host", host),
    ("system", system),
    ("timezone", timezone),
    ("users", users),
    ("fsfreeze", frozen),
];

impl Info {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut guest = Guest::find(monitor)?;
        let facts = Facts::gather(guest.client(), &QUESTIONS);
        let facts = facts.map_err(|error| guest.explain(error, "guest-info", None))?;
        Ok(facts.show(self.json, out)?)
    }
}

fn version(client: &mut Client) -> Result<Option<Fact>, Error> {
    let info = known::<GuestInfo>(client)?;
    Ok(info.map(|(_, info)| Fact::word(info.version)))
}

fn commands(client: &mut Client) -> Result<Option<Fact>, Error> {
    let info = known::<GuestInfo>(client)?;
    Ok(info.map(|(_, info)| {
        let [enabled, disabled] = [true, false].map(|wanted| {
            let commands = info.supported_commands.iter();
            let mut names: Vec<String> = commands
                .filter(|command| command.enabled == wanted)
                .map(|command| command.name.clone())
                .collect();
            names.sort();
            names
        });
        let mut lines = vec![enabled.len().to_string()];
        if !disabled.is_empty() {
            lines[0] += &format!(" of {}", enabled.len() + disabled.len());
            lines.push(format!("not {}", disabled.join(", ")));
        }
        let value = AnyMembers::from_iter([
            ("enabled", Any::from_iter(enabled)),
            ("disabled", Any::from_iter(disabled)),
        ]);
        Fact {
            value: value.into(),
            lines,
        }
    }))
}

fn host(client: &mut Client) -> Result<Option<Fact>, Error> {
    let name = known::<GuestGetHostName>(client)?;
    Ok(name.map(|(_, name)| Fact::word(name.host_name)))
}

fn system(client: &mut Client) -> Result<Option<Fact>, Error> {
    let system = known::<GuestGetOsinfo>(client)?;
    Ok(system.map(|(value, system)| {
        let name = system.pretty_name.or(system.name).or(system.id);
        let kernel = [system.kernel_release, system.machine];
        let kernel: Vec<String> = kernel.into_iter().flatten().collect();
        let kernel = Some(format!("kernel {}", kernel.join(", "))).filter(|_| !kernel.is_empty());
        Fact {
            value,
            lines: name.into_iter().chain(kernel).collect(),
        }
    }))
}

fn timezone(client: &mut Client) -> Result<Option<Fact>, Error> {
    let zone = known::<GuestGetTimezone>(client)?;
    Ok(zone.map(|(value, zone)| {
        let sign = if zone.offset < 0 { '-' } else { '+' };
        let minutes = zone.offset.unsigned_abs() / 60;
        let offset = format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        let name = zone.zone.map_or(String::new(), |name| format!("{name}, "));
        Fact {
            value,
            lines: vec![name + &offset],
        }
    }))
}

fn users(client: &mut Client) -> Result<Option<Fact>, Error> {
    let users = known::<GuestGetUsers>(client)?;
    Ok(users.map(|(value, users)| Fact {
        value,
        lines: columns(users.iter().map(user::row)),
    }))
}

/// Frozen file systems are worth a line, others are not.
fn frozen(client: &mut Client) -> Result<Option<Fact>, Error> {
    let status = known::<GuestFsfreezeStatus>(client)?;
    Ok(status.map(|(value, status)| Fact {
        value,
        lines: match status {
            Frozen::Thawed => Vec::new(),
            status => vec![status.as_str().to_owned()],
        },
    }))
}

/// What the command returns, as it came and as it is understood; `None` if the agent does not tell, or tells something else.
fn known<C: Command>(client: &mut Client) -> Result<Option<(Any, C::Return)>, Error> {
    let value = ask(client, C::NAME)?;
    Ok(value.and_then(|value| {
        let understood = value.to().ok()?;
        Some((value, understood))
    }))
}
