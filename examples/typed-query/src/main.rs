//! Asks a machine for its run state: that at the Unix socket on the command line, or without one a peer that plays a machine.
//!
//! ```text
//! qemu-system-x86_64 -display none -S -qmp unix:/tmp/qmp.sock,server=on,wait=off &
//! cargo run -p typed-query /tmp/qmp.sock
//! ```

mod peer;

use std::error::Error;

use qapi_client::blocking::{Client, Options};
use qapi_types::qmp::commands::QueryStatus;
use qapi_types::qmp::types::RunState;

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = match std::env::args_os().nth(1) {
        Some(socket) => Client::connect_unix(socket)?,
        None => Client::over(peer::machine()?, Options::default())?,
    };
    let version = &client.greeting().version;
    println!("QEMU {}.{}.{}", version.major, version.minor, version.micro);

    let info = client.execute(&QueryStatus)?;
    match info.status {
        RunState::Running => println!("it runs"),
        RunState::Prelaunch => println!("it has not run yet"),
        other => println!("it does not run: {}", other.as_str()),
    }
    Ok(())
}
