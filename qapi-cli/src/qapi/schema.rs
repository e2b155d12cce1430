//! The schema that a subcommand works on: a file, or the one that this command brings along.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use qapi_codegen::diagnostic::{self, Diagnostic, Severity};
use qapi_codegen::source::{DiskLoader, Loader, Sources};
use qapi_codegen::{Analysis, Dialect, analyze};

use super::Outcome;
use crate::embedded;

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// The root file of the schema [default: the embedded schema of QEMU's machine protocol]
    pub(crate) schema: Option<PathBuf>,

    /// The dialect that the schema is written in [default: the newest that fits]
    #[arg(long, value_name = "RELEASE", value_parser = dialects())]
    pub(crate) dialect: Option<Dialect>,

    /// How diagnostics are shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

fn dialects() -> impl TypedValueParser<Value = Dialect> {
    let names = Dialect::ALL.map(Dialect::as_str);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Dialect>())
}

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Drawn, with the source
    Human,
    /// One line each: `FILE:LINE:COL: error[CODE]: text`, or `warning[CODE]`
    Short,
    /// One JSON object a line
    Json,
}

impl SchemaArguments {
    /// Reads the schema and shows its diagnostics on standard error.
    pub(crate) fn analyze(&self) -> Result<Analysis, Outcome> {
        let analysis = self.read()?;
        self.show(&analysis.diagnostics, &analysis.sources);
        Ok(analysis)
    }

    /// Reads the schema.
    pub(crate) fn read(&self) -> Result<Analysis, Outcome> {
        match self.schema {
            Some(_) => self.read_from(&DiskLoader),
            None => self.read_from(&embedded::loader()),
        }
    }

    /// Reads the schema, whose files are had from `loader`.
    pub(crate) fn read_from(&self, loader: &dyn Loader) -> Result<Analysis, Outcome> {
        let root: &Path = self.schema.as_deref().unwrap_or(embedded::ROOT.as_ref());
        analyze(root, loader, self.dialect)
            .map_err(|error| Outcome::Unusable(format!("{}: {error}", root.display())))
    }

    /// Shows diagnostics on standard error, in the form that was asked for.
    pub(crate) fn show(&self, diagnostics: &[Diagnostic], sources: &Sources) {
        let styled = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        // Standard error has no buffer: each part would be a call of the system.
        let mut shown = String::new();
        for one in diagnostics {
            shown += &match self.format {
                Format::Human => diagnostic::human(one, sources, styled) + "\n\n",
                Format::Short => diagnostic::short(one, sources) + "\n",
                Format::Json => diagnostic::json(one, sources) + "\n",
            };
        }
        if let (Format::Human, Some(first)) = (self.format, diagnostics.first()) {
            let of = |severity| {
                diagnostics
                    .iter()
                    .filter(|one| one.severity == severity)
                    .count()
            };
            let count = problems(of(Severity::Error), of(Severity::Warning));
            shown += &format!("{count}; `qapi explain {}` tells more\n", first.code);
        }
        tell(&shown);
    }
}

/// Writes to standard error. Who does not read it any more is told by the exit status.
pub(crate) fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn problems(errors: usize, warnings: usize) -> String {
    let (some, others) = (counted(errors, "error"), counted(warnings, "warning"));
    match (errors, warnings) {
        (_, 0) => some,
        (0, _) => others,
        _ => format!("{some}, {others}"),
    }
}

/// So many of what is called `what`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
