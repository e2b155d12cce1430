//! `qapi completions` and `qapi man`: from the same definition as the command line itself.

use std::path::PathBuf;

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

/// Print the manual page, for `man -l -`, or write the pages of all subcommands to a folder
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder to write `qapi.1`, `qapi-check.1` and so on to
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Outcome {
        if let Some(folder) = self.out {
            let written = std::fs::create_dir_all(&folder)
                .and_then(|()| clap_mangen::generate_to(Arguments::command(), &folder));
            return match written {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::Unusable(format!("{}: {error}", folder.display())),
            };
        }
        let mut page = Vec::new();
        match clap_mangen::Man::new(Arguments::command()).render(&mut page) {
            Ok(()) => print(&String::from_utf8_lossy(&page)),
            Err(error) => Outcome::Unusable(format!("the manual page: {error}")),
        }
    }
}
