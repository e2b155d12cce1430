//! `qapi generate`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use qapi_codegen::emit::rust::Layout;
use qapi_codegen::{Config, write_files};

use super::Outcome;
use super::progress::Progress;
use super::schema::SchemaArguments;

/// Compile a schema: write Rust bindings to DIR/rust
#[derive(Debug, Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    schema: SchemaArguments,

    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,

    /// What to make [default: everything]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    only: Vec<Product>,

    /// Keep the commands, events and types that match, and what they reach; `*` and `?` as in a shell
    #[arg(long, value_name = "GLOB")]
    select: Vec<String>,

    /// Settle all conditions: this symbol is defined, those never named are not
    #[arg(long, value_name = "NAME")]
    define: Vec<String>,

    /// The oldest QEMU that is spoken to: what came later is optional in what it sends
    #[arg(long, value_name = "RELEASE", value_parser = release)]
    oldest: Option<String>,

    /// Accept nothing that the schema does not know
    #[arg(long)]
    strict: bool,

    /// Give every type a decoder and an encoder, whoever sends it
    #[arg(long)]
    both_ways: bool,
}

/// What can be made of a schema.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Product {
    /// Rust bindings, which stand on the crate qapi_types
    Rust,
}

fn release(text: &str) -> Result<String, String> {
    text.parse::<qapi_codegen::schema::Version>()
        .map(|version| version.to_string())
}

impl Generate {
    pub(crate) fn run(self) -> Outcome {
        let mut progress = Progress::new();
        progress.show("checking the schema");
        let analysis = match self.schema.analyze() {
            Ok(analysis) if analysis.schema.is_some() => analysis,
            Ok(_) => return Outcome::Invalid,
            Err(outcome) => return outcome,
        };
        if !self.only.is_empty() && !self.only.contains(&Product::Rust) {
            return Outcome::Done;
        }
        progress.show("writing Rust");
        let bindings = match self.config().bindings(&analysis, Layout::Files) {
            Ok(bindings) => bindings,
            Err(error) if error.diagnostics().is_empty() => {
                return Outcome::Unusable(error.to_string());
            }
            Err(error) => {
                drop(progress);
                self.schema.show(error.diagnostics(), &analysis.sources);
                return Outcome::Invalid;
            }
        };
        let folder = self.out.join("rust");
        if let Err(error) = write_files(&folder, &bindings.files) {
            return Outcome::Unusable(error.to_string());
        }
        drop(progress);
        let lines: usize = bindings
            .files
            .iter()
            .map(|file| file.text.lines().count())
            .sum();
        super::print(&format!(
            "{}: {} commands, {} events, {} types in {} files of {lines} lines\n",
            folder.join("mod.rs").display(),
            bindings.commands,
            bindings.events,
            bindings.types,
            bindings.files.len(),
        ))
    }

    fn config(&self) -> Config {
        let mut config = Config::new()
            .only(&self.select)
            .strict(self.strict)
            .both_ways(self.both_ways);
        for symbol in &self.define {
            config = config.define(symbol);
        }
        match &self.oldest {
            Some(oldest) => config.oldest(oldest),
            None => config,
        }
    }
}
