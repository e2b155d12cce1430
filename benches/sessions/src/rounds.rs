//! Several ways to do the same, timed in turn, so that what else the computer does is shared by all.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::{Figure, Result};

/// How long each way is run before it is the next one's turn: shortly, so that a moment at which the computer is busy meets
/// all of them.
const TURN: Duration = Duration::from_millis(50);

/// How many turns each has in a round.
const TURNS: usize = 8;

/// A way to make calls.
pub(crate) struct Way {
    pub(crate) face: Option<&'static str>,
    pub(crate) by: &'static str,
    /// Makes some, and answers how many.
    pub(crate) calls: Box<dyn FnMut() -> Result<u64>>,
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
            calls: Box::new(calls),
        }
    }
}

/// How many calls a second each way makes. With `cpu`, for servers that are processes of their own, what a call costs this
/// one, too.
pub(crate) fn race(
    work: &str,
    rounds: usize,
    cpu: bool,
    mut ways: Vec<Way>,
) -> Result<Vec<Figure>> {
    let mut times = vec![(Vec::new(), Vec::new()); ways.len()];
    // The first turn is not counted: nothing has its memory yet.
    for turn in 0..=rounds * TURNS {
        for (way, (rates, costs)) in ways.iter_mut().zip(&mut times) {
            let (begun, before, mut calls) = (Instant::now(), cpu_time(), 0);
            while begun.elapsed() < TURN {
                calls += (way.calls)()?;
            }
            if turn > 0 {
                rates.push(calls as f64 / begun.elapsed().as_secs_f64());
                costs.push((cpu_time() - before).as_secs_f64() * 1e6 / calls as f64);
            }
        }
    }
    let figures = ways.iter().zip(times).flat_map(|(way, (rates, costs))| {
        let figure = |unit, figures| Figure {
            work: work.to_owned(),
            face: way.face,
            by: way.by,
            unit,
            figure: median(figures),
        };
        let cost = cpu.then(|| figure("µs CPU a call", costs));
        [figure("calls/s", rates)].into_iter().chain(cost)
    });
    Ok(figures.collect())
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
