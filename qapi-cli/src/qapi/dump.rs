//! `qapi dump`

use clap::Args;

use super::schema::SchemaArguments;
use super::{Outcome, print};

/// Print the resolved schema, in the layout of the `.out` files of QEMU's test-suite
#[derive(Debug, Args)]
pub(crate) struct Dump {
    #[command(flatten)]
    schema: SchemaArguments,
}

impl Dump {
    pub(crate) fn run(self) -> Outcome {
        match self.schema.analyze() {
            Ok(analysis) => match &analysis.schema {
                Some(schema) => print(&qapi_codegen::dump::dump(schema)),
                None => Outcome::Invalid,
            },
            Err(outcome) => outcome,
        }
    }
}
