//! `qmp agent fsfreeze`: file systems that stand still.

use std::io::Write;

use clap::{Args, Subcommand};
use qapi_types::qga::commands::{GuestFsfreezeStatus, GuestFsfreezeThaw};

use super::super::{Failure, Monitor};
use super::freezing::freeze;
use super::guest::{Guest, show_json, show_lines};
use super::hold;

/// Freeze and thaw the guest's file systems
///
/// While they are frozen whoever writes in the guest waits, and the agent does little but thaw them.
#[derive(Debug, Args)]
pub(super) struct Fsfreeze {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Status(Status),
    Freeze(Freeze),
    Thaw(Thaw),
    Hold(hold::Hold),
}

/// Say whether the file systems are frozen
#[derive(Debug, Args)]
struct Status {
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

/// Freeze the file systems, until they are thawed
#[derive(Debug, Args)]
struct Freeze {
    /// Those that are mounted here [default: all]
    #[arg(value_name = "MOUNTPOINT")]
    mountpoints: Vec<String>,
    /// Print how many as JSON
    #[arg(long)]
    json: bool,
}

/// Thaw all file systems that are frozen
#[derive(Debug, Args)]
struct Thaw {
    /// Print how many as JSON
    #[arg(long)]
    json: bool,
}

impl Fsfreeze {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        match &self.action {
            Action::Status(status) => {
                let mut guest = Guest::find(monitor)?;
                guest.show(&GuestFsfreezeStatus, status.json, out, |status| {
                    [status.as_str().to_owned()]
                })
            }
            Action::Freeze(Freeze { mountpoints, json }) => {
                let frozen = freeze(&mut Guest::find(monitor)?, mountpoints);
                let count = frozen.map_err(|(failure, unknown)| match failure.end() {
                    (code, message) if unknown => Failure::Ended(
                        code,
                        format!("{message}; the file systems may be frozen, `qmp agent fsfreeze thaw` thaws them"),
                    ),
                    (code, message) => Failure::Ended(code, message),
                })?;
                show(count, "frozen", *json, out)
            }
            Action::Thaw(Thaw { json }) => {
                let count = Guest::find(monitor)?.ask(&GuestFsfreezeThaw)?;
                show(count, "thawed", *json, out)
            }
            Action::Hold(hold) => hold.run(monitor),
        }
    }
}

fn show(count: i64, what: &str, json: bool, out: &mut dyn Write) -> Result<(), Failure> {
    if json {
        return show_json(&count.into(), out);
    }
    let systems = if count == 1 { "system" } else { "systems" };
    show_lines([format!("{count} file {systems} {what}")], out)
}
