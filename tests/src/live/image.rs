//! Disk images.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Program;

/// The tool for disk images.
#[derive(Clone, Debug)]
pub struct Image {
    program: PathBuf,
}

impl Image {
    /// The tool; `None` if it is not installed.
    #[track_caller]
    pub fn tool() -> Option<Self> {
        let program = Program::Image.need()?;
        Some(Self { program })
    }

    /// Runs it in `folder` and answers what it has printed.
    ///
    /// # Panics
    /// It fails.
    #[track_caller]
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.output(folder, arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "qemu-img {arguments:?}: {error}");
        String::from_utf8(output.stdout).expect("it prints text")
    }

    fn output(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(folder);
        command.output().expect("qemu-img can be started")
    }
}
