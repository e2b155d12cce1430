//! `qmp agent filesystems`, `disks`, `fstrim`: where the guest keeps its data.

use std::io::Write;

use clap::Args;
use qapi_types::qga::commands::{GuestFstrim, GuestGetDisks, GuestGetFsinfo};
use qapi_types::qga::types::{GuestDiskInfo, GuestFilesystemInfo, GuestFilesystemTrimResult};

use super::super::layout::columns;
use super::super::quantity::bytes;
use super::super::{Failure, Monitor};
use super::guest::{Guest, read, show_json, show_lines};

/// List the guest's file systems: where they are mounted, how full they are, on which disks they lie
#[derive(Debug, Args)]
pub(super) struct Filesystems {
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

impl Filesystems {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut guest = Guest::find(monitor)?;
        guest.show(&GuestGetFsinfo, self.json, out, |systems| {
            columns(systems.into_iter().map(system))
        })
    }
}

fn system(system: GuestFilesystemInfo) -> [String; 4] {
    let usage = match (system.used_bytes, system.total_bytes) {
        (Some(used), Some(total)) => format!("{} of {}", bytes(used), bytes(total)),
        _ => String::new(),
    };
    let disks = system.disk.into_iter().filter_map(|disk| disk.dev);
    let disks: Vec<String> = disks.collect();
    [system.mountpoint, system.r#type, usage, disks.join(", ")]
}

/// List the guest's disks, with the places where they are plugged in
#[derive(Debug, Args)]
pub(super) struct Disks {
    /// Print what the agent returns, as JSON, health included
    #[arg(long)]
    json: bool,
}

impl Disks {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut guest = Guest::find(monitor)?;
        guest.show(&GuestGetDisks, self.json, out, |disks| {
            columns(disks.into_iter().map(disk))
        })
    }
}

fn disk(disk: GuestDiskInfo) -> [String; 2] {
    let mut words = Vec::new();
    if let Some(address) = disk.address {
        words.push(address.bus_type.as_str().to_owned());
        // Where the place is not known the numbers are -1.
        let pci = address.pci_controller;
        if pci.slot >= 0 {
            let (domain, bus, slot) = (pci.domain, pci.bus, pci.slot);
            words.push(format!(
                "{domain:04x}:{bus:02x}:{slot:02x}.{}",
                pci.function
            ));
        }
        words.extend(address.serial.map(|serial| format!("serial {serial}")));
    }
    let below = disk.dependencies.unwrap_or_default();
    if !below.is_empty() {
        let kind = if disk.partition { "part of" } else { "on" };
        words.push(format!("{kind} {}", below.join(", ")));
    }
    words.extend(disk.alias.map(|alias| format!("also {alias}")));
    [disk.name, words.join(", ")]
}

/// Tell the guest to give back what its file systems do not use
///
/// What has become of each file system is shown. Ends with 1 if the agent refused, or could not do it for any of them.
#[derive(Debug, Args)]
pub(super) struct Fstrim {
    /// Leave pieces alone that have fewer bytes
    #[arg(long, value_name = "BYTES")]
    minimum: Option<u32>,
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

impl Fstrim {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut command = GuestFstrim::new();
        command.minimum = self.minimum.map(i64::from);
        let reply = Guest::find(monitor)?.ask_raw(&command)?;
        let paths = read::<GuestFstrim>(&reply)?.paths;
        let failed = !paths.is_empty() && paths.iter().all(|path| path.error.is_some());
        match self.json {
            true => show_json(&reply, out)?,
            false => show_lines(columns(paths.into_iter().map(trimmed)), out)?,
        }
        match failed {
            true => Err(Failure::Unmet("nothing could be trimmed".to_owned())),
            false => Ok(()),
        }
    }
}

fn trimmed(result: GuestFilesystemTrimResult) -> [String; 2] {
    let outcome = match (result.error, result.trimmed) {
        (Some(error), _) => error,
        (None, Some(trimmed)) => bytes(trimmed.try_into().unwrap_or_default()),
        (None, None) => "trimmed".to_owned(),
    };
    [result.path, outcome]
}
