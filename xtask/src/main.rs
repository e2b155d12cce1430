//! The project's chores, one file each. `cargo xtask ci` is what CI runs.

mod bench;
mod bindings;
mod bless;
mod ci;
mod fuzz;
mod live;
mod measure;
mod oldest;
mod process;
mod programs;
mod python;
mod steps;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
enum Chore {
    Ci(ci::Ci),
    Bless(bless::Bless),
    Bench(bench::Bench),
    Live(live::Live),
    Fuzz(fuzz::Fuzz),
    Measure(measure::Measure),
}

fn main() -> ExitCode {
    match Chore::parse() {
        Chore::Ci(ci) => ci.run(),
        Chore::Bless(bless) => bless.run(),
        Chore::Bench(bench) => bench.run(),
        Chore::Live(live) => live.run(),
        Chore::Fuzz(fuzz) => fuzz.run(),
        Chore::Measure(measure) => measure.run(),
    }
}
