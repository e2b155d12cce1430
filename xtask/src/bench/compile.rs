//! What it costs to compile bindings: `cargo check` of one crate without incremental compilation, all that it needs being
//! there.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::table::Row;
use super::{generator, median};
use crate::bindings::Bindings;
use crate::measure::{self, Cost};
use crate::process::{Failure, cargo, output};
use crate::workspace::{root, target};

/// What a client of twenty commands and five events may need.
const SUBSET: [&str; 25] = [
    "query-status",
    "query-block",
    "query-named-block-nodes",
    "query-cpus-fast",
    "query-migrate",
    "query-version",
    "query-jobs",
    "stop",
    "cont",
    "quit",
    "system_powerdown",
    "device_add",
    "device_del",
    "blockdev-add",
    "blockdev-del",
    "blockdev-mirror",
    "job-dismiss",
    "object-add",
    "object-del",
    "netdev_add",
    "SHUTDOWN",
    "RESET",
    "DEVICE_DELETED",
    "JOB_STATUS_CHANGE",
    "BLOCK_JOB_COMPLETED",
];

/// Of the branches that these commands take, those that such a client may send.
const BRANCHES: [&str; 13] = [
    "BlockdevOptions/file",
    "BlockdevOptions/host_device",
    "BlockdevOptions/nbd",
    "BlockdevOptions/qcow2",
    "BlockdevOptions/raw",
    "ImageInfoSpecific/qcow2",
    "Netdev/tap",
    "Netdev/user",
    "Netdev/vhost-user",
    "ObjectOptions/iothread",
    "ObjectOptions/memory-backend-*",
    "ObjectOptions/secret",
    "ObjectOptions/tls-creds-x509",
];

pub(super) fn measure(runs: u32) -> Result<Vec<Row>, Failure> {
    let (name, schema) = generator::schema();
    let mut bindings = Bindings::empty("bench")?;
    bindings.add("whole", &schema, &[])?;
    let options = SUBSET.iter().chain(&BRANCHES);
    let options: Vec<String> = options.map(|name| format!("--select={name}")).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    bindings.add("subset", &schema, &options[..SUBSET.len()])?;
    bindings.add("chosen", &schema, &options)?;
    bindings.close()?;
    let ours = |package: &str| {
        let mut check = bindings.cargo();
        check.args(["check", "--quiet", "--package", package]);
        check
    };
    let peer = || {
        let mut check = cargo();
        check.args(["check", "--quiet", "--package", "qapi-qmp"]);
        check.current_dir(root().join("benches"));
        check
    };
    let peers_target = target()?.join("benches");
    let ours_target = bindings.target();
    let [mut whole, mut subset, mut chosen, mut theirs] = [const { Vec::new() }; 4];
    for _ in 0..runs {
        whole.push(alone(ours("whole"), &ours_target, "whole")?);
        theirs.push(alone(peer(), &peers_target, "qapi_qmp")?);
        subset.push(alone(ours("subset"), &ours_target, "subset")?);
        chosen.push(alone(ours("chosen"), &ours_target, "chosen")?);
    }
    let cpu = |costs: &[Cost]| median(costs.iter().map(|cost| cost.cpu_seconds).collect());
    let memory = |costs: &[Cost]| median(costs.iter().map(|cost| cost.peak_megabytes).collect());
    let lines = lines(&bindings.package("whole").join("src/rust"))?;
    Ok(vec![
        Row::new(
            format!("lines of the bindings of {name}"),
            "lines",
            lines as f64,
        ),
        Row::new("cargo check of the bindings alone", "s CPU", cpu(&whole))
            .beside("qapi-qmp 0.15", cpu(&theirs)),
        Row::new("the same, peak memory", "MB", memory(&whole))
            .beside("qapi-qmp 0.15", memory(&theirs)),
        Row::new(
            "cargo check of 20 commands and 5 events",
            "s CPU",
            cpu(&subset),
        )
        .beside("qapi-qmp 0.15", cpu(&theirs)),
        Row::new("the same, branches chosen", "s CPU", cpu(&chosen))
            .beside("qapi-qmp 0.15", cpu(&theirs)),
    ])
}

/// What a command costs that has nothing but one crate to compile.
fn alone(mut command: Command, target: &Path, package: &str) -> Result<Cost, Failure> {
    command
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", target);
    output(&mut command)?;
    forget(&target.join("debug/.fingerprint"), package)?;
    measure::cost(&command)
}

/// Makes cargo forget that it has compiled the library of a package.
fn forget(fingerprints: &Path, package: &str) -> Result<(), Failure> {
    let failure = |error: std::io::Error| format!("{}: {error}", fingerprints.display());
    let library = format!("lib-{package}");
    for entry in fs::read_dir(fingerprints).map_err(failure)? {
        let folder = entry.map_err(failure)?.path();
        if folder.join(&library).exists() {
            fs::remove_dir_all(&folder).map_err(failure)?;
        }
    }
    Ok(())
}

/// The lines of all files below a folder.
fn lines(folder: &Path) -> Result<usize, Failure> {
    let failure = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut count = 0;
    for entry in fs::read_dir(folder).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        count += match path.is_dir() {
            true => lines(&path)?,
            false => fs::read_to_string(&path).map_err(failure)?.lines().count(),
        };
    }
    Ok(count)
}
