//! `cargo xtask bench`: what the project costs, in turn with its peers.

mod client;
mod compile;
mod decoding;
mod generator;
mod program;
mod sessions;
mod table;

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::process::Failure;
use table::Row;

/// Measure side by side with the peers, and print medians and ratios
///
/// The crate `qapi` is fetched for it. The schema is that of QEMU's machine protocol: the project's own, or that of the
/// source tree that QEMU_SRC names. The parts decoding and sessions talk to live machines.
#[derive(Args)]
pub(crate) struct Bench {
    /// Print a JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// How often each is run
    #[arg(long, value_name = "TIMES", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The time to check a schema and to generate its bindings
    Generator,
    /// What it costs to compile bindings: all of them, and subsets
    Compile,
    /// What it costs to build a small client, and how large it is
    Client,
    /// Decoding of replies and encoding of commands
    Decoding,
    /// Calls one by one and of many tasks, a flood of events, idle sessions
    Sessions,
}

/// Measures a part, each thing so many times.
type Measure = fn(u32) -> Result<Vec<Row>, Failure>;

const PARTS: [(Part, Measure); 5] = [
    (Part::Generator, generator::measure),
    (Part::Compile, compile::measure),
    (Part::Client, client::measure),
    (Part::Decoding, decoding::measure),
    (Part::Sessions, sessions::measure),
];

impl Bench {
    pub(crate) fn run(self) -> ExitCode {
        let wanted = |part: Part| self.only.is_empty() || self.only.contains(&part);
        let mut rows = Vec::new();
        let mut status = ExitCode::SUCCESS;
        for (part, measure) in PARTS {
            if !wanted(part) {
                continue;
            }
            eprintln!("measuring: {part:?}");
            match measure(self.runs) {
                Ok(measured) => rows.extend(measured),
                Err(failure) => {
                    eprintln!("{failure}");
                    status = ExitCode::FAILURE;
                }
            }
        }
        match self.json {
            true => table::print_json(&rows),
            false => table::print(&rows),
        }
        status
    }
}

/// The median of some numbers.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
