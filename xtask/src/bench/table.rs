//! What was measured, as a table and as JSON.

use serde_json::json;

/// One measurement: ours, and where there is one, the peer's in the same run.
pub(crate) struct Row {
    work: String,
    unit: &'static str,
    ours: f64,
    peer: Option<(&'static str, f64)>,
    /// Ours by the peer's, if it was measured as such.
    in_turn: Option<f64>,
}

impl Row {
    pub(crate) fn new(work: impl Into<String>, unit: &'static str, ours: f64) -> Self {
        Self {
            work: work.into(),
            unit,
            ours,
            peer: None,
            in_turn: None,
        }
    }

    /// Adds who did the same, and how.
    pub(crate) fn beside(mut self, peer: &'static str, figure: f64) -> Self {
        self.peer = Some((peer, figure));
        self
    }

    /// Ours by the peer's, measured as such: the median of many, not that of the medians.
    pub(crate) fn in_turn(self, ratio: f64) -> Self {
        let in_turn = Some(ratio);
        Self { in_turn, ..self }
    }

    fn ratio(&self) -> Option<f64> {
        let ratio = self.peer.map(|(_, figure)| self.ours / figure);
        self.in_turn.or(ratio)
    }
}

pub(super) fn print(rows: &[Row]) {
    println!("| work | unit | ours | peer | ours / peer |");
    println!("|---|---|---|---|---|");
    for row in rows {
        let (peer, ratio) = match (row.peer, row.ratio()) {
            (Some((name, figure)), Some(ratio)) => {
                (format!("{} ({name})", rounded(figure)), rounded(ratio))
            }
            _ => Default::default(),
        };
        let (work, unit, ours) = (&row.work, row.unit, rounded(row.ours));
        println!("| {work} | {unit} | {ours} | {peer} | {ratio} |");
    }
}

pub(super) fn print_json(rows: &[Row]) {
    for row in rows {
        let line = json!({
            "work": row.work, "unit": row.unit, "ours": row.ours,
            "peer": row.peer.map(|(name, _)| name),
            "peers": row.peer.map(|(_, figure)| figure), "ratio": row.ratio(),
        });
        println!("{line}");
    }
}

/// Three digits are what a measurement is worth.
fn rounded(figure: f64) -> String {
    match figure.abs() {
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}
