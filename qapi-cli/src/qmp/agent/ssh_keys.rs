//! `qmp agent ssh-keys`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use qapi_types::qga::commands::{
    GuestSshAddAuthorizedKeys, GuestSshGetAuthorizedKeys, GuestSshRemoveAuthorizedKeys,
};

use super::super::{Failure, Monitor};
use super::guest::Guest;
use super::input;

/// How many bytes the keys may have together.
const LONGEST: usize = 1 << 20;

/// List, add and remove the keys that open a user's account over SSH
#[derive(Debug, Args)]
pub(super) struct SshKeys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Add(Add),
    Remove(Remove),
}

/// List the keys
#[derive(Debug, Args)]
struct List {
    /// The user's name
    user: String,
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

/// Add keys; one that is there already is not added again
#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    keys: Keys,
    /// Remove all others
    #[arg(long)]
    replace: bool,
}

/// Remove keys; one that is not there is passed over
#[derive(Debug, Args)]
struct Remove {
    #[command(flatten)]
    keys: Keys,
}

#[derive(Debug, Args)]
struct Keys {
    /// The user's name
    user: String,
    /// The file with the keys, one a line, - for standard input
    #[arg(value_name = "FILE", default_value = input::STDIN, hide_default_value = true)]
    file: PathBuf,
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

impl SshKeys {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        match &self.action {
            Action::List(List { user, json }) => {
                let command = GuestSshGetAuthorizedKeys::new(user);
                Guest::find(monitor)?.show(&command, *json, out, |keys| keys.keys)
            }
            Action::Add(Add { keys, replace }) => {
                let mut command = GuestSshAddAuthorizedKeys::new(&keys.user, keys.read()?);
                command.reset = replace.then_some(true);
                Guest::find(monitor)?.show(&command, keys.json, out, |()| None)
            }
            Action::Remove(Remove { keys }) => {
                let command = GuestSshRemoveAuthorizedKeys::new(&keys.user, keys.read()?);
                Guest::find(monitor)?.show(&command, keys.json, out, |()| None)
            }
        }
    }
}

impl Keys {
    /// The keys that the file has, without comments, which the agent does not take.
    fn read(&self) -> Result<Vec<String>, Failure> {
        let text = String::from_utf8(input::read(&self.file, LONGEST)?)
            .map_err(|_| Failure::Usage("keys are text".to_owned()))?;
        let lines = text.lines().map(str::trim);
        let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        match keys.is_empty() {
            // With --replace that would shut everybody out.
            true => Err(Failure::Usage(format!(
                "{} has no keys",
                input::name(&self.file)
            ))),
            false => Ok(keys),
        }
    }
}
