//! Steps that follow one another whether they fail or not, and the table at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::process::Failure;

/// How a step ended.
pub(crate) enum Outcome {
    Passed,
    /// It was not possible here, for this reason.
    LeftOut(String),
    Failed(Failure),
}

impl From<Result<(), Failure>> for Outcome {
    fn from(result: Result<(), Failure>) -> Self {
        match result {
            Ok(()) => Outcome::Passed,
            Err(failure) => Outcome::Failed(failure),
        }
    }
}

/// The steps that were taken.
#[derive(Default)]
pub(crate) struct Steps {
    taken: Vec<(String, Duration, Outcome)>,
}

impl Steps {
    /// Takes a step, and says so.
    pub(crate) fn take<R: Into<Outcome>>(&mut self, title: &str, work: impl FnOnce() -> R) {
        eprintln!("\n== {title}");
        let begun = Instant::now();
        let outcome = work().into();
        match &outcome {
            Outcome::Passed => {}
            Outcome::LeftOut(reason) => eprintln!("left out: {reason}"),
            Outcome::Failed(failure) => eprintln!("FAILED: {failure}"),
        }
        self.taken
            .push((title.to_owned(), begun.elapsed(), outcome));
    }

    /// Shows all steps and how long each took.
    pub(crate) fn finish(self) -> ExitCode {
        let total: Duration = self.taken.iter().map(|(_, time, _)| *time).sum();
        println!("\n{:>9}  {:<8}  step", "seconds", "outcome");
        let mut failed = 0;
        for (title, time, outcome) in &self.taken {
            let (word, reason) = match outcome {
                Outcome::Passed => ("passed", None),
                Outcome::LeftOut(reason) => ("left out", Some(reason)),
                Outcome::Failed(failure) => ("FAILED", Some(failure)),
            };
            failed += usize::from(matches!(outcome, Outcome::Failed(_)));
            println!("{:>9.1}  {word:<8}  {title}", time.as_secs_f64());
            if let Some(line) = reason.and_then(|reason| reason.lines().next()) {
                println!("{:21}  {line}", "");
            }
        }
        println!("{:>9.1}  {:<8}  in all", total.as_secs_f64(), "");
        match failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}
