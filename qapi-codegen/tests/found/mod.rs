//! What is found to be wrong with a text, held against what should be.
//!
//! An expected diagnostic is written as the line of its exact place and its code; for a place in another
//! file than the root, with the file's name.

use qapi_codegen::diagnostic::{Diagnostic, short};
use qapi_codegen::source::Sources;

/// Checks where the diagnostics of a text are, and what their codes are.
#[track_caller]
pub(crate) fn check(text: &str, expected: &[&str]) {
    let analysis = crate::files::analysis(text, None);
    let sources = &analysis.sources;
    let found: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|diagnostic| place_and_code(diagnostic, sources))
        .collect();
    let lines = analysis.diagnostics.iter().map(|one| short(one, sources));
    let lines: Vec<String> = lines.collect();
    assert_eq!(found, expected, "\n{}\n{text}", lines.join("\n"));
}

pub(crate) fn place_and_code(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let span = diagnostic.primary();
    let line = sources.location(span).line;
    let code = diagnostic.code;
    let file = sources.file(span.file).path().display().to_string();
    let root = sources.files().next().expect("the root").path();
    if file == root.display().to_string() {
        format!("{line} {code}")
    } else {
        format!("{file}:{line} {code}")
    }
}

/// Checks the one diagnostic of a text: its help, or the absence of one.
#[track_caller]
pub(crate) fn check_help(text: &str, expected: Option<&str>) {
    let analysis = crate::files::analysis(text, None);
    let [only] = &analysis.diagnostics[..] else {
        panic!("{:#?}", analysis.diagnostics)
    };
    assert_eq!(only.help.as_deref(), expected, "{}", only.message);
}
