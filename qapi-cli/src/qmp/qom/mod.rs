//! `qmp qom`: the objects that a machine is made of. A file an action.

mod get;
mod list;
mod listed;
#[cfg(target_os = "linux")]
mod mount;
mod property;
mod set;
mod tree;
mod value;

use std::io::Write;

use clap::{Args, Subcommand};

use super::{Failure, Monitor};

pub(super) use property::{Place, properties};
pub(super) use value::Reading;

/// Look at the objects of the machine, and change their properties
///
/// Ends with 0 if all went well; with 1 if QEMU refused, or there is no such object or property; with 2 if the command line
/// makes no sense, or the connection cannot be made or breaks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp --socket vm.qmp qom list /machine
  qmp --socket vm.qmp qom get /machine.type
  qmp --socket vm.qmp qom set /machine/peripheral/balloon0 guest-stats-polling-interval 2
  qmp --socket vm.qmp qom tree /machine/peripheral --depth 2
  qmp --socket vm.qmp qom mount vm")]
pub(super) struct Qom {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Get(get::Get),
    Set(set::Set),
    Tree(tree::Tree),
    #[cfg(target_os = "linux")]
    #[command(alias = "fuse")]
    Mount(mount::Mount),
}

impl Qom {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        match &self.action {
            Action::List(list) => list.run(monitor, out),
            Action::Get(get) => get.run(monitor, out),
            Action::Set(set) => set.run(monitor, out),
            Action::Tree(tree) => tree.run(monitor, out),
            #[cfg(target_os = "linux")]
            Action::Mount(mount) => mount.run(monitor, out, err),
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
