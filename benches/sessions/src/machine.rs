//! A live machine that stands still.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::Result;
use crate::process::Process;

/// The name of its monitor, in its folder.
const MONITOR: &str = "qmp";

/// A machine with a monitor.
pub(crate) struct Machine {
    process: Process,
    folder: TempDir,
}

impl Machine {
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new("qemu-system-x86_64");
        command.args("-machine pc -accel tcg -display none -nodefaults -S".split(' '));
        command.args(["-qmp", &format!("unix:{MONITOR},server=on,wait=off")]);
        let command = command.current_dir(folder.path()).stdin(Stdio::null());
        let process = Process(command.spawn()?);
        let mut machine = Self { process, folder };
        while !machine.monitor().exists() {
            if machine.process.0.try_wait()?.is_some() {
                return Err("the machine does not open its monitor".into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(machine)
    }

    pub(crate) fn monitor(&self) -> PathBuf {
        self.folder.path().join(MONITOR)
    }
}
