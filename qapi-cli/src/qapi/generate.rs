//! `qapi generate`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use qapi_codegen::emit::OutputFile;
use qapi_codegen::emit::introspect::introspect_selected;
use qapi_codegen::emit::reference::model::Reference;
use qapi_codegen::emit::reference::{html, man, markdown, text};
use qapi_codegen::emit::rust::Layout;
use qapi_codegen::schema::Schema;
use qapi_codegen::{Analysis, Config, write_files};

use super::Outcome;
use super::progress::Progress;
use super::schema::{SchemaArguments, counted};

/// Compile a schema: write Rust bindings to DIR/rust, its introspection to DIR/introspection.json, its reference to
/// DIR/html, DIR/text, DIR/man and DIR/markdown
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

    /// Keep in bindings and introspection the commands, events and types that match, and what they reach; `*` and `?`
    /// as in a shell. UNION/BRANCH keeps of a union the branches that match
    #[arg(long, value_name = "GLOB")]
    select: Vec<String>,

    /// Settle all conditions: this symbol is defined, those never named are not
    #[arg(long, value_name = "NAME")]
    define: Vec<String>,

    /// Settle all conditions as they were in the build of a live machine: the machine's socket, or a file with its
    /// answer to query-qmp-schema
    #[arg(long, value_name = "FILE|SOCKET", conflicts_with = "define")]
    defines_from: Option<PathBuf>,

    /// The oldest QEMU that is spoken to: what came later is optional in what it sends
    #[arg(long, value_name = "RELEASE", value_parser = release)]
    oldest: Option<String>,

    /// The title of the reference [default: what the schema describes]
    #[arg(long)]
    title: Option<String>,

    /// Accept nothing that the schema does not know
    #[arg(long)]
    strict: bool,

    /// Give every type a decoder and an encoder, whoever sends it
    #[arg(long)]
    both_ways: bool,

    /// Make bindings for a server: what clients send is decoded, and the commands are a trait
    #[arg(long)]
    server: bool,
}

/// What can be made of a schema.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Product {
    /// Rust bindings, which stand on the crate qapi_types
    Rust,
    /// What query-qmp-schema returns of it, as JSON
    Introspection,
    /// The reference as a site that works from a disk
    Html,
    /// The reference as plain text: a file of commands and types, one of events
    Text,
    /// The reference as a manual page of section 7
    Man,
    /// The reference as Markdown: a file for each subject, and an index
    Markdown,
}

/// A format that is made of the model alone: what it is called here, the folder that it goes to, and how to make it.
type Format = (Product, &'static str, fn(&Reference<'_>) -> Vec<OutputFile>);

const FORMATS: [Format; 3] = [
    (Product::Text, "text", text::files),
    (Product::Man, "man", man::files),
    (Product::Markdown, "markdown", markdown::files),
];

fn release(text: &str) -> Result<String, String> {
    text.parse::<qapi_codegen::schema::Version>()
        .map(|version| version.to_string())
}

impl Generate {
    pub(crate) fn run(self) -> Outcome {
        let mut progress = Progress::new();
        progress.show("checking the schema");
        let analysis = match self.schema.analyze() {
            Ok(analysis) => analysis,
            Err(outcome) => return outcome,
        };
        let Some(schema) = &analysis.schema else {
            return Outcome::Invalid;
        };
        let defines = match &self.defines_from {
            None => Ok(self.define.clone()),
            Some(source) => {
                progress.show("finding the conditions of the build");
                super::defines::find(source, schema)
            }
        };
        let defines = match defines {
            Ok(defines) => defines,
            Err(reason) => return Outcome::Unusable(reason),
        };
        let mut report = String::new();
        if self.makes(Product::Rust) {
            progress.show("writing Rust");
            match self.rust(&analysis, &defines) {
                Ok(line) => report += &line,
                Err(outcome) => return outcome,
            }
        }
        if self.makes(Product::Introspection) {
            progress.show("writing the introspection");
            match self.introspection(schema, &defines) {
                Ok(line) => report += &line,
                Err(outcome) => return outcome,
            }
        }
        if self.makes(Product::Html) {
            progress.show("writing the reference");
            match self.html(schema) {
                Ok(line) => report += &line,
                Err(outcome) => return outcome,
            }
        }
        let mut formats = FORMATS
            .iter()
            .filter(|(product, ..)| self.makes(*product))
            .peekable();
        if formats.peek().is_some() {
            progress.show("writing the reference");
            let mut reference = Reference::of(schema);
            reference.rename(self.title.as_deref());
            for (_, folder, files) in formats {
                let files = files(&reference);
                let first = files.first().map_or("", |file| &file.path);
                match self.document(folder, first, &files) {
                    Ok(line) => report += &line,
                    Err(outcome) => return outcome,
                }
            }
        }
        drop(progress);
        super::print(&report)
    }

    fn makes(&self, product: Product) -> bool {
        self.only.is_empty() || self.only.contains(&product)
    }

    fn rust(&self, analysis: &Analysis, defines: &[String]) -> Result<String, Outcome> {
        let bindings = self
            .config(defines)
            .bindings(analysis, Layout::Files)
            .map_err(|error| {
                if error.diagnostics().is_empty() {
                    return Outcome::Unusable(error.to_string());
                }
                self.schema.show(error.diagnostics(), &analysis.sources);
                Outcome::Invalid
            })?;
        let folder = self.out.join("rust");
        write_files(&folder, &bindings.files)
            .map_err(|error| Outcome::Unusable(error.to_string()))?;
        let lines: usize = bindings
            .files
            .iter()
            .map(|file| file.text.lines().count())
            .sum();
        Ok(format!(
            "{}: {}, {}, {} in {} of {}\n",
            folder.join("mod.rs").display(),
            counted(bindings.commands, "command"),
            counted(bindings.events, "event"),
            counted(bindings.types, "type"),
            counted(bindings.files.len(), "file"),
            counted(lines, "line"),
        ))
    }

    fn introspection(&self, schema: &Schema, defines: &[String]) -> Result<String, Outcome> {
        let config = self.config(defines);
        let selection = config.selection(schema);
        let selection = selection.map_err(|error| Outcome::Unusable(error.to_string()))?;
        let answer = introspect_selected(schema, &selection, config.filter());
        let entries = answer.as_array().map_or(0, Vec::len);
        let file = OutputFile {
            path: "introspection.json".to_owned(),
            text: format!("{answer}\n"),
        };
        write_files(&self.out, &[file]).map_err(|error| Outcome::Unusable(error.to_string()))?;
        let path = self.out.join("introspection.json");
        Ok(format!("{}: {entries} entries\n", path.display()))
    }

    fn html(&self, schema: &Schema) -> Result<String, Outcome> {
        let settings = html::Settings {
            title: self.title.clone(),
        };
        self.document("html", "index.html", &html::emit(schema, &settings))
    }

    /// Writes one form of the reference to a folder of its own; `first` is the file that a reader begins with.
    fn document(&self, folder: &str, first: &str, files: &[OutputFile]) -> Result<String, Outcome> {
        let folder = self.out.join(folder);
        write_files(&folder, files).map_err(|error| Outcome::Unusable(error.to_string()))?;
        let size: usize = files.iter().map(|file| file.text.len()).sum();
        Ok(format!(
            "{}: {} of {} KB\n",
            folder.join(first).display(),
            counted(files.len(), "file"),
            size / 1000,
        ))
    }

    fn config(&self, defines: &[String]) -> Config {
        let mut config = Config::new()
            .only(&self.select)
            .strict(self.strict)
            .both_ways(self.both_ways)
            .server(self.server);
        if !defines.is_empty() || self.defines_from.is_some() {
            config = config.defines(defines);
        }
        match &self.oldest {
            Some(oldest) => config.oldest(oldest),
            None => config,
        }
    }
}
