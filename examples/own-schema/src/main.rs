//! A schema of one's own in a program: checked, compiled to Rust, and what is said where it is wrong. Nothing touches a disk.

use std::error::Error;

use qapi_codegen::emit::rust::Layout;
use qapi_codegen::source::MemoryLoader;
use qapi_codegen::{Analysis, Config, analyze, diagnostic};

const ROOT: &str = "\
{ 'include': 'shapes.json' }

{ 'command': 'draw', 'data': 'Shape', 'boxed': true }
";

const SHAPES: &str = "\
{ 'enum': 'Kind', 'data': [ 'circle', 'square' ] }
{ 'struct': 'Circle', 'data': { 'radius': 'number' } }
{ 'struct': 'Square', 'data': { 'side': 'number' } }
{ 'union': 'Shape',
  'base': { 'kind': 'Kind', '*filled': 'bool' },
  'discriminator': 'kind',
  'data': { 'circle': 'Circle', 'square': 'Square' } }
";

fn main() -> Result<(), Box<dyn Error>> {
    let analysis = check(SHAPES)?;
    assert!(analysis.diagnostics.is_empty());
    let bindings = Config::new().bindings(&analysis, Layout::Single)?;
    let rust = &bindings.files[0].text;
    println!(
        "{} command, {} types, {} lines of Rust\n",
        bindings.commands,
        bindings.types,
        rust.lines().count()
    );
    assert!(rust.contains("pub struct Draw"));

    // The same with two mistakes: both are told at once, each at its place.
    let broken = SHAPES
        .replace("'side': 'number'", "'side': 'numbr'")
        .replace("'square': 'Square' }", "'triangle': 'Square' }");
    let analysis = check(&broken)?;
    assert_eq!(analysis.errors(), 2);
    for one in &analysis.diagnostics {
        println!("{}\n", diagnostic::human(one, &analysis.sources, false));
    }
    Ok(())
}

fn check(shapes: &str) -> std::io::Result<Analysis> {
    let files = MemoryLoader::new()
        .with("draw.json", ROOT)
        .with("shapes.json", shapes);
    analyze("draw.json".as_ref(), &files, None)
}
