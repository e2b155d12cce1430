//! The smallest client: asks the machine at a socket for its status.

use qapi_client::blocking::Client;
use qapi_types::qmp::commands::QueryStatus;

fn main() -> Result<(), qapi_client::Error> {
    let socket = std::env::args().nth(1).unwrap_or_default();
    let mut machine = Client::connect_unix(socket)?;
    let status = machine.execute(&QueryStatus)?;
    println!("{:?}", status.status);
    Ok(())
}
