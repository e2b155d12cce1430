//! `qapi generate`

use clap::Args;

use super::Outcome;
use super::schema::SchemaArguments;

/// Compile a schema
#[derive(Debug, Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    schema: SchemaArguments,
}

impl Generate {
    pub(crate) fn run(self) -> Outcome {
        Outcome::Unusable(String::new())
    }
}
