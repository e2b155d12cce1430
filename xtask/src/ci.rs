//! `cargo xtask ci`

use std::process::{Command, ExitCode};

use clap::Args;

use crate::bindings::Bindings;
use crate::process::{Failure, cargo, run};
use crate::programs;
use crate::steps::{Outcome, Steps};

/// Run everything that CI runs
///
/// First installs what the live tests need, if it is missing and this is a Debian machine. All steps are
/// taken, also after one has failed. QEMU_SRC names a source tree of QEMU's, QEMU_SRC_OTHERS further ones (`:`
/// between them), QMP_RECORDINGS a folder of recorded exchanges; what lacks one of these is left out, and says
/// so.
#[derive(Args)]
pub(crate) struct Ci {}

/// Packages below `examples/`.
const EXAMPLES: [&str; 3] = ["build-script", "typed-query", "own-schema"];

impl Ci {
    pub(crate) fn run(self) -> ExitCode {
        let mut steps = Steps::default();
        steps.take("programs for the live tests", programs::provide);
        steps.take("packages for the browser", programs::provide_packages);
        steps.take("format", || run(cargo().args(["fmt", "--all", "--check"])));
        steps.take("clippy", clippy);
        steps.take("documentation", || {
            let all = ["doc", "--no-deps", "--workspace", "--all-features"];
            run(cargo().args(all).env("RUSTDOCFLAGS", "-Dwarnings"))
        });
        steps.take("tests", || run(&mut tests()));
        for example in EXAMPLES {
            steps.take(&format!("example {example}"), || {
                run(cargo().args(["run", "--quiet", "--package", example]))
            });
        }
        take_bindings(&mut steps);
        steps.finish()
    }
}

/// With the features that are off by default, and without them.
fn clippy() -> Result<(), Failure> {
    let all = ["clippy", "--workspace", "--all-targets"];
    run(cargo().args(all).args(["--", "-D", "warnings"]))?;
    run(cargo()
        .args(all)
        .args(["--all-features", "--", "-D", "warnings"]))
}

/// All tests, and where the programs for them are there, no excuse for a live test.
fn tests() -> Command {
    let mut command = cargo();
    command.args(["test", "--workspace", "--all-features", "--no-fail-fast"]);
    if programs::missing().is_empty() {
        command.env("QAPI_REQUIRE_LIVE", "1");
    }
    command
}

fn take_bindings(steps: &mut Steps) {
    let mut bindings = None;
    steps.take("bindings: generate", || match Bindings::generate() {
        Ok(generated) => {
            bindings = Some(generated);
            Outcome::Passed
        }
        Err(failure) => Outcome::Failed(failure),
    });
    if let Some(bindings) = bindings {
        steps.take("bindings: format", || bindings.format());
        steps.take("bindings: build", || bindings.build());
        steps.take("bindings: clippy", || bindings.clippy());
        steps.take("bindings: documentation", || bindings.doc());
    }
}
