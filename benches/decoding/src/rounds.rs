//! Contests: several ways to do the same, timed in turn, so that what else the computer does is shared by all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::allocations;

/// How long each way is run in a round.
const ROUND: Duration = Duration::from_millis(30);
const ROUNDS: usize = 15;

/// One piece of work.
pub(crate) struct Contest<'a> {
    pub(crate) work: String,
    /// How long the text is that is decoded or made.
    pub(crate) bytes: usize,
    ways: Vec<(&'static str, Box<dyn FnMut() + 'a>)>,
}

/// How one way did.
pub(crate) struct Outcome {
    pub(crate) by: &'static str,
    /// For one time, the median of the rounds.
    pub(crate) nanoseconds: f64,
    /// For one time.
    pub(crate) allocations: u64,
}

impl<'a> Contest<'a> {
    pub(crate) fn new(work: impl Into<String>, bytes: usize) -> Self {
        Self {
            work: work.into(),
            bytes,
            ways: Vec::new(),
        }
    }

    /// Adds a way. What it makes is dropped within the time: that belongs to what it costs.
    pub(crate) fn way<T>(mut self, by: &'static str, mut work: impl FnMut() -> T + 'a) -> Self {
        let work = move || drop(black_box(work()));
        self.ways.push((by, Box::new(work)));
        self
    }

    pub(crate) fn run(self) -> Vec<Outcome> {
        let mut ways: Vec<_> = self
            .ways
            .into_iter()
            .map(|(by, mut work)| {
                let before = allocations::count();
                work();
                let allocations = allocations::count() - before;
                let times = times_in_a_round(&mut work);
                (by, work, allocations, times, Vec::new())
            })
            .collect();
        for _ in 0..ROUNDS {
            for (_, work, _, times, rounds) in &mut ways {
                let begun = Instant::now();
                for _ in 0..*times {
                    work();
                }
                rounds.push(begun.elapsed().as_nanos() as f64 / f64::from(*times));
            }
        }
        ways.into_iter()
            .map(|(by, _, allocations, _, mut rounds)| {
                rounds.sort_by(f64::total_cmp);
                Outcome {
                    by,
                    nanoseconds: rounds[rounds.len() / 2],
                    allocations,
                }
            })
            .collect()
    }
}

fn times_in_a_round(work: &mut dyn FnMut()) -> u32 {
    let mut times = 1;
    loop {
        let begun = Instant::now();
        for _ in 0..times {
            work();
        }
        if begun.elapsed() > ROUND / 4 {
            return times * 4;
        }
        times *= 2;
    }
}
