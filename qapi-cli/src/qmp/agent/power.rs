//! `qmp agent shutdown`, `reboot`, `halt`, `suspend`: what an agent answers only if it does not do it.

use std::io::Write;
use std::time::Duration;

use clap::{Args, ValueEnum};
use qapi_client::Limits;
use qapi_client::blocking::Options;
use qapi_types::qga::commands::{
    GuestShutdown, GuestSuspendDisk, GuestSuspendHybrid, GuestSuspendRam,
};
use qapi_types::{AnyMembers, Command};

use super::super::monitor::seconds;
use super::super::{Failure, Monitor};
use super::guest::{Guest, show_json};

/// Tell the guest to shut down and power off
///
/// The agent answers only if it refuses. After a while without an answer this ends with 0: the guest was told. Whether it does,
/// `qmp wait SHUTDOWN` tells at the monitor.
#[derive(Debug, Args)]
pub(super) struct Shutdown {
    #[command(flatten)]
    order: Order,
}

/// Tell the guest to shut down and start again
///
/// The agent answers only if it refuses. After a while without an answer this ends with 0: the guest was told.
#[derive(Debug, Args)]
pub(super) struct Reboot {
    #[command(flatten)]
    order: Order,
}

/// Tell the guest to shut down and stand still, without powering off
///
/// The agent answers only if it refuses. After a while without an answer this ends with 0: the guest was told.
#[derive(Debug, Args)]
pub(super) struct Halt {
    #[command(flatten)]
    order: Order,
}

/// Tell the guest to go to sleep
///
/// The agent answers only if it refuses. After a while without an answer this ends with 0: the guest was told. At the monitor
/// `qmp wait SUSPEND` tells when it sleeps, and `qmp call system_wakeup` wakes it.
#[derive(Debug, Args)]
pub(super) struct Suspend {
    /// Where what is in its memory is kept
    #[arg(value_enum, default_value_t = Place::Ram)]
    place: Place,
    #[command(flatten)]
    order: Order,
}

/// Where a guest that sleeps keeps what is in its memory.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Place {
    /// In its memory.
    Ram,
    /// On its disk.
    Disk,
    /// In both.
    Hybrid,
}

/// A command that is not answered if it is done.
#[derive(Debug, Args)]
struct Order {
    /// How long to listen for a refusal
    #[arg(long, value_name = "SECS", default_value = "3", allow_negative_numbers = true, value_parser = seconds)]
    listen: Duration,
    /// Print what the agent would return, as JSON
    #[arg(long)]
    json: bool,
}

impl Shutdown {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let command = GuestShutdown::new().mode("powerdown");
        self.order.give(&command, "to power off", monitor, out)
    }
}

impl Reboot {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let command = GuestShutdown::new().mode("reboot");
        self.order.give(&command, "to start again", monitor, out)
    }
}

impl Halt {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let command = GuestShutdown::new().mode("halt");
        self.order.give(&command, "to halt", monitor, out)
    }
}

impl Suspend {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let order = &self.order;
        match self.place {
            Place::Ram => order.give(&GuestSuspendRam, "to sleep", monitor, out),
            Place::Disk => order.give(&GuestSuspendDisk, "to sleep on disk", monitor, out),
            Place::Hybrid => {
                order.give(&GuestSuspendHybrid, "to sleep, on disk, too", monitor, out)
            }
        }
    }
}

impl Order {
    fn give<C: Command>(
        &self,
        command: &C,
        what: &str,
        monitor: &Monitor,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let options = Options {
            limits: Limits::guest(),
            silence: self.listen,
            ..monitor.options()
        };
        Guest::find_as(monitor, options)?.ask(command)?;
        match self.json {
            true => show_json(&AnyMembers::new().into(), out),
            false => {
                let listen = self.listen.as_secs_f64();
                Ok(writeln!(
                    out,
                    "the guest was told {what}, and has not refused within {listen} s"
                )?)
            }
        }
    }
}
