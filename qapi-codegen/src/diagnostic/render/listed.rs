//! Diagnostics without a drawing, for build scripts that would rather be compiled sooner.

use super::{Remark, place, places, remarks};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

pub(super) fn human(diagnostic: &Diagnostic, sources: &Sources, _styled: bool) -> String {
    let severity = diagnostic.severity.as_str();
    let mut lines = vec![format!(
        "{severity}[{}]: {}",
        diagnostic.code, diagnostic.message
    )];
    for label in &*places(diagnostic) {
        let place = place(label.span, sources);
        lines.push(match &*label.text {
            "" => format!("  --> {place}"),
            text => format!("  --> {place}: {text}"),
        });
    }
    for (remark, text) in remarks(diagnostic, sources) {
        let what = match remark {
            Remark::Note => "note",
            Remark::Help => "help",
        };
        // A remark of several lines stays one.
        let text = text.replace('\n', "\n           ");
        lines.push(format!("   = {what}: {text}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use crate::analyze;
    use crate::source::MemoryLoader;

    #[test]
    fn every_place_has_a_line() {
        let files = MemoryLoader::new()
            .with("root.json", "{ 'include': 'shelf.json' }\n")
            .with(
                "shelf.json",
                "{ 'enum': 'Place',\n  'data': [ 'left', 'right', 'left' ] }\n\n\
                 { 'command': 'query-shelf', 'returns': [ 'Plaice' ] }\n",
            );
        let analysis = analyze("root.json".as_ref(), &files, None).unwrap();
        let told = analysis.diagnostics.iter();
        let told = told.map(|one| super::human(one, &analysis.sources, false));
        assert_eq!(told.collect::<Vec<_>>().join("\n\n"), LISTED);
    }

    const LISTED: &str = "\
error[Q0704]: the value `left` clashes with the value `left`
  --> shelf.json:2:30: here again
  --> shelf.json:2:13: first here
   = note: in enum `Place`
   = note: included from root.json:1:1

error[Q0702]: the array's element is of the type `Plaice`, which does not exist
  --> shelf.json:4:42: there is no such type
   = note: in command `query-shelf`
   = note: included from root.json:1:1
   = help: did you mean `Place`?";
}
