//! `cargo xtask measure`: what a command costs. A process of its own for each, because the peak memory of
//! children is known only as that of the greatest so far.

use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};

use clap::Args;
use serde_json::{Value, json};

use crate::process::{Failure, output};

/// Run a command and print its CPU seconds and peak memory as JSON
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct Measure {
    /// The command
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Measure {
    pub(crate) fn run(self) -> ExitCode {
        let status = Command::new(&self.command[0])
            .args(&self.command[1..])
            .stdout(Stdio::null())
            .status();
        match (status, usage()) {
            (Ok(status), Some(usage)) if status.success() => {
                println!("{usage}");
                ExitCode::SUCCESS
            }
            (Err(error), _) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
            _ => ExitCode::FAILURE,
        }
    }
}

/// What a command cost.
pub(crate) struct Cost {
    /// Of the command and all that it started, in user and system mode.
    pub(crate) cpu_seconds: f64,
    /// Of the greatest of its processes.
    pub(crate) peak_megabytes: f64,
}

/// Runs a command and tells what it cost.
pub(crate) fn cost(command: &Command) -> Result<Cost, Failure> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut measured = Command::new(this);
    measured
        .arg("measure")
        .arg("--")
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => measured.env(name, value),
            None => measured.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        measured.current_dir(folder);
    }
    let text = output(&mut measured)?;
    let usage: Value = serde_json::from_str(&text).map_err(|error| format!("{text}: {error}"))?;
    let number = |name: &str| {
        let number = usage[name].as_f64();
        number.ok_or_else(|| format!("{text} has no {name}"))
    };
    Ok(Cost {
        cpu_seconds: number("cpu_seconds")?,
        peak_megabytes: number("peak_megabytes")?,
    })
}

/// What the children of this process have cost.
#[cfg(unix)]
fn usage() -> Option<Value> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let time = usage.user_time() + usage.system_time();
    let kilobytes = usage.max_rss();
    Some(json!({
        "cpu_seconds": time.num_microseconds() as f64 / 1e6,
        "peak_megabytes": kilobytes as f64 / 1024.0,
    }))
}

#[cfg(not(unix))]
fn usage() -> Option<Value> {
    eprintln!("what a command costs is known on Unix only");
    None
}
