//! A reference is as large as its schema, even if types repeat one another's members.

use qapi_codegen::analyze;
use qapi_codegen::emit::reference::model::Reference;
use qapi_codegen::source::MemoryLoader;

use crate::{Format, links};

/// How many times its schema a reference may be.
const TIMES: usize = 100;

#[test]
fn what_is_inherited_is_not_repeated_without_end() {
    let count = 700;
    let members: Vec<String> = (0..count).map(|at| format!("'m{at}': 'int'")).collect();
    let mut text = format!(
        "{{ 'struct': 'Base', 'data': {{ {} }} }}\n",
        members.join(", ")
    );
    for at in 0..count {
        text.push_str(&format!(
            "##\n# @Type{at}:\n#\n# With @m7 and @own.\n#\n# @own: x\n##\n\
             {{ 'struct': 'Type{at}', 'base': 'Base', 'data': {{ 'own': 'int' }} }}\n"
        ));
    }
    let files = MemoryLoader::new().with("large.json", text.as_str());
    let analysis = analyze("large.json".as_ref(), &files, None).expect("it is there");
    let schema = analysis.schema;
    let schema = schema.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics.first()));
    let reference = Reference::of(&schema);
    for format in Format::ALL {
        let files = format.files(&reference);
        let size: usize = files.iter().map(|file| file.text.len()).sum();
        assert!(size < TIMES * text.len(), "{format:?}: {size} bytes");
        if format == Format::Markdown {
            links::check(&files);
        }
    }
}
