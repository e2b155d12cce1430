//! `cargo xtask live`

use std::process::ExitCode;

use clap::Args;

use crate::process::{cargo, run};
use crate::programs;
use crate::steps::Steps;
use crate::workspace::root;

/// Run the live tests alone, after installing what they need, if it is missing and this is a Debian machine
#[derive(Args)]
pub(crate) struct Live {}

impl Live {
    pub(crate) fn run(self) -> ExitCode {
        let mut steps = Steps::default();
        steps.take("programs for the live tests", programs::provide);
        steps.take("live tests", || {
            let mut test = cargo();
            test.args([
                "test",
                "--package",
                "qapi-tests",
                "--package",
                "qapi-cli",
                "--test",
                "live*",
                "--test",
                "server",
                "--no-fail-fast",
            ]);
            if programs::missing().is_empty() {
                test.env("QAPI_REQUIRE_LIVE", "1");
            }
            run(test.current_dir(root()))
        });
        steps.finish()
    }
}
