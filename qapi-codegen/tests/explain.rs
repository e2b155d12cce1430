//! The pages of the diagnostic codes tell the truth: what they call wrong gives their code, and what they
//! call right gives nothing.

mod files;

use std::collections::BTreeSet;
use std::path::Path;

use qapi_codegen::diagnostic::Code;
use qapi_codegen::emit::rust::Layout;
use qapi_codegen::source::{MAX_FILE_BYTES, MemoryLoader};
use qapi_codegen::{Config, Dialect, analyze};

/// Comes from the Rust emitter: to the front end, its schemas are valid.
const OF_THE_EMITTER: Code = Code::RustNameClash;

/// Is about bytes, which no page can hold.
const OF_BYTES: Code = Code::UnreadableText;

/// The codes that a text gives, in order. A page may name the dialect that its examples are read in.
fn codes(page: &str, text: &str) -> Vec<Code> {
    let dialect = page
        .lines()
        .find_map(|line| line.strip_prefix("Dialect: "))
        .map(|name| name.parse::<Dialect>().expect("a dialect that exists"));
    let analysis = files::analysis(text, dialect);
    assert_eq!(analysis.diagnostics.is_empty(), analysis.schema.is_some());
    let all = analysis.diagnostics.iter().map(|one| one.code);
    all.chain(analysis.lints().iter().map(|one| one.code))
        .collect()
}

#[test]
fn every_page_has_a_title_and_prose() {
    let mut titles = BTreeSet::new();
    for code in Code::ALL {
        let explanation = code.explanation();
        let title = explanation.title();
        assert!(
            title.starts_with(|ch: char| ch.is_uppercase() || ch == '`') && !title.ends_with('.'),
            "{code}: {title}"
        );
        assert!(titles.insert(title), "{code}: another page has this title");
        let mut paragraphs = explanation.page.split("\n\n");
        assert!(
            paragraphs
                .next()
                .is_some_and(|first| first.starts_with("# "))
        );
        let prose = paragraphs.next().unwrap_or_default();
        let sentences = prose.matches(['.', ':']).count();
        assert!(sentences >= 2, "{code}: the prose is too short");
        assert!(
            explanation.page.lines().all(|line| line.len() <= 120),
            "{code}: long lines"
        );
        assert!(explanation.page.ends_with('\n'));
    }
}

#[test]
fn what_a_page_calls_wrong_gives_its_code_first() {
    for &code in Code::ALL {
        if code == OF_THE_EMITTER || code == OF_BYTES {
            continue;
        }
        let explanation = code.explanation();
        let wrong = explanation.example("Wrong").expect("a wrong example");
        let found = codes(explanation.page, wrong);
        assert_eq!(found.first(), Some(&code), "{found:?} for\n{wrong}");
    }
}

#[test]
fn what_a_page_calls_right_gives_nothing() {
    for &code in Code::ALL.iter().filter(|&&code| code != OF_BYTES) {
        let explanation = code.explanation();
        let right = explanation.example("Right").expect("a right example");
        assert_eq!(codes(explanation.page, right), [], "{code}\n{right}");
        let wrong = explanation.example("Wrong");
        assert_ne!(wrong, Some(right), "{code}");
    }
}

#[test]
fn clashes_of_rust_names_are_found_when_bindings_are_made() {
    let explanation = OF_THE_EMITTER.explanation();
    for (heading, expected) in [("Wrong", vec![OF_THE_EMITTER]), ("Right", vec![])] {
        let text = explanation.example(heading).expect("an example");
        assert_eq!(codes(explanation.page, text), []);
        let bindings = Config::new().bindings(&files::analysis(text, None), Layout::Single);
        let clashes = bindings.err();
        let clashes = clashes.iter().flat_map(|error| error.diagnostics());
        let found: Vec<Code> = clashes.map(|one| one.code).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn bytes_that_are_no_utf8_and_files_too_large_are_unreadable() {
    let latin1 = b"##\n# Gr\xfc\xdfe\n##\n".to_vec();
    let gigantic = vec![b'\n'; MAX_FILE_BYTES + 1];
    for (bytes, reason, line, column) in [
        (latin1, "not UTF-8", 2, 5),
        (gigantic, "larger than 64 MiB", 1, 1),
    ] {
        let loader = MemoryLoader::new().with("schema.json", bytes);
        let analysis = analyze(Path::new("schema.json"), &loader, None).expect("it can be opened");
        let [only] = &analysis.diagnostics[..] else {
            panic!("{:?}", analysis.diagnostics)
        };
        assert_eq!(only.code, OF_BYTES);
        assert!(only.message.contains(reason), "{}", only.message);
        let place = analysis.sources.location(only.primary());
        assert_eq!((place.line, place.column), (line, column), "{reason}");
    }
    assert_eq!(OF_BYTES.explanation().example("Wrong"), None);
}
