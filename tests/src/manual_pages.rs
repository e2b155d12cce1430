//! The programs that people read manual pages with, and what they say of a page.

use std::path::Path;
use std::process::{Command, Output};

/// A program that shows manual pages, and finds fault with them if it is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The BSDs' own.
    Mandoc,
    /// What formats the pages for the next.
    Groff,
    /// The usual one of Linux.
    Man,
}

impl Reader {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mandoc, Self::Groff, Self::Man];

    fn name(self) -> &'static str {
        match self {
            Self::Mandoc => "mandoc",
            Self::Groff => "groff",
            Self::Man => "man",
        }
    }

    /// Itself, if it is installed. If not, that is said.
    pub fn find(self) -> Option<Self> {
        let name = self.name();
        let search = std::env::var_os("PATH").unwrap_or_default();
        let mut folders = std::env::split_paths(&search);
        if folders.any(|folder| folder.join(name).is_file()) {
            return Some(self);
        }
        eprintln!("left out: what {name} says of manual pages (it is not installed)");
        None
    }

    /// What it shows of the page, 80 columns wide, and what it says of it: a line for each fault. Of [`Mandoc`](Self::Mandoc) the
    /// latter only.
    ///
    /// # Panics
    /// It does not run.
    pub fn read(self, page: &Path) -> (String, Vec<String>) {
        let mut command = Command::new(self.name());
        match self {
            Self::Mandoc => command.args(["-T", "lint", "-W", "warning"]),
            Self::Groff => command.args(["-ww", "-t", "-man", "-T", "utf8"]),
            Self::Man => command.args(["--warnings", "-l"]),
        };
        command.env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80");
        let output = command.arg(page).output().expect("the program runs");
        let Output { stdout, stderr, .. } = output;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self {
            // A page of which nobody can say when it was written has no date.
            Self::Mandoc => {
                let said = text(&stdout);
                let faults = said.lines().filter(|line| !line.contains("missing date"));
                (String::new(), faults.map(str::to_owned).collect())
            }
            Self::Groff | Self::Man => (
                text(&stdout),
                text(&stderr).lines().map(str::to_owned).collect(),
            ),
        }
    }
}
