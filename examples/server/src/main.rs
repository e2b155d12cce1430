//! A small virtual machine monitor that speaks QMP, though there is no machine in it.
//!
//! `server SOCKET` serves whoever connects, `qmp --socket SOCKET call query-status` for one, until a client says `quit`.
//! Without an argument the program is its own client.

use std::error::Error;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_client::server::{Monitors, Options, Server};
use qapi_types::{Any, Refusal, UnknownEvent, Version};

mod vmm {
    include!(concat!(env!("OUT_DIR"), "/vmm.rs"));
}

use vmm::types::Status;
use vmm::{commands, events};

/// What the monitor and the processors' threads would share.
struct Machine {
    status: Mutex<Status>,
    monitors: Monitors,
    end: Mutex<Sender<()>>,
}

/// Whoever holds a lock here does nothing that can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl vmm::Commands for Machine {
    fn query_status(&self) -> Result<Status, Refusal> {
        Ok(lock(&self.status).clone())
    }

    fn stop(&self) -> Result<(), Refusal> {
        lock(&self.status).running = false;
        self.monitors.report(&events::Stop);
        Ok(())
    }

    fn cont(&self) -> Result<(), Refusal> {
        lock(&self.status).running = true;
        self.monitors.report(&events::Resume);
        Ok(())
    }

    fn disk_resize(&self, arguments: commands::DiskResize) -> Result<(), Refusal> {
        let mut status = lock(&self.status);
        if arguments.size < status.disk_size && arguments.shrink != Some(true) {
            return Err(Refusal::generic("the disk is not to become smaller"));
        }
        status.disk_size = arguments.size;
        Ok(())
    }

    fn quit(&self) -> Result<(), Refusal> {
        self.monitors.report(&events::Shutdown::new(false));
        // The program may be ending already.
        let _ = lock(&self.end).send(());
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args_os().nth(1) {
        Some(socket) => serve(socket.as_ref(), || Ok(())),
        None => {
            let folder = tempfile::tempdir()?;
            let socket = folder.path().join("qmp.sock");
            serve(&socket, || talk(&socket))
        }
    }
}

/// Serves a machine until a client ends it; `meanwhile` is done as soon as clients can connect.
fn serve(
    socket: &Path,
    meanwhile: impl FnOnce() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let monitors = Monitors::new(Options {
        version: Version {
            minor: 1,
            ..Version::default()
        },
        ..Options::default()
    });
    let (end, ended) = channel();
    let machine = Machine {
        status: Mutex::new(Status::new(true, 1 << 30)),
        monitors: monitors.clone(),
        end: Mutex::new(end),
    };
    let server = Server::new(vmm::Service(machine), monitors.clone());
    let listener = UnixListener::bind(socket)?;
    let serving = thread::spawn(move || server.serve_unix(listener));
    let done = meanwhile();
    if done.is_ok() {
        ended.recv()?;
    }
    // The reply to `quit` is on its way, and whoever reads it shall have it.
    monitors.close(Duration::from_secs(1));
    serving.join().expect("the server does not panic")?;
    done
}

/// What a client may do.
fn talk(socket: &Path) -> Result<(), Box<dyn Error>> {
    let mut client = Client::connect_unix(socket)?;
    println!("version {}", client.greeting().version);
    let size: Any = r#"{"size": 1000}"#.parse()?;
    for (command, arguments) in [
        ("query-status", None),
        ("stop", None),
        ("disk-resize", Some(&size)),
        ("cpu-hotplug", None),
        ("quit", None),
    ] {
        match client.execute_raw(command, arguments) {
            Ok(value) => println!("{command}: {value}"),
            Err(error) => println!("{command}: {error}"),
        }
    }
    for expected in ["STOP", "SHUTDOWN"] {
        let event = client.next_event::<UnknownEvent>(None)?;
        let name = event.map(|event| event.event.name);
        println!("event {}", name.as_deref().unwrap_or("none"));
        assert_eq!(name.as_deref(), Some(expected));
    }
    Ok(())
}
