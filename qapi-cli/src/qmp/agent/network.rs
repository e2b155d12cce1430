//! `qmp agent interfaces`.

use std::io::Write;

use clap::Args;
use qapi_types::qga::commands::GuestNetworkGetInterfaces;
use qapi_types::qga::types::GuestNetworkInterface;

use super::super::layout::columns;
use super::super::{Failure, Monitor};
use super::guest::Guest;

/// List the guest's network interfaces with their addresses
#[derive(Debug, Args)]
pub(super) struct Interfaces {
    /// Print what the agent returns, as JSON, traffic included
    #[arg(long)]
    json: bool,
}

impl Interfaces {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut guest = Guest::find(monitor)?;
        guest.show(&GuestNetworkGetInterfaces, self.json, out, |interfaces| {
            columns(interfaces.into_iter().map(row))
        })
    }
}

fn row(interface: GuestNetworkInterface) -> [String; 3] {
    let addresses = interface.ip_addresses.unwrap_or_default();
    let addresses: Vec<String> = addresses
        .iter()
        .map(|one| format!("{}/{}", one.ip_address, one.prefix))
        .collect();
    [
        interface.name,
        interface.hardware_address.unwrap_or_default(),
        addresses.join(", "),
    ]
}
