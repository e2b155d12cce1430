//! Several ways to do the same, timed in turn, so that what else the computer does is shared by all.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::{Figure, Result};

/// How long each way is run before it is the next one's turn: shortly, so that a moment at which the computer is busy meets
/// all of them.
const TURN: Duration = Duration::from_millis(10);

/// How many turns each has with what it has made.
const TURNS: usize = 8;

/// How often in a round the ways are made anew: of two servers that are started alike one is quicker, by more than what is
/// to be seen.
const BEGINNINGS: usize = 5;

/// A way to make calls.
pub(crate) struct Way {
    face: Option<&'static str>,
    by: &'static str,
    /// Whether the calls are made by this very process, so that it can be said what they cost it.
    is_here: bool,
    /// Makes some, and answers how many.
    calls: Box<dyn FnMut() -> Result<u64>>,
}

impl Way {
    pub(crate) fn new(
        face: impl Into<Option<&'static str>>,
        by: &'static str,
        calls: impl FnMut() -> Result<u64> + 'static,
    ) -> Self {
        Self {
            face: face.into(),
            by,
            is_here: true,
            calls: Box::new(calls),
        }
    }

    /// The same in another process.
    pub(crate) fn elsewhere(
        by: &'static str,
        calls: impl FnMut() -> Result<u64> + 'static,
    ) -> Self {
        Self {
            is_here: false,
            ..Self::new(None, by, calls)
        }
    }

    /// Makes calls for the time of a turn: how many a second, and what each costs this process, in microseconds.
    fn take_turn(&mut self) -> Result<(f64, f64)> {
        let (begun, before, mut calls) = (Instant::now(), cpu_time(), 0);
        while begun.elapsed() < TURN {
            calls += (self.calls)()?;
        }
        let rate = calls as f64 / begun.elapsed().as_secs_f64();
        let cost = (cpu_time() - before).as_secs_f64() * 1e6 / calls as f64;
        Ok((rate, cost))
    }
}

/// How many calls a second each way makes, and what a call costs.
///
/// The ways are compared turn by turn: the ratio of two that come one after the other says more than that of their medians,
/// for what slows one down slows down the other. `begin` makes the ways anew.
pub(crate) fn race(
    work: &str,
    rounds: usize,
    mut begin: impl FnMut() -> Result<Vec<Way>>,
) -> Result<Vec<Figure>> {
    let mut ways = Vec::new();
    let mut times = Vec::new();
    for _ in 0..rounds * BEGINNINGS {
        // Those of before let go of their servers first.
        ways.clear();
        ways = begin()?;
        times.resize(ways.len(), (Vec::new(), Vec::new()));
        // The first turn is not counted: nothing has its memory yet.
        for turn in 0..=TURNS {
            for place in 0..ways.len() {
                // None is always behind the same.
                let number = match turn % 2 {
                    0 => (place + turn / 2) % ways.len(),
                    _ => (ways.len() - 1 - place + turn / 2) % ways.len(),
                };
                let (rate, cost) = ways[number].take_turn()?;
                if turn > 0 {
                    times[number].0.push(rate);
                    times[number].1.push(cost);
                }
            }
        }
    }
    let mut figures = Vec::new();
    for (way, (rates, costs)) in ways.iter().zip(&times) {
        let others = ways
            .iter()
            .zip(&times)
            .filter(|(other, _)| other.by != way.by);
        let ratios = others.map(|(other, (others, _))| {
            let ratios = rates.iter().zip(others).map(|(ours, theirs)| ours / theirs);
            (other.face, other.by, median(ratios.collect()))
        });
        let figure = |unit, figures: &[f64]| Figure {
            work: work.to_owned(),
            face: way.face,
            by: way.by,
            unit,
            figure: median(figures.to_vec()),
            ratios: Vec::new(),
        };
        figures.push(Figure {
            ratios: ratios.collect(),
            ..figure("calls/s", rates)
        });
        if way.is_here {
            figures.push(figure("µs CPU a call", costs));
        }
    }
    Ok(figures)
}

/// What this process has had of the processors.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
