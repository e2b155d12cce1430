//! The time to check a schema and to generate its bindings: the wall time of whole commands.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use super::median;
use super::table::Row;
use crate::process::{Failure, cargo, output};
use crate::workspace::{OWN_SCHEMAS, QEMUS_SCHEMAS, root, target, trees};

pub(super) fn measure(runs: u32) -> Result<Vec<Row>, Failure> {
    let (name, schema) = schema();
    let mut rows = Vec::new();
    for (profile, title) in [("release", ""), ("dev", ", unoptimised")] {
        let build = ["build", "--quiet", "--package", "qapi-cli", "--profile"];
        output(cargo().args(build).arg(profile).current_dir(root()))?;
        let folder = if profile == "dev" { "debug" } else { profile };
        let qapi = target()?.join(folder).join("qapi");
        let out = target()?.join("bench-generated");
        let mut check = Command::new(&qapi);
        check.arg("check").arg(&schema);
        let check = time(&mut check, runs, || {})?;
        let mut generate = Command::new(&qapi);
        generate.args(["generate", "--only", "rust", "--out"]);
        generate.arg(&out).arg(&schema);
        let generate = time(&mut generate, runs, || {
            // What is there already would not be written again.
            let _ = fs::remove_dir_all(&out);
        })?;
        rows.push(Row::new(format!("check {name}{title}"), "ms", check));
        rows.push(Row::new(
            format!("check {name} and generate its bindings{title}"),
            "ms",
            generate,
        ));
    }
    Ok(rows)
}

/// The schema of the machine protocol that is measured: QEMU's own, where there is a source tree.
pub(super) fn schema() -> (String, PathBuf) {
    match trees().into_iter().next() {
        Some(tree) => (tree.name, tree.path.join(QEMUS_SCHEMAS[0].1)),
        None => ("schema/qmp".to_owned(), root().join(OWN_SCHEMAS[0].1)),
    }
}

/// The median of the wall times of a command, in milliseconds.
fn time(command: &mut Command, runs: u32, before: impl Fn()) -> Result<f64, Failure> {
    let mut times = Vec::new();
    // It takes milliseconds, so that many more runs cost nothing.
    for _ in 0..runs * 5 {
        before();
        let begun = Instant::now();
        output(command)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(times))
}
