//! Calls, events and idle sessions: `benches/sessions` measures, here it is put side by side.

use serde_json::Value;

use super::program;
use super::table::Row;
use crate::process::Failure;
use crate::python;
use crate::steps::Outcome;

/// The contestants besides us, as `benches/sessions` names them.
const PEERS: [&str; 4] = ["raw socket", "raw socket, counting", "qapi", "qemu.qmp"];

/// The units, as it names them.
const UNITS: [&str; 5] = [
    "calls/s",
    "µs CPU a call",
    "events/s",
    "KiB a session",
    "µs",
];

pub(super) fn measure(runs: u32) -> Result<Vec<Row>, Failure> {
    let outcome = python::provide();
    if let Outcome::LeftOut(reason) | Outcome::Failed(reason) = &outcome {
        eprintln!("left out: {reason}");
    }
    let interpreter = python::interpreter()?;
    let variables = [("QMP_PYTHON", interpreter.as_deref())];
    let lines = program::lines("sessions", "linked", &[&runs.to_string()], &variables)?;
    let ours = lines.iter().filter(|line| line["by"] == "ours");
    Ok(ours.flat_map(|ours| rows(ours, &lines)).collect())
}

/// One of our figures, beside that of each peer who has done the same from the same face, or has none.
fn rows(ours: &Value, lines: &[Value]) -> Vec<Row> {
    let text = |member: &str| ours[member].as_str().unwrap_or_default();
    let unit = UNITS.into_iter().find(|unit| *unit == text("unit"));
    let row = || {
        let work = format!("{}, {}", text("work"), text("face"));
        Row::new(work, unit.unwrap_or_default(), figure(ours))
    };
    let same = |line: &&Value| {
        let same_face = line["face"] == ours["face"] || line["face"].is_null();
        line["work"] == ours["work"] && line["unit"] == ours["unit"] && same_face
    };
    let beside = PEERS.into_iter().filter_map(|peer| {
        let theirs = lines.iter().find(|line| line["by"] == peer && same(line))?;
        let row = row().beside(peer, figure(theirs));
        let ratios = ours["ratios"].as_array().into_iter().flatten();
        // Turn by turn, where there are turns.
        let ratio = ratios
            .filter(|ratio| ratio["by"] == peer && ratio["face"] == theirs["face"])
            .find_map(|ratio| ratio["ratio"].as_f64());
        Some(match ratio {
            Some(ratio) => row.in_turn(ratio),
            None => row,
        })
    });
    let rows: Vec<Row> = beside.collect();
    if rows.is_empty() { vec![row()] } else { rows }
}

fn figure(line: &Value) -> f64 {
    line["figure"].as_f64().unwrap_or(f64::NAN)
}
