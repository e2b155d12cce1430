//! Any bytes as a schema, in every dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_codegen::diagnostic::{human, json, short};
use qapi_codegen::source::MemoryLoader;
use qapi_codegen::{Dialect, analyze};

fuzz_target!(|bytes: &[u8]| {
    // A file that includes itself by another name, and one that does not exist, are both within reach.
    let loader = MemoryLoader::new()
        .with("a.json", bytes)
        .with("b.json", "{ 'include': 'a.json' }");
    let detected = std::iter::once(None);
    for dialect in detected.chain(Dialect::ALL.map(Some)) {
        let analysis = analyze("a.json".as_ref(), &loader, dialect).expect("the root is there");
        assert_eq!(analysis.schema.is_some(), analysis.errors() == 0);
        for diagnostic in &analysis.diagnostics {
            human(diagnostic, &analysis.sources, true);
            short(diagnostic, &analysis.sources);
            json(diagnostic, &analysis.sources);
        }
    }
});
