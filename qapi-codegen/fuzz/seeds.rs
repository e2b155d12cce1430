//! Writes the seed corpora: see README.md.

use std::path::{Path, PathBuf};
use std::{fs, io};

use qapi_codegen::compat::Rule;
use qapi_codegen::diagnostic::Code;

/// A schema with everything that the language has.
const GOOD: &str = include_str!("../tests/files/good.json");

fn main() -> io::Result<()> {
    let mut schemas: Vec<String> = vec![GOOD.to_owned()];
    for code in Code::ALL {
        let explanation = code.explanation();
        let examples = ["Wrong", "Right"].map(|heading| explanation.example(heading));
        schemas.extend(examples.into_iter().flatten().map(str::to_owned));
    }
    for path in std::env::args_os().skip(1) {
        schemas.push(fs::read_to_string(path)?);
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    write(&corpus.join("check"), &schemas)?;
    let documents: Vec<String> = schemas.iter().flat_map(|text| documents(text)).collect();
    write(&corpus.join("documents"), &documents)?;
    let changes = Rule::ALL.iter().filter_map(|rule| {
        let explanation = rule.explanation();
        let (old, new) = (explanation.example("Old")?, explanation.example("New")?);
        Some(format!("{old}\n====\n{new}"))
    });
    write(&corpus.join("compat"), &changes.collect::<Vec<_>>())
}

/// The documentation comments of a schema: their lines, without `# `, after the one that names a definition.
fn documents(schema: &str) -> Vec<String> {
    let mut documents = Vec::new();
    let mut current: Option<String> = None;
    for line in schema.lines() {
        match (line, &mut current) {
            ("##", None) => current = Some(String::new()),
            ("##", Some(_)) => documents.extend(current.take()),
            (line, Some(text)) if !line.starts_with("# @") || !text.is_empty() => {
                let bare = line.trim_start_matches('#');
                text.push_str(bare.strip_prefix(' ').unwrap_or(bare));
                text.push('\n');
            }
            _ => {}
        }
    }
    documents
}

/// One file for each text; the name is its number.
fn write(folder: &PathBuf, texts: &[String]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (at, text) in texts.iter().enumerate() {
        fs::write(folder.join(format!("seed-{at:05}")), text)?;
    }
    println!("{}: {} seeds", folder.display(), texts.len());
    Ok(())
}
