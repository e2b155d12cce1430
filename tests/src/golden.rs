//! The golden cases: schemas in `tests/golden/`, each beside the Rust that is expected of it.
//!
//! `NAME.json` becomes one file, `NAME.rs`; the schema whose root is `NAME/qapi-schema.json` becomes several, in `NAME/rust/`.
//! A first line `# options: …` says what is asked for besides the defaults: `both-ways`, `server`, `strict`, `stable-only`,
//! `oldest=RELEASE`, `define=SYMBOL`, `only=PATTERN`.

use std::fs;
use std::path::{Path, PathBuf};

use qapi_codegen::emit::rust::Layout;
use qapi_codegen::source::DiskLoader;
use qapi_codegen::{Config, analyze};

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The root of its schema.
    pub schema: PathBuf,
    layout: Layout,
}

/// The folder of all cases.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// All cases, by name.
pub fn cases() -> Vec<Case> {
    let entries = fs::read_dir(folder()).expect("the golden cases can be read");
    let mut cases: Vec<Case> = entries
        .filter_map(|entry| Case::at(&entry.expect("so can each entry").path()))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

impl Case {
    fn at(path: &Path) -> Option<Self> {
        let root = path.join("qapi-schema.json");
        let (schema, layout) = match root.is_file() {
            true => (root, Layout::Files),
            false if path.extension()? == "json" => (path.to_owned(), Layout::Single),
            false => return None,
        };
        let name = path.file_stem()?.to_string_lossy().into_owned();
        Some(Case {
            name,
            schema,
            layout,
        })
    }

    /// The files that are made of it: where each is expected, and its text.
    ///
    /// # Panics
    /// The schema is not valid, or asks for an option that there is not.
    pub fn outputs(&self) -> Vec<(PathBuf, String)> {
        let analysis =
            analyze(&self.schema, &DiskLoader, None).expect("a case's schema can be read");
        let bindings = self
            .config()
            .bindings(&analysis, self.layout)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let files = bindings.files.into_iter();
        let path = |file: &str| match self.layout {
            Layout::Single => self.schema.with_extension("rs"),
            Layout::Files => self.schema.with_file_name("rust").join(file),
        };
        files.map(|file| (path(&file.path), file.text)).collect()
    }

    fn config(&self) -> Config {
        let text = fs::read_to_string(&self.schema).expect("a case's schema can be read");
        let options = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# options: "));
        let words = options.unwrap_or_default().split_whitespace();
        words.fold(Config::new(), |config, word| {
            match word.split_once('=').unwrap_or((word, "")) {
                ("both-ways", _) => config.both_ways(true),
                ("server", _) => config.server(true),
                ("strict", _) => config.strict(true),
                ("stable-only", _) => config.unstable(false),
                ("oldest", release) => config.oldest(release),
                ("define", symbol) => config.define(symbol),
                ("only", pattern) => config.only([pattern]),
                _ => panic!("{}: there is no option {word}", self.name),
            }
        })
    }
}
