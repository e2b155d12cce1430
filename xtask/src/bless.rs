//! `cargo xtask bless`

use std::process::ExitCode;

use clap::Args;

use crate::process::{cargo, run};
use crate::steps::Steps;
use crate::workspace::root;

/// Rewrite the golden files after a change of the output; look at the difference before you commit it
#[derive(Args)]
pub(crate) struct Bless {}

/// The tests that rewrite what they expect when `BLESS` is set: package, test target.
const BLESSED: [(&str, &str); 3] = [
    ("qapi-tests", "golden"),
    ("qapi-tests", "reference_text"),
    ("qapi-codegen", "rendering"),
];

impl Bless {
    pub(crate) fn run(self) -> ExitCode {
        let mut steps = Steps::default();
        for (package, target) in BLESSED {
            steps.take(&format!("golden files of {package}"), || {
                let mut test = cargo();
                test.args(["test", "--quiet", "--package", package, "--test", target]);
                test.arg("--all-features");
                run(test.env("BLESS", "1").current_dir(root()))
            });
        }
        steps.finish()
    }
}
