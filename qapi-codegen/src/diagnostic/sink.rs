//! Where the stages of the front end put their diagnostics.

use super::{Diagnostic, Severity};

/// After so many the rest is only counted: a file of garbage must not fill the memory.
const LIMIT: usize = 1_000;

/// So many names are looked at, all diagnostics together, to suggest one that was meant: with a great many
/// unknown names among a great many known ones it would take for ever.
const COMPARISONS: usize = 1_000_000;

/// Collects diagnostics in the order of the pipeline.
#[derive(Debug)]
pub(crate) struct Sink {
    diagnostics: Vec<Diagnostic>,
    errors: usize,
    comparisons: usize,
}

impl Default for Sink {
    fn default() -> Self {
        Sink {
            diagnostics: Vec::new(),
            errors: 0,
            comparisons: COMPARISONS,
        }
    }
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

    /// May the next diagnostic look for a similar name among so many?
    pub(crate) fn may_compare(&mut self, names: usize) -> bool {
        let left = self.comparisons.checked_sub(names);
        self.comparisons = left.unwrap_or(self.comparisons);
        left.is_some() && self.diagnostics.len() < LIMIT
    }

    /// How many errors there were, those beyond the limit included.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Brings the diagnostics of one file into the order of their places.
    pub(crate) fn sort_by_place(&mut self) {
        self.diagnostics.sort_by_key(|one| one.anchor);
    }

    /// How many there are to be seen; a place to [insert](Sink::insert) at.
    pub(crate) fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Puts what another sink took before the diagnostics from `at` on; at the end, when there are not so many.
    pub(crate) fn insert(&mut self, at: usize, other: Sink) {
        self.errors += other.errors;
        let at = at.min(self.diagnostics.len());
        let room = LIMIT.saturating_sub(self.diagnostics.len());
        let others = other.diagnostics.into_iter().take(room);
        self.diagnostics.splice(at..at, others);
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
