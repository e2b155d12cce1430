//! The surface for build scripts.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::diagnostic::{self, Diagnostic};
use crate::dialect::Dialect;
use crate::emit::rust::{self, Bindings, Layout, Settings};
use crate::output::write_if_changed;
use crate::schema::{Filter, Schema, Selection, is_for_branches};
use crate::source::{DiskLoader, Sources};
use crate::{Analysis, analyze};

/// Compiles a schema, from a build script or from anywhere else.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), qapi_codegen::Error> {
///     qapi_codegen::Config::new().compile("schema/my.json")
/// }
/// ```
///
/// and in the crate, with `qapi-types` among its dependencies:
///
/// ```ignore
/// mod my {
///     include!(concat!(env!("OUT_DIR"), "/my.rs"));
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    settings: Settings,
    only: Vec<String>,
    dialect: Option<Dialect>,
    out_dir: Option<PathBuf>,
}

impl Config {
    /// Everything in the schema, open to servers that are newer than it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the commands, events and types that match a pattern, and what they reach. In a pattern `*`
    /// stands for any characters, `?` for one. One that ends in `.json` is for files, by their path from the root
    /// file's folder: it keeps their commands and events.
    ///
    /// ```
    /// # use qapi_codegen::Config;
    /// Config::new().only(["query-*", "BLOCK_JOB_*", "quit", "migration*.json"]);
    /// ```
    ///
    /// Of a union of which a pattern `UNION/BRANCH` matches a branch, only the branches that match are kept, and what these reach.
    /// Few clients send all of them: `BlockdevOptions` alone has fifty. A server's value of another branch is still decoded, as
    /// one that the schema does not know.
    ///
    /// ```
    /// # use qapi_codegen::Config;
    /// Config::new().only(["blockdev-add", "BlockdevOptions/file", "BlockdevOptions/qcow2"]);
    /// ```
    pub fn only(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let patterns = patterns.into_iter().map(Into::into);
        let (branches, others): (Vec<_>, Vec<_>) = patterns.partition(|one| is_for_branches(one));
        self.settings.filter.branches.extend(branches);
        self.only.extend(others);
        self
    }

    /// Settles all conditions: this symbol is defined, and those that are never defined are not. Without any
    /// call everything is in, and what a server may have been built without is optional.
    pub fn define(self, symbol: impl Into<String>) -> Self {
        self.defines([symbol])
    }

    /// As [`define`](Self::define), for all symbols of a build, if there are any.
    pub fn defines(mut self, symbols: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let defines = self.settings.filter.defines.get_or_insert_default();
        defines.extend(symbols.into_iter().map(Into::into));
        self
    }

    /// The oldest QEMU that is spoken to. A member that came later, as its description tells, is optional
    /// when decoding.
    ///
    /// # Panics
    /// When `version` is not a version such as `7.2`.
    pub fn oldest(mut self, version: &str) -> Self {
        match version.parse() {
            Ok(version) => self.settings.oldest = Some(version),
            Err(error) => panic!("Config::oldest: {error}"),
        }
        self
    }

    /// Accepts nothing that the schema does not know: no further values, branches, members or events. For
    /// tests of servers.
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.strict = strict;
        self
    }

    /// Makes bindings for a server: what clients send is decoded, strictly; what servers send is encoded; and a trait
    /// `Commands` has a method a command, which a struct `Service` puts behind [`qapi_types::Service`].
    ///
    /// With [`both_ways`](Self::both_ways) they serve clients, too, that are as strict as the server. Needs the feature
    /// `json`, for introspection is a part of it.
    ///
    /// ```
    /// # use qapi_codegen::{Config, analyze, emit::rust::Layout, source::MemoryLoader};
    /// # let files = MemoryLoader::new().with("a.json", "{ 'command': 'stop' }");
    /// # let analysis = analyze("a.json".as_ref(), &files, None)?;
    /// let bindings = Config::new().server(true).bindings(&analysis, Layout::Single)?;
    /// assert!(bindings.files[0].text.contains("fn stop(&self) -> Result<(), rt::Refusal> {"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// [`qapi_types::Service`]: https://docs.rs/qapi-types/latest/qapi_types/trait.Service.html
    #[cfg(feature = "json")]
    pub fn server(mut self, server: bool) -> Self {
        self.settings.server = server;
        self
    }

    /// Gives every type a decoder and an encoder, whoever sends it. For tests.
    pub fn both_ways(mut self, both_ways: bool) -> Self {
        self.settings.both_ways = both_ways;
        self
    }

    /// Keeps what is unstable (the default) or leaves it out.
    pub fn unstable(mut self, unstable: bool) -> Self {
        self.settings.filter.stable_only = !unstable;
        self
    }

    /// Adds a constant `INTROSPECTION`: what `query-qmp-schema` returns of the schema, as JSON. For servers, and
    /// for clients that compare. Needs the feature `json`.
    ///
    /// ```
    /// # use qapi_codegen::{Config, analyze, emit::rust::Layout, source::MemoryLoader};
    /// # let files = MemoryLoader::new().with("a.json", "{ 'command': 'stop' }");
    /// # let analysis = analyze("a.json".as_ref(), &files, None)?;
    /// let bindings = Config::new().introspection(true).bindings(&analysis, Layout::Single)?;
    /// assert!(bindings.files[0].text.contains(r##"pub const INTROSPECTION: &str = r#"[{"##));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "json")]
    pub fn introspection(mut self, introspection: bool) -> Self {
        self.settings.introspection = introspection;
        self
    }

    /// The path under which the bindings find the crate `qapi_types`.
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.settings.runtime = path.into();
        self
    }

    /// The dialect of the schema; by default the newest that fits.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// Where [`compile`](Self::compile) writes; by default the `OUT_DIR` of the build script. Two of one schema, for a client and
    /// for a server, say, go to two folders.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Compiles `schema` to one file of the same name, ending in `.rs`, and tells cargo which files it read.
    /// The file is written only when it changes.
    ///
    /// # Errors
    /// The schema cannot be read or has errors, which are shown as `qapi check` shows them; or the output
    /// cannot be written. What was there before is left alone.
    pub fn compile(&self, schema: impl AsRef<Path>) -> Result<(), Error> {
        let schema = schema.as_ref();
        println!("cargo::rerun-if-changed={}", schema.display());
        let analysis = analyze(schema, &DiskLoader, self.dialect)
            .map_err(|error| Error::new(format!("{}: {error}", schema.display())))?;
        for file in analysis.sources.files().skip(1) {
            println!("cargo::rerun-if-changed={}", file.path().display());
        }
        let bindings = self.bindings(&analysis, Layout::Single)?;
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR")
                .map(PathBuf::from)
                .ok_or_else(|| {
                    Error::new("OUT_DIR is not set: outside a build script, say `Config::out_dir`")
                })?,
        };
        let stem = schema.file_stem().unwrap_or(schema.as_os_str());
        let path = folder.join(stem).with_extension("rs");
        let text = &bindings.files[0].text;
        std::fs::create_dir_all(&folder)
            .and_then(|()| write_if_changed(&path, text))
            .map_err(|error| Error::new(format!("{}: {error}", path.display())))
    }

    /// Makes the Rust of a schema that was analyzed, without touching anything.
    ///
    /// # Errors
    /// The schema has errors, a pattern of [`only`](Self::only) matches nothing, or names clash in Rust.
    pub fn bindings(&self, analysis: &Analysis, layout: Layout) -> Result<Bindings, Error> {
        let Some(schema) = &analysis.schema else {
            return Err(Error::of_diagnostics(
                analysis.diagnostics.clone(),
                &analysis.sources,
            ));
        };
        let selection = self.selection(schema)?;
        rust::emit(schema, &selection, &self.settings, layout)
            .map_err(|clashes| Error::of_diagnostics(clashes, &analysis.sources))
    }

    /// The definitions of `schema` that are in.
    ///
    /// # Errors
    /// A pattern of [`only`](Self::only) matches nothing.
    pub fn selection(&self, schema: &Schema) -> Result<Selection, Error> {
        let filter = &self.settings.filter;
        let selection = filter
            .check(schema)
            .and_then(|()| match self.only.is_empty() {
                true => Ok(Selection::all(schema, filter)),
                false => Selection::matching(schema, filter, &self.only),
            });
        selection.map_err(|unmatched| Error::new(unmatched.to_string()))
    }

    /// What of each definition is in.
    pub fn filter(&self) -> &Filter {
        &self.settings.filter
    }
}

/// Why there are no bindings. Both its forms read well: a build script's `main` may return it.
pub struct Error {
    text: String,
    diagnostics: Vec<Diagnostic>,
}

impl Error {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Error {
            text: text.into(),
            diagnostics: Vec::new(),
        }
    }

    fn of_diagnostics(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Self {
        let mut text = String::from("the schema is not valid\n");
        for one in &diagnostics {
            text.push('\n');
            text.push_str(&diagnostic::human(one, sources, false));
            text.push('\n');
        }
        Error { text, diagnostics }
    }

    /// What is wrong with the schema, if that is the reason.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// As [`Display`](fmt::Display): `main` shows errors in this form, and escaped line ends help nobody.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
