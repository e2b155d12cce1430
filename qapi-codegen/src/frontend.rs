//! The front end as a whole: text in, a schema or diagnostics out.

use std::io;
use std::path::Path;

use crate::check;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::dialect::Dialect;
#[cfg(feature = "lint")]
use crate::lint;
use crate::schema::Schema;
use crate::source::{Loader, Sources};
use crate::syntax::{self, Document, RawDocument};

/// What the front end makes of a schema.
#[derive(Debug)]
pub struct Analysis {
    /// The files that were opened.
    pub sources: Sources,
    /// The dialect that the schema was read in.
    pub dialect: Dialect,
    /// Everything that is wrong, in the order of discovery.
    pub diagnostics: Vec<Diagnostic>,
    /// The schema, when nothing is wrong with it.
    pub schema: Option<Schema>,
}

impl Analysis {
    /// How many errors there are among the diagnostics.
    pub fn errors(&self) -> usize {
        let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
        self.diagnostics.iter().filter(is_error).count()
    }

    /// What a valid schema had better not have, as warnings: examples in its documentation that are not true. They
    /// are looked for only when asked for, as `qapi check` does: whoever compiles a schema of others cannot mend them.
    /// Needs the feature `lint`.
    ///
    /// ```
    /// # use qapi_codegen::{analyze, source::MemoryLoader};
    /// let text = "{ 'command': 'stop' }\n##\n# -> { 'execute': 'stpo' }\n##\n";
    /// let analysis = analyze("a.json".as_ref(), &MemoryLoader::new().with("a.json", text), None)?;
    /// assert!(analysis.diagnostics.is_empty());
    /// assert_eq!(analysis.lints()[0].message, "there is no command `stpo`");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "lint")]
    pub fn lints(&self) -> Vec<Diagnostic> {
        let schema = self.schema.as_ref();
        schema.map_or(Vec::new(), |schema| lint::examples(schema, &self.sources))
    }
}

/// Reads and checks a schema: the file at `root` and all that it includes. Without a `dialect` the newest
/// that fits is taken.
///
/// # Errors
/// Only when the root file cannot be opened. What is wrong with the schema is in
/// [`Analysis::diagnostics`].
///
/// ```
/// use qapi_codegen::{analyze, source::MemoryLoader};
///
/// let files = MemoryLoader::new().with("a.json", "{ 'command': 'stop', 'returns': 'Nothing' }");
/// let analysis = analyze("a.json".as_ref(), &files, None)?;
/// assert!(analysis.schema.is_none());
/// assert_eq!(analysis.diagnostics[0].code.as_str(), "Q0702");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn analyze(root: &Path, loader: &dyn Loader, dialect: Option<Dialect>) -> io::Result<Analysis> {
    let mut sink = Sink::default();
    let mut parsed = syntax::parse(root, loader, &mut sink)?;
    let dialect = dialect.unwrap_or_else(|| Dialect::detect(&parsed.docs, &parsed.sources));
    let raw = std::mem::take(&mut parsed.docs);
    let docs = documents(raw, &parsed.sources, dialect, &mut sink);
    let input = check::Input {
        sources: &parsed.sources,
        items: parsed.items,
        docs,
        pragmas: &parsed.pragmas,
        lost: &parsed.lost,
        dialect,
    };
    let schema = check::check(input, &mut sink);
    let diagnostics = sink.into_diagnostics();
    Ok(Analysis {
        sources: parsed.sources,
        dialect,
        diagnostics,
        schema,
    })
}

/// Reads the documentation comments. What is wrong with one is put where it was come upon.
fn documents(
    raw: Vec<RawDocument>,
    sources: &Sources,
    dialect: Dialect,
    sink: &mut Sink,
) -> Vec<Document> {
    let mut inserted = 0;
    let read = raw.into_iter().map(|raw| {
        let position = raw.position + inserted;
        let file = sources.file(raw.span.file).text();
        let (document, own) = syntax::read(raw, file, dialect);
        inserted += own.len();
        sink.insert(position, own);
        document
    });
    read.collect()
}
