//! `cargo xtask fuzz`

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::process::{Failure, cargo, output, run};
use crate::steps::{Outcome, Steps};
use crate::workspace::root;

/// Run every fuzz target for a while
#[derive(Args)]
pub(crate) struct Fuzz {
    /// How long each target runs
    #[arg(long, value_name = "SECS", default_value_t = 60)]
    seconds: u32,
}

impl Fuzz {
    pub(crate) fn run(self) -> ExitCode {
        let mut steps = Steps::default();
        if output(cargo().args(["fuzz", "--version"])).is_err() {
            steps.take("cargo-fuzz", || {
                Outcome::Failed("it is missing: cargo install cargo-fuzz".to_owned())
            });
            return steps.finish();
        }
        for folder in folders() {
            let targets = match output(&mut fuzz("list", &folder)) {
                Ok(targets) => targets,
                Err(failure) => {
                    steps.take(&folder.display().to_string(), || Outcome::Failed(failure));
                    continue;
                }
            };
            for target in targets.lines() {
                let title = format!("{target} of {}", folder.display());
                steps.take(&title, || self.fuzz(&folder, target));
            }
        }
        steps.finish()
    }

    fn fuzz(&self, folder: &Path, target: &str) -> Result<(), Failure> {
        let time = format!("-max_total_time={}", self.seconds);
        run(fuzz("run", folder).args([target, "--", &time]))
    }
}

/// `cargo fuzz SUBCOMMAND --fuzz-dir FOLDER`; the sanitizer that it asks for is an option of rustc's that is not stable.
fn fuzz(subcommand: &str, folder: &Path) -> Command {
    let mut fuzz = cargo();
    fuzz.args(["fuzz", subcommand, "--fuzz-dir"]).arg(folder);
    fuzz.env("RUSTC_BOOTSTRAP", "1");
    fuzz
}

/// The folders of fuzz targets.
fn folders() -> Vec<PathBuf> {
    let packages = ["qapi-codegen", "qapi-types", "qapi-client"];
    packages
        .iter()
        .map(|package| root().join(package).join("fuzz"))
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .collect()
}
