//! QEMU's own test-suite for its schema language: accepted or rejected alike, the first error on the same
//! file and line, the same dump. `QEMU_SRC` names a QEMU source tree.

use std::path::{Path, PathBuf};

use qapi_codegen::diagnostic::{Code, Severity};
use qapi_codegen::source::DiskLoader;
use qapi_codegen::{Analysis, analyze, dump};

#[test]
fn every_case_of_qemus_suite_goes_the_same_way() {
    let Some(source) = qapi_tests::folder("QEMU_SRC", "QEMU's schema test-suite") else {
        return;
    };
    let folder = source.join("tests/qapi-schema");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the suite's folder can be read")
        .map(|entry| entry.expect("its entries too").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "err"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "{} holds no case", folder.display());
    let all = cases.len();
    cases.retain(|case| !includes_a_missing_file(case));
    println!(
        "{} cases, {} left out for want of a file",
        cases.len(),
        all - cases.len()
    );
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// A tree may hold a part of the suite only.
fn includes_a_missing_file(case: &Path) -> bool {
    let accepted = std::fs::metadata(case).is_ok_and(|file| file.len() == 0);
    let analysis = analyze(&case.with_extension("json"), &DiskLoader, None);
    accepted
        && analysis.is_ok_and(|analysis| {
            analysis
                .diagnostics
                .iter()
                .any(|one| one.code == Code::IncludeFailed)
        })
}

fn check(case: &Path) -> Result<(), String> {
    let name = case
        .file_stem()
        .expect("a case has a name")
        .to_string_lossy();
    let read = |extension: &str| {
        std::fs::read_to_string(case.with_extension(extension)).unwrap_or_default()
    };
    let schema = case.with_extension("json");
    let analysis =
        analyze(&schema, &DiskLoader, None).map_err(|error| format!("{name}: {error}"))?;
    let expected = place_of(&read("err"));
    let found = first_error(&analysis);
    if expected != found {
        return Err(format!("{name}: expected {expected:?}, found {found:?}"));
    }
    let Some(schema) = &analysis.schema else {
        return Ok(());
    };
    let (expected, found) = (read("out"), dump::dump(schema));
    if expected == found {
        return Ok(());
    }
    let mut lines = expected.lines().zip(found.lines()).enumerate();
    let different = lines.find(|(_, (expected, found))| expected != found);
    Err(format!("{name}: the dump differs, first in {different:?}"))
}

/// File and line of QEMU's message: it stands in the first line that begins with `FILE:LINE:`, after the
/// lines that tell what included what, and in which definition the error is.
fn place_of(message: &str) -> Option<(String, usize)> {
    message.lines().find_map(|line| {
        let mut parts = line.trim_start_matches("In file included from ").split(':');
        let file = parts.next()?.to_owned();
        let line_number = parts.next()?.trim().parse().ok()?;
        (!line.starts_with("In file included from")).then_some((file, line_number))
    })
}

fn first_error(analysis: &Analysis) -> Option<(String, usize)> {
    let first = analysis
        .diagnostics
        .iter()
        .find(|one| one.severity == Severity::Error)?;
    let path = analysis.sources.file(first.anchor.file).path();
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some((name, analysis.sources.location(first.anchor).line))
}
