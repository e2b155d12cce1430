//! The libraries with the oldest compilers that they say are enough.

use std::collections::BTreeMap;
use std::process::Command;

use crate::process::{Failure, find, output, run};
use crate::steps::Outcome;
use crate::workspace::{metadata, root};

/// Checks libraries with all their features and with none. A compiler that is missing is installed, where rustup can.
pub(crate) fn check(libraries: &[&str]) -> Outcome {
    let versions = match versions(libraries) {
        Ok(versions) => versions,
        Err(failure) => return Outcome::Failed(failure),
    };
    for (version, libraries) in versions {
        if let Err(reason) = provide(&version) {
            return Outcome::LeftOut(format!("the libraries with Rust {version} ({reason})"));
        }
        for features in ["--all-features", "--no-default-features"] {
            // Cargo keeps apart what different compilers make; so they may share the target folder.
            let mut check = Command::new("rustup");
            check.args(["run", &version, "cargo", "check", features]);
            for library in &libraries {
                check.args(["--package", library]);
            }
            if let Err(failure) = run(check.current_dir(root())) {
                return Outcome::Failed(failure);
            }
        }
    }
    Outcome::Passed
}

/// The oldest compilers, and the libraries whose manifests name them.
fn versions<'a>(libraries: &[&'a str]) -> Result<BTreeMap<String, Vec<&'a str>>, Failure> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array();
    let mut versions: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for library in libraries {
        let package = packages
            .and_then(|packages| packages.iter().find(|package| package["name"] == *library));
        let version = package.and_then(|package| package["rust_version"].as_str());
        let version = version.ok_or(format!("{library} has no `rust-version`"))?;
        versions
            .entry(version.to_owned())
            .or_default()
            .push(library);
    }
    Ok(versions)
}

/// Sees to it that a compiler is installed.
fn provide(version: &str) -> Result<(), Failure> {
    if find("rustup").is_none() {
        return Err("rustup is not installed".to_owned());
    }
    let rustc = ["run", version, "rustc", "--version"];
    if output(Command::new("rustup").args(rustc)).is_ok() {
        return Ok(());
    }
    let install = ["toolchain", "install", version, "--profile", "minimal"];
    run(Command::new("rustup").args(install))
}
