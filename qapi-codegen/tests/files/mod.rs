//! Schemas of several files in one text.

use qapi_codegen::source::MemoryLoader;
use qapi_codegen::{Analysis, Dialect, analyze};

/// A line that begins so names the file that the lines after it are in.
const MARK: &str = "# file: ";

/// The files of a text: each begins after a line `# file: NAME`. Text that begins without such a line is
/// that of `schema.json`.
pub(crate) fn split(text: &str) -> Vec<(&str, String)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix(MARK) {
            files.push((name.trim_end(), String::new()));
        } else {
            if files.is_empty() {
                files.push(("schema.json", String::new()));
            }
            files.last_mut().expect("pushed above").1.push_str(line);
        }
    }
    files
}

/// Analyzes a text of one or more files, the first of which is the root.
pub(crate) fn analysis(text: &str, dialect: Option<Dialect>) -> Analysis {
    let files = split(text);
    let root = files.first().map_or("schema.json", |(name, _)| name);
    let loader = files
        .iter()
        .fold(MemoryLoader::new(), |loader, (name, text)| {
            loader.with(name, text.as_str())
        });
    analyze(root.as_ref(), &loader, dialect).expect("the first file is there")
}
