//! Commands, refusals and events, over every kind of monitor.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::Stdio;

use qapi_client::Error;
use qapi_client::blocking::{Client, Options};
use qapi_tests::both_ways::qmp as both_ways;
use qapi_tests::live::{MONITOR, Process, Program, folder, machine};
use qapi_types::qmp::{Event, commands, types::RunState};
use qapi_types::{Any, Command, Encode, ErrorClass, to_string};

use crate::events::wait_for;

/// What every monitor has to be good for.
#[track_caller]
fn check(client: &mut Client) {
    let greeted = client.greeting().version.clone();
    let version = client.execute(&commands::QueryVersion).unwrap();
    let qemu = version.qemu;
    assert_eq!(
        (qemu.major, qemu.minor, qemu.micro),
        (
            greeted.major.into(),
            greeted.minor.into(),
            greeted.micro.into()
        )
    );
    assert_eq!(version.package, greeted.package);

    let status = client.execute(&commands::QueryStatus).unwrap();
    assert_eq!(
        (status.running, status.status),
        (false, RunState::Prelaunch)
    );
    client.execute(&commands::Cont).unwrap();
    wait_for(client, |_, event| {
        matches!(event, Event::Resume(_)).then_some(())
    });
    assert!(client.execute(&commands::QueryStatus).unwrap().running);
    client.execute(&commands::Stop).unwrap();
    wait_for(client, |_, event| {
        matches!(event, Event::Stop(_)).then_some(())
    });
    let status = client.execute(&commands::QueryStatus).unwrap();
    assert_eq!((status.running, status.status), (false, RunState::Paused));
}

#[test]
fn unix_socket() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    check(&mut machine.client(MONITOR));
}

#[test]
fn pretty() {
    let Some(mut machine) = machine(&["-qmp-pretty", "unix:pretty,server=on,wait=off"]) else {
        return;
    };
    check(&mut machine.client("pretty"));
}

#[test]
fn tcp() {
    // A port that is ours already, and that the machine inherits, is nobody else's by the time it starts.
    let listener = TcpListener::bind("localhost:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let arguments = [
        "-machine",
        "none",
        "-nodefaults",
        "-display",
        "none",
        "-S",
        "-chardev",
        "socket,id=tcp,fd=0,server=on,wait=off",
        "-mon",
        "chardev=tcp,mode=control",
    ];
    let stdin = Stdio::from(OwnedFd::from(listener));
    let Some(_machine) = Process::start_with(Program::System, folder(), &arguments, stdin) else {
        return;
    };
    check(&mut Client::connect_tcp(&address).unwrap());
}

#[test]
fn two_monitors_do_not_meet() {
    let Some(mut machine) = machine(&["-qmp", "unix:other,server=on,wait=off"]) else {
        return;
    };
    let (mut one, mut other) = (machine.client(MONITOR), machine.client("other"));
    one.execute(&commands::Cont).unwrap();
    assert!(other.execute(&commands::QueryStatus).unwrap().running);
    other.execute(&commands::Stop).unwrap();
    assert!(!one.execute(&commands::QueryStatus).unwrap().running);
    for client in [&mut one, &mut other] {
        wait_for(client, |_, event| {
            matches!(event, Event::Resume(_)).then_some(())
        });
        wait_for(client, |_, event| {
            matches!(event, Event::Stop(_)).then_some(())
        });
    }
}

#[test]
fn a_second_client_of_one_monitor_has_to_wait() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut first = machine.client(MONITOR);
    let options = Options {
        timeout: Some(std::time::Duration::from_millis(50)),
        ..Options::default()
    };
    let second = Client::over(machine.connect(MONITOR), options);
    assert!(matches!(second, Err(Error::TimedOut { .. })), "{second:?}");
    first.execute(&commands::QueryStatus).unwrap();
}

#[test]
fn refusals() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let error = client.execute(&commands::DeviceDel::new("nobody"));
    match error {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.class, ErrorClass::DeviceNotFound);
            assert!(refusal.desc.contains("nobody"), "{refusal}");
        }
        other => panic!("{other:?}"),
    }
    let arguments: Any = r#"{"path": "/machine", "nonsense": [1]}"#.parse().unwrap();
    for (name, arguments, class) in [
        ("no-such-command", None, ErrorClass::CommandNotFound),
        ("qom-list", Some(&arguments), ErrorClass::GenericError),
        ("qmp_capabilities", None, ErrorClass::CommandNotFound),
    ] {
        match client.execute_raw(name, arguments) {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.class, class, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(client.execute_raw("stop", None).unwrap().as_json(), "{}");
}

/// Executes a command by its name and answers what the server said, and what the bindings make of it.
#[track_caller]
pub(crate) fn there_and_back<C: Command<Return: Encode>>(client: &mut Client) -> (Any, Any) {
    let said = client.execute_raw(C::NAME, None).unwrap();
    let read: C::Return = said
        .to()
        .unwrap_or_else(|error| panic!("{}: {error}", C::NAME));
    (said, to_string(&read).parse().unwrap())
}

#[test]
fn what_is_read_is_written_the_same() {
    use both_ways::commands;
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let client = &mut machine.client(MONITOR);
    for (said, written) in [
        there_and_back::<commands::QueryVersion>(client),
        there_and_back::<commands::QueryStatus>(client),
        there_and_back::<commands::QueryQmpSchema>(client),
    ] {
        crate::introspection::check_written(&client.greeting().version, &said, &written);
    }
}
