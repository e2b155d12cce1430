//! Completion scripts and manual pages, from the same definition as the command line itself. Both commands have them.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::roff::{Roff, roman};

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Writes the script for `command`.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn write(&self, mut command: Command, out: &mut dyn Write) -> io::Result<()> {
        let name = command.get_name().to_owned();
        // clap takes any error for the end of the world.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        out.write_all(&script)
    }
}

/// Print a manual page, for `man -l -`, or write the pages of all subcommands to a folder
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The subcommand whose page is printed [default: the command itself]
    #[arg(value_name = "SUBCOMMAND", conflicts_with = "out")]
    path: Vec<String>,
    /// The folder to write them to, a file each
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    /// Writes the page that is asked for of `command`, or all of them.
    ///
    /// # Errors
    /// They cannot be written; there is no such subcommand.
    pub(crate) fn write(&self, command: Command, out: &mut dyn Write) -> Result<(), Unwritten> {
        let mut command = command.disable_help_subcommand(true);
        command.build();
        if let Some(folder) = &self.out {
            let written =
                fs::create_dir_all(folder).and_then(|()| write_all(&command, &[], folder));
            return written.map_err(|error| {
                let message = format!("{}: {error}", folder.display());
                Unwritten::Output(io::Error::new(error.kind(), message))
            });
        }
        let (mut parents, mut found) = (Vec::new(), &command);
        for word in &self.path {
            parents.push(found);
            found = found.find_subcommand(word).ok_or_else(|| {
                Unwritten::NoSuch(format!("there is no page {}-{word}(1)", title(found)))
            })?;
        }
        Ok(out.write_all(page(found, &parents)?.as_bytes())?)
    }
}

/// Why there is no page.
pub(crate) enum Unwritten {
    /// Nothing of that name is there to have one.
    NoSuch(String),
    /// It cannot be written.
    Output(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Writes the pages of the command and of all its subcommands.
fn write_all(command: &Command, parents: &[&Command], folder: &Path) -> io::Result<()> {
    let name = format!("{}.1", title(command));
    fs::write(folder.join(name), page(command, parents)?)?;
    let parents = [parents, &[command]].concat();
    let subcommands = command.get_subcommands();
    subcommands
        .filter(|one| !one.is_hide_set())
        .try_for_each(|one| write_all(one, &parents, folder))
}

/// The name of the command's page.
fn title(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

/// The page of a command that is built, in roff.
fn page(command: &Command, parents: &[&Command]) -> io::Result<String> {
    let man = clap_mangen::Man::new(command.clone());
    let root = parents.first().unwrap_or(&command);
    let version = root.get_version().unwrap_or_default();
    // Nobody can say of which day it is; a page without a date is one without a footer's middle.
    let mut roff = format!(
        ".TH \"{}\" \"1\" \"\" \"{} {version}\"\n",
        title(command),
        root.get_name()
    )
    .into_bytes();
    man.render_name_section(&mut roff)?;
    man.render_synopsis_section(&mut roff)?;
    man.render_description_section(&mut roff)?;
    man.render_options_section(&mut roff)?;
    if command.get_subcommands().any(|one| !one.is_hide_set()) {
        man.render_subcommands_section(&mut roff)?;
    }
    let mut rest = Roff::new();
    if let Some(help) = command.get_after_help() {
        examples(&help.to_string(), &mut rest);
    }
    if !parents.is_empty() {
        let names = parents
            .iter()
            .rev()
            .map(|parent| format!("{}(1)", title(parent)));
        let names: Vec<String> = names.collect();
        rest.control("SH", ["SEE ALSO"]);
        rest.text([roman(names.join(", "))]);
    }
    rest.to_writer(&mut roff)?;
    Ok(tidy(&String::from_utf8_lossy(&roff)))
}

/// What stands below the help, as it stands there.
fn examples(help: &str, roff: &mut Roff) {
    let (title, lines) = help.split_once(":\n").unwrap_or(("NOTES", help));
    roff.control("SH", [title.to_uppercase().as_str()]);
    roff.control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
}

/// The text without what `man --warnings` and mandoc find fault with.
fn tidy(roff: &str) -> String {
    // Each section brings this along: a name for the apostrophe that is one everywhere.
    let (preamble, name) = (".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n", "\\*(Aq");
    let roff = roff.replace(preamble, "").replace(name, "\\(aq");
    let roff = roff.replace("\n.br\n\n.br\n", "\n.sp\n");
    let mut ascii = String::with_capacity(roff.len());
    for character in roff.chars() {
        match character.is_ascii() {
            true => ascii.push(character),
            false => ascii += &format!("\\[u{:04X}]", u32::from(character)),
        }
    }
    ascii
}
