//! Measures how fast replies are decoded and commands encoded, in turn with the peers, and prints a JSON object a line:
//! what was done, by whom, the bytes, the median of the time it took in nanoseconds, and how often memory was asked for.
//!
//! The replies are those of a live machine, as it sends them, envelope included.

mod allocations;
mod decoding;
mod encoding;
mod machine;
mod plain;
mod rounds;

use std::process::ExitCode;

use serde_json::json;

use crate::rounds::Contest;

#[global_allocator]
static COUNTING: allocations::Counting = allocations::Counting;

fn main() -> ExitCode {
    let replies = match machine::replies() {
        Ok(replies) => replies,
        Err(error) => {
            eprintln!("decoding: {error}");
            return ExitCode::FAILURE;
        }
    };
    let contests = decoding::contests(&replies)
        .into_iter()
        .chain(encoding::contests());
    for contest in contests {
        print(contest);
    }
    ExitCode::SUCCESS
}

fn print(contest: Contest<'_>) {
    let (work, bytes) = (contest.work.clone(), contest.bytes);
    for result in contest.run() {
        let line = json!({
            "work": work, "by": result.by, "bytes": bytes,
            "nanoseconds": result.nanoseconds, "allocations": result.allocations,
        });
        println!("{line}");
    }
}
