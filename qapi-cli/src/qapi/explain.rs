//! `qapi explain`

use clap::Args;
use qapi_codegen::diagnostic::Code;

use super::{Outcome, print};

/// Tell what the code of a diagnostic means, with a wrong and a right example
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code such as Q0702; without one, all are listed
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(self) -> Outcome {
        let Some(name) = self.code else {
            let lines = Code::ALL
                .iter()
                .map(|code| format!("{code}  {}\n", code.explanation().title()));
            return print(&lines.collect::<String>());
        };
        match Code::from_name(&name) {
            Some(code) => print(code.explanation().page),
            None => Outcome::Unusable(format!(
                "there is no code `{name}`; `qapi explain` lists those there are"
            )),
        }
    }
}
