//! `qapi completions` and `qapi man`: from the same definition as the command line itself.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Outcome, print};

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "qapi", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}

/// Print the manual page, for `man -l -`
#[derive(Debug, Args)]
pub(crate) struct Man {}

impl Man {
    pub(crate) fn run(self) -> Outcome {
        let mut page = Vec::new();
        match clap_mangen::Man::new(Arguments::command()).render(&mut page) {
            Ok(()) => print(&String::from_utf8_lossy(&page)),
            Err(error) => Outcome::Unusable(format!("the manual page: {error}")),
        }
    }
}
