//! The smallest client with the crate `qapi`.

use qapi::{Qmp, qmp};
use std::os::unix::net::UnixStream;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let socket = std::env::args().nth(1).unwrap_or_default();
    let stream = UnixStream::connect(socket)?;
    let mut machine = Qmp::from_stream(&stream);
    machine.handshake()?;
    let status = machine.execute(&qmp::query_status {})?;
    println!("{:?}", status.status);
    Ok(())
}
