//! Where the stages of the front end put their diagnostics.

use super::{Diagnostic, Severity};

/// After so many the rest is only counted: a file of garbage must not fill the memory.
const LIMIT: usize = 1_000;

/// Collects diagnostics in the order of the pipeline.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    diagnostics: Vec<Diagnostic>,
    errors: usize,
}

impl Sink {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Error {
            self.errors += 1;
        }
        if self.diagnostics.len() < LIMIT {
            self.diagnostics.push(diagnostic);
        }
    }

    /// How many errors there were, those beyond the limit included.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// How many there are to be seen; a place to [insert](Sink::insert) at.
    pub(crate) fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Puts what another sink took before the diagnostics from `at` on.
    pub(crate) fn insert(&mut self, at: usize, other: Sink) {
        self.errors += other.errors;
        let room = LIMIT.saturating_sub(self.diagnostics.len());
        let others = other.diagnostics.into_iter().take(room);
        self.diagnostics.splice(at..at, others);
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
