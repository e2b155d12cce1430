//! A fake machine's monitor, shared at a socket.
#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_client::core::End;
use qapi_client::mux::Parting;
use qapi_client::server::fake::{Act, Fake, FakeMachine};
use qapi_client::tokio::{Mux, MuxOptions};
use qapi_client::{Error, Policy};
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream as AsyncStream};
use tokio::runtime::Runtime;

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A fake machine that is shared.
struct Shared {
    machine: Fake,
    mux: Mux,
    /// How clients have gone.
    parted: Receiver<Parting>,
    folder: TempDir,
    runtime: Runtime,
}

impl Shared {
    fn of(machine: FakeMachine, options: MuxOptions) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (stream, machine) = machine.start().unwrap();
        let (sender, parted) = channel();
        let path = folder.path().join("mux");
        let mux = runtime.block_on(async {
            stream.set_nonblocking(true).unwrap();
            let stream = AsyncStream::from_std(stream).unwrap();
            let mux = Mux::over(stream, options).await.unwrap();
            let listener = UnixListener::bind(path).unwrap();
            let serving = mux.clone();
            tokio::spawn(async move {
                let told = move |parting| {
                    let _ = sender.send(parting);
                };
                let served = serving.serve_unix(listener, Policy::everything(), told);
                served.await.unwrap();
            });
            mux
        });
        Self {
            machine,
            mux,
            parted,
            folder,
            runtime,
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("mux")
    }

    fn client(&self) -> Client {
        connect(self.path())
    }

    /// A client that has negotiated, and what it is told after that.
    fn raw(&self) -> UnixStream {
        let mut stream = UnixStream::connect(self.path()).unwrap();
        stream
            .write_all(b"{'execute': 'qmp_capabilities'}")
            .unwrap();
        let mut told = Vec::new();
        while !told.ends_with(b"{\"return\": {}}\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            told.push(byte[0]);
        }
        stream
    }
}

fn connect(path: PathBuf) -> Client {
    Client::connect_unix(path).unwrap()
}

#[test]
fn the_death_of_the_machine_is_everybodys() {
    let machine = FakeMachine::new().on("die", Act::Die);
    let shared = Shared::of(machine, MuxOptions::default());
    let mut idle = shared.raw();
    thread::scope(|scope| {
        let path = shared.path();
        let waiting = scope.spawn(|| connect(path).execute_raw("wait", None));
        assert_eq!(shared.machine.asked().unwrap().name(), Some("wait"));
        let killing = shared.client().execute_raw("die", None);
        for outcome in [waiting.join().unwrap(), killing] {
            assert!(
                matches!(outcome, Err(Error::Lost { sent: true, .. })),
                "{outcome:?}"
            );
        }
    });
    let mut rest = String::new();
    idle.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(matches!(
        shared.runtime.block_on(shared.mux.ended()),
        End::Closed
    ));
    // Nobody is let in any more.
    assert_eq!(
        shared.parted.iter().collect::<Vec<_>>(),
        [Parting::Closed; 3]
    );
    assert!(UnixStream::connect(shared.path()).is_err());
}

#[test]
fn who_does_not_read_is_cut_off_and_nobody_else_notices() {
    let options = MuxOptions {
        client: qapi_client::server::Limits {
            unsent: 1 << 20,
            ..MuxOptions::default().client
        },
        ..MuxOptions::default()
    };
    let shared = Shared::of(FakeMachine::new(), options);
    let mut slow = shared.raw();
    let mut other = shared.client();
    let data = format!(r#"{{"a": "{}"}}"#, "a".repeat(1 << 18));
    let mut events = 0;
    // More than what may wait and what the socket holds.
    while events < 40 {
        shared.machine.say(Act::event("A", &data));
        let event = other.next_raw_event(Some(PATIENCE)).unwrap().unwrap();
        assert_eq!(event.data.json().len(), data.len());
        events += 1;
    }
    assert_eq!(shared.parted.recv(), Ok(Parting::CutOff));
    let mut told = Vec::new();
    slow.read_to_end(&mut told).unwrap();
    assert!(told.len() < 20 << 18, "{}", told.len());
}

/// Whoever has gone for good is not waited for, however long the machine takes.
#[test]
fn clients_that_go() {
    let shared = Shared::of(FakeMachine::new(), MuxOptions::default());
    let mut gone = shared.raw();
    gone.write_all(br#"{"execute": "wait", "id": 1}"#).unwrap();
    let first = shared.machine.asked().unwrap();
    drop(gone);
    assert_eq!(shared.parted.recv(), Ok(Parting::Finished));

    // One that only says no more is told what it has asked.
    let mut half = shared.raw();
    half.write_all(br#"{"execute": "wait", "id": 2}"#).unwrap();
    half.shutdown(std::net::Shutdown::Write).unwrap();
    let second = shared.machine.asked().unwrap();
    shared.machine.act(&first, Act::returns("1"));
    shared.machine.act(&second, Act::returns("2"));
    let mut told = String::new();
    half.read_to_string(&mut told).unwrap();
    assert_eq!(told, "{\"return\":2,\"id\":2}\r\n");
    assert_eq!(shared.parted.recv(), Ok(Parting::Finished));
}

#[test]
fn what_is_with_the_machine_is_answered_before_the_end() {
    for patience in [PATIENCE, Duration::ZERO] {
        let shared = Shared::of(FakeMachine::new(), MuxOptions::default());
        let mut client = shared.raw();
        client
            .write_all(br#"{"execute": "wait", "id": 1}"#)
            .unwrap();
        let request = shared.machine.asked().unwrap();
        let mut told = String::new();
        thread::scope(|scope| {
            let closing = scope.spawn(|| shared.runtime.block_on(shared.mux.close(patience)));
            if patience.is_zero() {
                closing.join().unwrap();
            } else {
                // It may be before or after the end has been begun.
                shared.machine.act(&request, Act::returns("1"));
            }
            client.read_to_string(&mut told).unwrap();
        });
        let expected = match patience.is_zero() {
            true => "",
            false => "{\"return\":1,\"id\":1}\r\n",
        };
        assert_eq!(told, expected);
        assert_eq!(shared.parted.recv(), Ok(Parting::Closed));
        assert!(matches!(
            shared.runtime.block_on(shared.mux.ended()),
            End::Closed
        ));
        // The monitor is free: the machine hears the end.
        assert!(shared.machine.asked().is_none());
    }
}

#[test]
fn a_listener_lets_in_so_many() {
    let options = MuxOptions {
        clients: 1,
        ..MuxOptions::default()
    };
    let shared = Shared::of(FakeMachine::new(), options);
    let first = shared.raw();
    thread::scope(|scope| {
        let path = shared.path();
        let waiting = scope.spawn(|| connect(path).execute_raw("x", None));
        drop(first);
        let request = shared.machine.asked().unwrap();
        shared.machine.act(&request, Act::returns("5"));
        assert_eq!(waiting.join().unwrap().unwrap().as_json(), "5");
    });
}

/// A client of ours and one of the multiplexer's at the same runtime: it ends, and they learn of it.
#[test]
fn the_end_of_the_runtime_is_an_end() {
    let shared = Shared::of(FakeMachine::new(), MuxOptions::default());
    let mut client = shared.raw();
    drop(shared.runtime);
    let mut rest = String::new();
    client.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(shared.machine.asked().is_none());
}

#[test]
fn machines_that_are_none() {
    for (machine, expected) in [
        (
            FakeMachine::new().not_on("qmp_capabilities"),
            "the reply to qmp_capabilities",
        ),
        (
            FakeMachine::new().without_greeting(),
            "the server's greeting",
        ),
        (FakeMachine::new().greeting("nonsense"), "this is not QMP"),
    ] {
        let runtime = Runtime::new().unwrap();
        let (stream, _machine) = machine.start().unwrap();
        let error = runtime.block_on(async {
            stream.set_nonblocking(true).unwrap();
            let options = MuxOptions {
                timeout: Some(Duration::from_millis(50)),
                ..MuxOptions::default()
            };
            Mux::over(AsyncStream::from_std(stream).unwrap(), options).await
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let nowhere = "/nowhere".parse().unwrap();
    let connecting = Mux::connect(&nowhere, MuxOptions::default());
    let error = Runtime::new().unwrap().block_on(connecting).unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");
}
