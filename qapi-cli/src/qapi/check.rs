//! `qapi check`

use clap::Args;
use qapi_codegen::diagnostic::{Diagnostic, Severity};

use super::Outcome;
use super::schema::SchemaArguments;

/// Check a schema: exit status 0 if it is valid, 1 if not, 2 if it cannot be read
///
/// Of a valid schema the examples in its documentation are checked, too: that every request, reply and event is one
/// that the schema allows. What is wrong with them are warnings.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    schema: SchemaArguments,

    /// Take warnings for errors: exit status 1 if there are any
    #[arg(long)]
    deny_warnings: bool,
}

impl Check {
    pub(crate) fn run(self) -> Outcome {
        let mut analysis = match self.schema.read() {
            Ok(analysis) => analysis,
            Err(outcome) => return outcome,
        };
        let mut diagnostics = std::mem::take(&mut analysis.diagnostics);
        diagnostics.extend(analysis.lints());
        self.schema.show(&diagnostics, &analysis.sources);
        // The process ends here: to take its thousands of pieces apart first would be a tenth of its time.
        std::mem::forget(analysis);
        let fails = |one: &Diagnostic| match one.severity {
            Severity::Error => true,
            Severity::Warning => self.deny_warnings,
        };
        match diagnostics.iter().any(fails) {
            true => Outcome::Invalid,
            false => Outcome::Done,
        }
    }
}
