//! `qmp agent users`, `set-password`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use clap::Args;
use data_encoding::BASE64;
use qapi_types::qga::commands::{GuestGetUsers, GuestSetUserPassword};
use qapi_types::qga::types::GuestUser;

use super::super::layout::{columns, legible_word};
use super::super::{Failure, Monitor};
use super::guest::Guest;
use super::time::date;
use super::{input, password};

/// List who is logged in to the guest, and since when
#[derive(Debug, Args)]
pub(super) struct Users {
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

impl Users {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut guest = Guest::find(monitor)?;
        guest.show(&GuestGetUsers, self.json, out, |users| {
            columns(users.iter().map(row))
        })
    }
}

/// A user, and the time of the login.
pub(super) fn row(user: &GuestUser) -> [String; 2] {
    let name = match &user.domain {
        Some(domain) => format!("{domain}\\{}", user.user),
        None => user.user.clone(),
    };
    // Fractions of a second are of no interest; a number out of all range becomes the last of its kind.
    let seconds = user.login_time as i128;
    let since = date(seconds.saturating_mul(1_000_000_000));
    [name, format!("since {since}")]
}

/// The longest password that is taken, in bytes.
const LONGEST: usize = 4096;

/// Give a user of the guest another password, which is read from standard input
///
/// It is one line. On a terminal it is asked for and not shown. Whoever can read the channel can read it; with --crypted it is
/// one that is hashed already, as the guest's system stores it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  openssl passwd -6 | qmp --socket vm.qga agent set-password --crypted root")]
pub(super) struct SetPassword {
    /// The user's name
    user: String,
    /// The password is hashed already
    #[arg(long)]
    crypted: bool,
    /// Print what the agent returns, as JSON
    #[arg(long)]
    json: bool,
}

impl SetPassword {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let password = self.password()?;
        let password = BASE64.encode(&password);
        let command = GuestSetUserPassword::new(&self.user, password, self.crypted);
        Guest::find(monitor)?.show(&command, self.json, out, |()| None)
    }

    fn password(&self) -> Result<Vec<u8>, Failure> {
        let mut password = if io::stdin().is_terminal() {
            let prompt = format!("New password of {}: ", legible_word(&self.user));
            password::ask(&prompt, LONGEST)?
        } else {
            input::read(Path::new(input::STDIN), LONGEST)?
        };
        for end in [b'\n', b'\r'] {
            if password.last() == Some(&end) {
                password.pop();
            }
        }
        match &password[..] {
            [] => Err(Failure::Usage(
                "there is no password on standard input".to_owned(),
            )),
            line if line.contains(&b'\n') => {
                Err(Failure::Usage("a password is one line".to_owned()))
            }
            _ => Ok(password),
        }
    }
}
