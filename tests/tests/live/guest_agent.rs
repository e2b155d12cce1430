//! The guest agent, on this very system: it does not greet, and has to be found in the stream first.

use std::io::Write;
use std::os::unix::net::UnixStream;

use qapi_client::Error;
use qapi_client::blocking::{Client, Options};
use qapi_tests::live::{AGENT, Process, agent as start};
use qapi_types::qga::commands;
use qapi_types::{Command, ErrorClass};

/// A session over a stream, whatever is left in it.
fn session(stream: UnixStream) -> Client {
    Client::agent(stream, Options::guest_agent()).unwrap()
}

/// The agent, and a session with it.
#[track_caller]
pub(crate) fn agent() -> Option<(Process, Client)> {
    let mut agent = start()?;
    let stream = agent.connect(AGENT);
    Some((agent, session(stream)))
}

#[test]
fn an_agent_is_found_and_asked() {
    let Some(mut agent) = start() else {
        return;
    };
    let stream = agent.connect(AGENT);
    // Half a request, as a client leaves it that dies.
    (&stream).write_all(br#"{"execute": "guest-pi"#).unwrap();
    let mut client = session(stream);
    client.execute(&commands::GuestPing).unwrap();
    let info = client.execute(&commands::GuestInfo).unwrap();
    let ping = info
        .supported_commands
        .iter()
        .find(|one| one.name == commands::GuestPing::NAME);
    assert!(ping.is_some_and(|ping| ping.success_response), "{info:?}");
    let shutdown = info
        .supported_commands
        .iter()
        .find(|one| one.name == commands::GuestShutdown::NAME);
    assert!(
        shutdown.is_none_or(|shutdown| !shutdown.success_response),
        "{info:?}"
    );
    let system = client.execute(&commands::GuestGetOsinfo).unwrap();
    assert!(
        system.machine.is_some() && system.kernel_release.is_some(),
        "{system:?}"
    );
    match client.execute_raw("guest-dance", None) {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.class, ErrorClass::CommandNotFound),
        other => panic!("{other:?}"),
    }
}
