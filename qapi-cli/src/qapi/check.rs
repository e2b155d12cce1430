//! `qapi check`

use clap::Args;

use super::Outcome;
use super::schema::SchemaArguments;

/// Check a schema: exit status 0 if it is valid, 1 if not, 2 if it cannot be read
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    schema: SchemaArguments,
}

impl Check {
    pub(crate) fn run(self) -> Outcome {
        match self.schema.analyze() {
            Ok(analysis) if analysis.errors() == 0 => Outcome::Done,
            Ok(_) => Outcome::Invalid,
            Err(outcome) => outcome,
        }
    }
}
