//! Python's client for QMP, which the tests let talk to our server.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{Failure, find, run};
use crate::steps::Outcome;
use crate::workspace::target;

/// The package, in the version that the tests know.
const PACKAGE: &str = "qemu.qmp==0.0.6";

/// Where it is installed, below the target folder; `tests/tests/server/foreign.rs` looks for it there.
const FOLDER: &str = "python";

/// Installs it, unless it is there.
pub(crate) fn provide() -> Outcome {
    let folder = match target() {
        Ok(target) => target.join(FOLDER),
        Err(failure) => return Outcome::Failed(failure),
    };
    if folder.join("bin/qmp-shell").is_file() {
        return Outcome::Passed;
    }
    let Some(python) = find("python3") else {
        return left_out("there is no python3");
    };
    let install = || -> Result<(), Failure> {
        run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", PACKAGE]))
    };
    match install() {
        Ok(()) => Outcome::Passed,
        Err(failure) => left_out(&failure),
    }
}

/// The interpreter that has it, if it is installed.
pub(crate) fn interpreter() -> Result<Option<PathBuf>, Failure> {
    let path = target()?.join(FOLDER).join("bin/python");
    Ok(path.is_file().then_some(path))
}

fn left_out(reason: &str) -> Outcome {
    Outcome::LeftOut(format!("Python's client against our server ({reason})"))
}
