//! `cargo xtask ci`

use std::process::{Command, ExitCode};

use clap::Args;

use crate::bindings::Bindings;
use crate::oldest;
use crate::process::{Failure, cargo, run};
use crate::programs;
use crate::python;
use crate::steps::{Outcome, Steps};

/// Run everything that CI runs
///
/// First installs what the live tests need, if it is missing and this is a Debian machine, and Python's client
/// below the target folder; rustup is asked for the oldest compiler that the libraries name. All steps are taken, also after one has failed. QEMU_SRC names a source tree of QEMU's, QEMU_SRC_OTHERS further ones (`:`
/// between them), QMP_RECORDINGS a folder of recorded exchanges; what lacks one of these is left out, and says
/// so.
#[derive(Args)]
pub(crate) struct Ci {}

/// What other crates build upon.
const LIBRARIES: [&str; 3] = ["qapi-codegen", "qapi-types", "qapi-client"];

/// Features of `qapi-types` that stand for all its parts: the least of the machine protocol, and the most.
const SUBJECTS: [&str; 2] = ["qmp-core", "qmp-block"];

/// Packages below `examples/`.
const EXAMPLES: [&str; 4] = ["build-script", "typed-query", "own-schema", "server"];

impl Ci {
    pub(crate) fn run(self) -> ExitCode {
        let mut steps = Steps::default();
        steps.take("programs for the live tests", programs::provide);
        steps.take("a client of others", python::provide);
        steps.take("packages for the browser", programs::provide_packages);
        steps.take("format", || run(cargo().args(["fmt", "--all", "--check"])));
        steps.take("clippy", clippy);
        steps.take("oldest compiler", || oldest::check(&LIBRARIES));
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

/// The libraries by themselves, as whoever wants no feature has them; then everything with all features.
fn clippy() -> Result<(), Failure> {
    let strict = ["--", "-D", "warnings"];
    for library in LIBRARIES {
        let bare = ["clippy", "--package", library, "--all-targets"];
        run(cargo().args(bare).arg("--no-default-features").args(strict))?;
    }
    for subject in SUBJECTS {
        let part = ["clippy", "--package", "qapi-types", "--features", subject];
        run(cargo().args(part).args(strict))?;
    }
    let all = ["clippy", "--workspace", "--all-targets", "--all-features"];
    run(cargo().args(all).args(strict))
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
