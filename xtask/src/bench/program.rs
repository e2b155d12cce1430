//! The benches that are programs of their own, in the workspace `benches`: each prints a JSON object a line.

use std::path::Path;

use serde_json::Value;

use crate::process::{Failure, cargo, output};
use crate::workspace::{root, target};

/// Runs one, built with a profile, with variables of the environment, those that have a value, and answers what it has
/// printed.
pub(super) fn lines(
    package: &str,
    profile: &str,
    arguments: &[&str],
    variables: &[(&str, Option<&Path>)],
) -> Result<Vec<Value>, Failure> {
    let mut bench = cargo();
    for (name, value) in variables {
        if let Some(value) = value {
            bench.env(name, value);
        }
    }
    bench
        .args(["run", "--quiet", "--profile", profile])
        .args(["--package", package, "--"])
        .args(arguments)
        .current_dir(root().join("benches"))
        .env("CARGO_TARGET_DIR", target()?.join("benches"));
    let text = output(&mut bench)?;
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{line}: {error}")))
        .collect()
}
