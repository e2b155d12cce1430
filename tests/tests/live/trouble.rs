//! Machines that hang, die, and go.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use qapi_client::Error;
use qapi_client::blocking::{Client, Options, Transport};
use qapi_tests::live::{MONITOR, machine};
use qapi_types::Command;
use qapi_types::qmp::{
    Event, commands,
    types::{RunState, ShutdownCause},
};

use crate::events::wait_for;

/// Time enough for nothing.
const SHORT: Duration = Duration::from_millis(20);

#[test]
fn a_session_outlives_a_machine_that_hangs() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    machine.freeze();
    for _ in 0..3 {
        let error = client
            .execute_with(&commands::QueryStatus, SHORT)
            .unwrap_err();
        assert!(matches!(&error, Error::TimedOut { .. }), "{error}");
        assert!(error.outcome_unknown());
    }
    machine.thaw();
    // The replies that nobody waits for any more come first.
    let name = client.execute(&commands::QueryName).unwrap().name;
    assert_eq!(name.as_deref(), Some("vm"));
    assert_eq!(
        client.execute(&commands::QueryStatus).unwrap().status,
        RunState::Prelaunch
    );
}

/// A connection whose server is killed as soon as it is sent a certain command.
struct Fatal<K> {
    stream: UnixStream,
    command: &'static str,
    kill: K,
}

impl<K> Read for Fatal<K> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl<K: Fn()> Write for Fatal<K> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.stream.write(bytes)?;
        if String::from_utf8_lossy(bytes).contains(self.command) {
            (self.kill)();
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<K: Fn() + Send> Transport for Fatal<K> {
    fn set_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.stream.set_timeout(timeout)
    }
}

#[test]
fn a_machine_that_is_killed_in_the_middle_of_a_call_is_lost() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let transport = Fatal {
        stream: machine.connect(MONITOR),
        command: commands::QueryName::NAME,
        kill: machine.killer(),
    };
    let mut client = Client::over(transport, Options::default()).unwrap();
    client.execute(&commands::QueryStatus).unwrap();
    // Frozen, it cannot answer before it is killed.
    machine.freeze();
    for sent in [true, false] {
        let error = client.execute(&commands::QueryName).unwrap_err();
        assert!(matches!(&error, Error::Lost { .. }), "{error}");
        assert_eq!(error.outcome_unknown(), sent);
    }
    let event = client.next_event::<Event>(None);
    assert!(matches!(event, Err(Error::Lost { .. })), "{event:?}");
}

#[test]
fn a_machine_that_quits_says_so() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    client.execute(&commands::Quit).unwrap();
    let shutdown = wait_for(&mut client, |_, event| match event {
        Event::Shutdown(shutdown) => Some(shutdown),
        _ => None,
    });
    assert_eq!(
        (shutdown.guest, shutdown.reason),
        (false, ShutdownCause::HostQmpQuit)
    );
    assert!(machine.wait().success());
    let gone = client.execute(&commands::QueryStatus);
    assert!(matches!(gone, Err(Error::Lost { .. })), "{gone:?}");
}
