//! Any bytes as the lines of a documentation comment in front of a definition, in every dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_codegen::diagnostic::human;
use qapi_codegen::source::MemoryLoader;
use qapi_codegen::{Dialect, analyze};

/// Has a member and a feature to be described, so that descriptions can be right, too.
const DEFINITION: &str =
    "{ 'command': 'stop', 'data': { 'id': 'str' }, 'features': [ 'deprecated' ] }\n";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let lines: String = text.split('\n').map(|line| format!("# {line}\n")).collect();
    let schema = format!("##\n# @stop:\n{lines}##\n{DEFINITION}");
    let loader = MemoryLoader::new().with("a.json", schema);
    for dialect in Dialect::ALL {
        let analysis =
            analyze("a.json".as_ref(), &loader, Some(dialect)).expect("the root is there");
        for diagnostic in &analysis.diagnostics {
            human(diagnostic, &analysis.sources, false);
        }
    }
});
