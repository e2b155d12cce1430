//! The machine.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use qapi_client::server::{Monitors, Options, Server};
use qapi_types::{Refusal, Version};
use tempfile::TempDir;

/// Bindings for a server of what `build.rs` names.
#[allow(
    missing_docs,
    unreachable_pub,
    reason = "generated for the tests alone"
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/server/qapi-schema.rs"));
}

use bindings::types::{BlockStats, CommandInfo, NameInfo, RunState, ShutdownCause, StatusInfo};
use bindings::{Commands, Service, commands, events};

/// Far longer than anything takes that is well.
const PATIENCE: Duration = Duration::from_secs(60);

struct Machine {
    running: Mutex<bool>,
    monitors: Monitors,
    quit: Mutex<Sender<()>>,
}

impl Commands for Machine {
    fn query_status(&self) -> Result<StatusInfo, Refusal> {
        let running = *self.running.lock().unwrap();
        let state = match running {
            true => RunState::Running,
            false => RunState::Prelaunch,
        };
        Ok(StatusInfo::new(running, state))
    }

    fn query_name(&self) -> Result<NameInfo, Refusal> {
        Ok(NameInfo::new().name("w\u{e4}chter"))
    }

    fn query_commands(&self) -> Result<Vec<CommandInfo>, Refusal> {
        let names = ["cont", "query-status", "stop"];
        Ok(names.map(CommandInfo::new).into())
    }

    fn query_blockstats(&self, _: commands::QueryBlockstats) -> Result<Vec<BlockStats>, Refusal> {
        Ok(Vec::new())
    }

    fn cont(&self) -> Result<(), Refusal> {
        *self.running.lock().unwrap() = true;
        self.monitors.report(&events::Resume);
        Ok(())
    }

    fn stop(&self) -> Result<(), Refusal> {
        *self.running.lock().unwrap() = false;
        self.monitors.report(&events::Stop);
        Ok(())
    }

    fn quit(&self) -> Result<(), Refusal> {
        let cause = ShutdownCause::HostQmpQuit;
        self.monitors.report(&events::Shutdown::new(false, cause));
        // Who does not wait for it any more is not there.
        let _ = self.quit.lock().unwrap().send(());
        Ok(())
    }

    fn migrate_pause(&self) -> Result<(), Refusal> {
        Err(Refusal::generic("nothing is being migrated"))
    }

    fn x_exit_preconfig(&self) -> Result<(), Refusal> {
        self.monitors.set_preconfig(false);
        Ok(())
    }

    // The others are there for their arguments.

    fn block_resize(&self, _: commands::BlockResize) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn blockdev_add(&self, _: commands::BlockdevAdd) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn device_add(&self, _: commands::DeviceAdd) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn migrate_set_capabilities(&self, _: commands::MigrateSetCapabilities) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn set_link(&self, _: commands::SetLink) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn set_numa_node(&self, _: commands::SetNumaNode) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn transaction(&self, _: commands::Transaction) -> Result<(), Refusal> {
        Err(nothing())
    }
}

fn nothing() -> Refusal {
    Refusal::generic("this machine has no devices")
}

/// The machine, while it runs. It goes when it is dropped.
pub(crate) struct Vm {
    folder: TempDir,
    monitors: Monitors,
    quit: Receiver<()>,
    serving: Option<thread::JoinHandle<std::io::Result<()>>>,
}

impl Vm {
    pub(crate) fn start() -> Self {
        Self::start_with(false)
    }

    pub(crate) fn start_with(preconfig: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("qmp")).unwrap();
        let monitors = Monitors::new(Options {
            version: Version {
                major: 10,
                minor: 2,
                micro: 1,
                package: "of the tests".to_owned(),
            },
            ..Options::default()
        });
        monitors.set_preconfig(preconfig);
        let (sender, quit) = channel();
        let machine = Machine {
            running: Mutex::new(false),
            monitors: monitors.clone(),
            quit: Mutex::new(sender),
        };
        let server = Server::new(Service(machine), monitors.clone());
        let serving = thread::spawn(move || server.serve_unix(listener));
        Self {
            folder,
            monitors,
            quit,
            serving: Some(serving),
        }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("qmp")
    }

    /// Waits until a client ends it, and goes.
    pub(crate) fn wait(self) {
        self.quit.recv().unwrap();
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.monitors.close(PATIENCE);
        if let Some(serving) = self.serving.take()
            && !thread::panicking()
        {
            serving.join().unwrap().unwrap();
        }
    }
}
