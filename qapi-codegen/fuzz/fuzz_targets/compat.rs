//! Two schemas in one text, with a line of `====` between them: what has changed from the one to the other, and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_codegen::analyze;
use qapi_codegen::compat::compare;
use qapi_codegen::schema::Schema;
use qapi_codegen::source::MemoryLoader;

fn schema(text: &str) -> Option<Schema> {
    let loader = MemoryLoader::new().with("a.json", text);
    let analysis = analyze("a.json".as_ref(), &loader, None).expect("the root is there");
    analysis.schema
}

fuzz_target!(|text: &str| {
    let (old, new) = text.split_once("\n====\n").unwrap_or((text, ""));
    if let (Some(old), Some(new)) = (schema(old), schema(new)) {
        assert_eq!(compare(&old, &old), []);
        let (there, back) = (compare(&old, &new), compare(&new, &old));
        assert_eq!(there.is_empty(), back.is_empty(), "{there:?} {back:?}");
    }
});
