//! `qapi explain`

use clap::Args;
use qapi_codegen::diagnostic::Code;

use super::{Outcome, compat, print};

/// Tell what the code of a diagnostic means, with a wrong and a right example, or a rule of `qapi compat`, with a schema
/// before and after
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code such as Q0702, or a rule such as command-removed; without one, all are listed
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(self) -> Outcome {
        let Some(name) = self.code else {
            let lines = Code::ALL
                .iter()
                .map(|code| format!("{code}  {}\n", code.explanation().title()));
            return print(&(lines.collect::<String>() + &compat::rules()));
        };
        let of_code = Code::from_name(&name).map(|code| code.explanation().page);
        match of_code.or_else(|| compat::explanation(&name)) {
            Some(page) => print(page),
            None => Outcome::Unusable(format!(
                "there is no code and no rule `{name}`; `qapi explain` lists those there are"
            )),
        }
    }
}
