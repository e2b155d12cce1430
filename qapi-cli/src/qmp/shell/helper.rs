//! What helps whoever types: completion, hints, and whether a text is complete.

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Result};

use super::interpreter::Interpreter;
use super::statement::{Mode, is_complete};

/// Helps with what is typed.
pub(super) struct Helper {
    mode: Mode,
    colors: bool,
}

impl Helper {
    pub(super) fn new(shell: &Interpreter<'_>, colors: bool) -> Self {
        Self {
            mode: shell.mode,
            colors,
        }
    }

    /// Looks at how things are before the next text.
    pub(super) fn look(&mut self, shell: &Interpreter<'_>) {
        self.mode = shell.mode;
    }
}

impl rustyline::Helper for Helper {}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, _line: &str, pos: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let _ = self.colors;
        Ok((pos, Vec::new()))
    }
}

impl Hinter for Helper {
    type Hint = String;
}

impl Highlighter for Helper {}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let text = context.input();
        // An empty line at the end says that there is no more: what is missing will be told.
        let given_up = text.contains('\n') && text.ends_with('\n');
        Ok(match given_up || is_complete(text, self.mode) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}
