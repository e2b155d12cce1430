//! `qapi check`

use clap::Args;

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
        let analysis = match self.schema.read() {
            Ok(analysis) => analysis,
            Err(outcome) => return outcome,
        };
        let mut diagnostics = analysis.lints();
        let denied = self.deny_warnings && !diagnostics.is_empty();
        diagnostics.splice(..0, analysis.diagnostics.iter().cloned());
        self.schema.show(&diagnostics, &analysis.sources);
        match analysis.errors() == 0 && !denied {
            true => Outcome::Done,
            false => Outcome::Invalid,
        }
    }
}
