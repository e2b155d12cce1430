//! Helps whoever types: completion, hints, and whether a text is complete.

use std::borrow::Cow;

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Result};

use super::super::layout::cut;
use super::complete::Completion;
use super::hint::Hint;
use super::interpreter::Interpreter;
use super::listing::listed;
use super::place::Place;
use super::statement::is_complete;

/// How large a terminal is that does not tell.
const SIZE: (usize, usize) = (80, 24);

/// Helps with what is typed.
pub(super) struct Helper {
    /// How many columns and rows the terminal has.
    size: (usize, usize),
    /// How wide the prompt is.
    indent: usize,
    completion: Completion,
}

impl Helper {
    pub(super) fn new(shell: &Interpreter<'_>) -> Self {
        let mut helper = Self {
            size: SIZE,
            indent: 0,
            completion: Completion::new(shell.knowledge(), shell.asker()),
        };
        helper.look(shell);
        helper
    }

    /// Looks at how things are before the next text.
    pub(super) fn look(&mut self, shell: &Interpreter<'_>) {
        self.completion.mode = shell.mode;
        self.size = shell.size.unwrap_or(SIZE);
        self.indent = shell.prompt().len();
        self.completion.knowledge = shell.knowledge();
    }
}

impl rustyline::Helper for Helper {}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, text: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let place = Place::at_end_of(&text[..at], self.completion.mode);
        let (start, candidates) = self.completion.candidates(&place);
        Ok((start, listed(candidates, at - start, self.size)))
    }
}

impl rustyline::hint::Hint for Hint {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.typed.as_deref()
    }
}

impl Hinter for Helper {
    type Hint = Hint;

    fn hint(&self, text: &str, at: usize, _: &Context<'_>) -> Option<Hint> {
        if at < text.len() {
            return None;
        }
        let mut hint = self
            .completion
            .hint(&Place::at_end_of(text, self.completion.mode))?;
        let line = text.rsplit('\n').next().unwrap_or_default();
        let typed = self.indent + line.chars().count();
        let (columns, _) = self.size;
        let room = columns.saturating_sub(typed % columns.max(1) + 1);
        hint.shown = cut(&hint.shown, room);
        Some(hint)
    }
}

impl Highlighter for Helper {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let style = anstyle::Style::new().dimmed();
        Cow::Owned(format!("{style}{hint}{style:#}"))
    }
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let text = context.input();
        // An empty line at the end says that there is no more: what is missing will be told.
        let given_up = text.ends_with('\n');
        Ok(match given_up || is_complete(text, self.completion.mode) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}
