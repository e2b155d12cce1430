//! Measures sessions, in turn with the peers, and prints a JSON object a line: what was done, from which face, by whom, and
//! the median of the figures.
//!
//! ```text
//! sessions [ROUNDS [PART...]]       everything, or these: live, canned, crowd, flood, idle
//! sessions alone COUNT FACE BY      the memory of idle sessions, in a process of their own
//! sessions serve PATH EVENTS IDLE   the server with canned replies, in a process of its own
//! ```
//!
//! `QMP_PYTHON` names an interpreter that has `qemu.qmp`, which is measured, too.

mod calls;
mod canned;
mod crowd;
mod flood;
mod idle;
mod limits;
mod machine;
mod process;
mod processors;
mod python;
mod rounds;

use std::error::Error;

use serde_json::json;

/// What may go wrong: it ends the bench.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// From where a session is used.
const BLOCKING: &str = "blocking";
const TOKIO: &str = "tokio";

/// Who has the session.
const OURS: &str = "ours";
const PEER: &str = "qapi";
const PYTHONS: &str = "qemu.qmp";
const RAW: &str = "raw socket";
const COUNTING: &str = "raw socket, counting";

/// How many rounds there are, if nobody says.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["alone", count, face, by] => idle::alone(count.parse()?, face, by),
        ["serve", path, events, idle] => canned::serve(path, events.parse()?, idle.parse()?),
        [] => measure(ROUNDS, &PARTS.map(|(name, _)| name)),
        [rounds] => measure(rounds.parse()?, &PARTS.map(|(name, _)| name)),
        [rounds, ref parts @ ..] => measure(rounds.parse()?, parts),
    }
}

/// Measures something, in so many rounds.
type Measure = fn(usize) -> Result<Vec<Figure>>;

/// The parts by their names.
const PARTS: [(&str, Measure); 5] = [
    ("live", calls::live),
    ("canned", calls::canned),
    ("crowd", crowd::measure),
    ("flood", flood::measure),
    ("idle", |_| idle::measure()),
];

fn measure(rounds: usize, parts: &[&str]) -> Result<()> {
    for part in parts {
        let known = PARTS.into_iter().find(|(name, _)| name == part);
        let (_, measure) = known.ok_or_else(|| format!("there is no part {part}"))?;
        measure(rounds)?.iter().for_each(Figure::print);
    }
    Ok(())
}

/// What was measured.
struct Figure {
    work: String,
    /// `None` for what has neither face, and is put beside both.
    face: Option<&'static str>,
    by: &'static str,
    unit: &'static str,
    figure: f64,
    /// This by that of others, by their faces and names, where it was measured turn by turn.
    ratios: Vec<(Option<&'static str>, &'static str, f64)>,
}

impl Figure {
    fn print(&self) {
        let ratios = self.ratios.iter();
        let ratios =
            ratios.map(|(face, by, ratio)| json!({ "face": face, "by": by, "ratio": ratio }));
        let line = json!({
            "work": self.work, "face": self.face, "by": self.by, "unit": self.unit, "figure": self.figure,
            "ratios": ratios.collect::<Vec<_>>(),
        });
        println!("{line}");
    }
}
