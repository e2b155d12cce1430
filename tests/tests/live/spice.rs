//! Viewers that come over TCP.

use std::net::TcpStream;
use std::process::Command;

use qapi_tests::live::{MONITOR, Program, machine, say};
use qapi_types::qmp::{Event, commands, types};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket, sockopt};

use crate::events::wait_for;

/// Whether machines can show their screens over SPICE: where the emulator comes in parts, this is one that may be missing.
fn has_spice() -> bool {
    let Some(emulator) = Program::System.need() else {
        return false;
    };
    let help = Command::new(emulator).args(["-spice", "help"]).output();
    // It ends with a failure whatever it says.
    let has = help.is_ok_and(|output| !output.stdout.is_empty());
    if !has {
        say("left out: viewers over SPICE: the emulator has no SPICE");
    }
    has
}

#[test]
fn a_viewer_is_told() {
    if !has_spice() {
        return;
    }
    // A port that is taken but not listened at is nobody else's, and the machine's as soon as it wants to listen.
    let port = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    sockopt::set_socket_reuseaddr(&port, true).unwrap();
    bind(
        &port,
        &"127.0.0.1:0".parse::<std::net::SocketAddrV4>().unwrap(),
    )
    .unwrap();
    let address = getsockname(&port).unwrap();
    let address = std::net::SocketAddrV4::try_from(address).unwrap();
    let spice = format!(
        "addr=127.0.0.1,port={},disable-ticketing=on",
        address.port()
    );
    let Some(mut machine) = machine(&["-spice", &spice]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let info = client.execute(&commands::QuerySpice).unwrap();
    assert_eq!(info.port, Some(i64::from(address.port())));

    let viewer = TcpStream::connect(address).unwrap();
    let from = viewer.local_addr().unwrap();
    let connected = wait_for(&mut client, |_, event| match event {
        Event::SpiceConnected(connected) => Some(connected),
        _ => None,
    });
    let (server, guest) = (&connected.server, &connected.client);
    assert_eq!(server.port, address.port().to_string());
    assert_eq!(
        (&*guest.host, &*guest.port),
        ("127.0.0.1", &*from.port().to_string())
    );
    assert_eq!(guest.family, types::NetworkAddressFamily::Ipv4);

    drop(viewer);
    let gone = wait_for(&mut client, |_, event| match event {
        Event::SpiceDisconnected(gone) => Some(gone),
        _ => None,
    });
    assert_eq!(gone.client.port, guest.port);
}
