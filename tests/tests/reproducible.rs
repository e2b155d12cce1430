//! The same schema gives the same bytes: whatever the order of a hash map, the folder and the loader, and whatever else is
//! compiled at the same time. (Hash maps of the same contents have another order each time one is made.)

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use qapi_codegen::emit::rust::Layout;
use qapi_codegen::source::{DiskLoader, Loader, MemoryLoader};
use qapi_codegen::{Config, analyze, diagnostic};
use qapi_tests::golden::cases;

const ROOT: &str = "qmp/qapi-schema.json";

#[test]
fn folder_and_loader_do_not_matter() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema");
    let expected = compiled(&schema.join(ROOT), &DiskLoader);

    let relative = Path::new("../schema").join(ROOT);
    assert!(
        expected == compiled(&relative, &DiskLoader),
        "by a relative path"
    );

    let elsewhere = tempfile::tempdir().unwrap();
    let mut memory = MemoryLoader::new();
    for file in files(&schema) {
        let name = file.strip_prefix(&schema).unwrap();
        let text = fs::read(&file).unwrap();
        let copy = elsewhere.path().join("a/b").join(name);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, &text).unwrap();
        memory = memory.with(name, text);
    }
    let copied = elsewhere.path().join("a/b").join(ROOT);
    assert!(
        expected == compiled(&copied, &DiskLoader),
        "from another folder"
    );
    assert!(
        expected == compiled(Path::new(ROOT), &memory),
        "from memory"
    );
}

/// The names and texts of all files.
fn compiled(root: &Path, loader: &dyn Loader) -> Vec<(String, String)> {
    let analysis = analyze(root, loader, None).unwrap();
    let bindings = Config::new().bindings(&analysis, Layout::Files).unwrap();
    assert!(bindings.files.len() > 10);
    bindings
        .files
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let entries = entries.map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// Every thread compiles all cases, each in an order of its own: what it gets is what was expected of one alone.
#[test]
fn compilations_in_several_threads_do_not_meet() {
    let cases = cases();
    thread::scope(|scope| {
        for first in 0..4 {
            let mut cases = cases.clone();
            let place = first * cases.len() / 4;
            cases.rotate_left(place);
            scope.spawn(move || {
                for case in cases {
                    for (path, text) in case.outputs() {
                        let expected = fs::read_to_string(&path).unwrap_or_default();
                        assert!(text == expected, "{}", path.display());
                    }
                }
            });
        }
    });
}

#[test]
fn diagnostics_come_in_the_same_order() {
    let text = "
        { 'command': 'a', 'data': { 'x': 'B', 'y': 'C', 'z': 'D' } }
        { 'struct': 'Twice', 'data': {} } { 'struct': 'Twice', 'data': {} }
        { 'union': 'U', 'base': { 'k': 'K' }, 'discriminator': 'k', 'data': { 'p': 'P', 'q': 'Q' } }
        { 'enum': 'K', 'data': [ 'r', 's', 's' ] } { 'event': 'low', 'data': 'Nothing' }";
    let files = MemoryLoader::new().with("a.json", text);
    let told = || {
        let analysis = analyze("a.json".as_ref(), &files, None).unwrap();
        let all = analysis.diagnostics.iter();
        all.map(|one| diagnostic::short(one, &analysis.sources))
            .collect::<Vec<_>>()
    };
    let expected = told();
    assert!(expected.len() > 6, "{expected:?}");
    for _ in 0..8 {
        assert_eq!(told(), expected);
    }
}
