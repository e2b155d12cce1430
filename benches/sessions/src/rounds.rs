//! Several ways to do the same, timed in turn, so that what else the computer does is shared by all.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::{Figure, Result};

/// How long each way is run before it is the next one's turn: shortly, so that a moment at which the computer is busy meets
/// all of them.
const TURN: Duration = Duration::from_millis(20);

/// How many turns each has at one server.
const TURNS: usize = 10;

/// How many servers there are in a round, one after the other.
const SERVERS: usize = 5;

/// Makes a way at the server that the ways have in common: of two servers that are started alike one is quicker, by more than
/// what is to be seen.
pub(crate) type Maker<'a> = Box<dyn Fn() -> Result<Way> + 'a>;

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
        // The first are not counted: nothing has its memory yet.
        (self.calls)()?;
        let (begun, before, mut calls) = (Instant::now(), cpu_time(), 0);
        while begun.elapsed() < TURN {
            calls += (self.calls)()?;
        }
        let rate = calls as f64 / begun.elapsed().as_secs_f64();
        let cost = (cpu_time() - before).as_secs_f64() * 1e6 / calls as f64;
        Ok((rate, cost))
    }
}

/// What has been measured of a way.
#[derive(Default)]
struct Times {
    face: Option<&'static str>,
    by: &'static str,
    is_here: bool,
    rates: Vec<f64>,
    costs: Vec<f64>,
}

/// How many calls a second each way makes, and what a call costs.
///
/// The ways are compared turn by turn: the ratio of two that come one after the other says more than that of their medians,
/// for what slows one down slows down the other. `begin` starts another server, at which each way is made for each of its
/// turns.
pub(crate) fn race<'a>(
    work: &str,
    rounds: usize,
    mut begin: impl FnMut() -> Result<Vec<Maker<'a>>>,
) -> Result<Vec<Figure>> {
    let mut all: Vec<Times> = Vec::new();
    for _ in 0..rounds * SERVERS {
        let makers = begin()?;
        for turn in 0..TURNS {
            for place in 0..makers.len() {
                // None is always behind the same.
                let number = match turn % 2 {
                    0 => (place + turn / 2) % makers.len(),
                    _ => (makers.len() - 1 - place + turn / 2) % makers.len(),
                };
                let mut way = makers[number]()?;
                let (rate, cost) = way.take_turn()?;
                if all.len() <= number {
                    all.resize_with(makers.len(), Times::default);
                }
                all[number].take(&way, rate, cost);
            }
        }
    }
    let mut figures = Vec::new();
    for times in &all {
        let others = all.iter().filter(|other| other.by != times.by);
        let ratios = others.map(|other| {
            let ratios = times.rates.iter().zip(&other.rates);
            let ratios = ratios.map(|(ours, theirs)| ours / theirs);
            (other.face, other.by, median(ratios.collect()))
        });
        let figure = |unit, figures: &[f64]| Figure {
            work: work.to_owned(),
            face: times.face,
            by: times.by,
            unit,
            figure: median(figures.to_vec()),
            ratios: Vec::new(),
        };
        figures.push(Figure {
            ratios: ratios.collect(),
            ..figure("calls/s", &times.rates)
        });
        if times.is_here {
            figures.push(figure("µs CPU a call", &times.costs));
        }
    }
    Ok(figures)
}

impl Times {
    fn take(&mut self, way: &Way, rate: f64, cost: f64) {
        (self.face, self.by, self.is_here) = (way.face, way.by, way.is_here);
        self.rates.push(rate);
        self.costs.push(cost);
    }
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
