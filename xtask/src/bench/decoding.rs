//! Decoding of replies and encoding of commands: `benches/decoding` measures, here it is put side by side.

use serde_json::Value;

use super::program;
use super::table::Row;
use crate::process::Failure;

/// The contestants besides us, as `benches/decoding` names them.
const PEERS: [&str; 4] = ["qapi", "plain serde", "IgnoredAny", "serde_json::Value"];

pub(super) fn measure(_: u32) -> Result<Vec<Row>, Failure> {
    let lines = program::lines("decoding", "release", &[], &[])?;
    let ours = lines.iter().filter(|line| line["by"] == "ours");
    let mut rows = Vec::new();
    for ours in ours {
        let work = ours["work"].as_str().unwrap_or_default();
        for peer in PEERS {
            let theirs = |line: &&Value| line["work"] == work && line["by"] == peer;
            if let Some(theirs) = lines.iter().find(theirs) {
                let row = Row::new(work, "MB/s", speed(ours));
                rows.push(row.beside(peer, speed(theirs)));
            }
        }
    }
    Ok(rows)
}

fn speed(line: &Value) -> f64 {
    let number = |name: &str| line[name].as_f64().unwrap_or(f64::NAN);
    number("bytes") * 1000.0 / number("nanoseconds")
}
