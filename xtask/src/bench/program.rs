//! The benches that are programs of their own, in the workspace `benches`: each prints a JSON object a line.

use serde_json::Value;

use crate::process::{Failure, cargo, output};
use crate::workspace::{root, target};

/// Runs one, and answers what it has printed.
pub(super) fn lines(package: &str, arguments: &[&str]) -> Result<Vec<Value>, Failure> {
    let mut bench = cargo();
    bench
        .args(["run", "--quiet", "--release", "--package", package, "--"])
        .args(arguments)
        .current_dir(root().join("benches"))
        .env("CARGO_TARGET_DIR", target()?.join("benches"));
    let text = output(&mut bench)?;
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{line}: {error}")))
        .collect()
}
