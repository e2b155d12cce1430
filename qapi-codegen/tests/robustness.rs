//! Whatever a schema file holds, there is an answer: no panic, no stack overflow, no endless work.
//!
//! Everything runs on a thread with a small stack, and every diagnostic is rendered too.

mod files;

use std::thread;

use proptest::prelude::*;
use qapi_codegen::compat::compare;
use qapi_codegen::diagnostic::{Code, Diagnostic, human, json, short};
use qapi_codegen::source::{MemoryLoader, Sources};
use qapi_codegen::{Dialect, analyze};

/// A schema with everything that the language has.
const GOOD: &str = include_str!("files/good.json");

const STACK: usize = 2 << 20;

/// Analyzes files, the first of which is the root, and holds the answer to what is promised of it. Answers
/// the codes, in order; those of lints last.
fn survive(files: Vec<(String, Vec<u8>)>, dialect: Option<Dialect>) -> Vec<Code> {
    let work = move || {
        let root = files[0].0.clone();
        let loader = files
            .into_iter()
            .fold(MemoryLoader::new(), |loader, (name, text)| {
                loader.with(name, text)
            });
        let analysis = analyze(root.as_ref(), &loader, dialect).expect("the root is there");
        assert_eq!(analysis.schema.is_some(), analysis.errors() == 0);
        if let Some(schema) = &analysis.schema {
            assert_eq!(compare(schema, schema), []);
            let good = files::analysis(GOOD, None).schema.expect("it is good");
            let (there, back) = (compare(&good, schema), compare(schema, &good));
            assert_eq!(there.is_empty(), back.is_empty(), "{there:?} {back:?}");
        }
        let lints = analysis.lints();
        for diagnostic in analysis.diagnostics.iter().chain(&lints) {
            render(diagnostic, &analysis.sources);
        }
        let all = analysis.diagnostics.iter().chain(&lints);
        all.map(|one| one.code).collect()
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(work);
    let joined = thread.expect("a thread can be started").join();
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A diagnostic points into its files, and none of its forms is longer than it can usefully be.
fn render(diagnostic: &Diagnostic, sources: &Sources) {
    let labels = diagnostic.labels.iter().map(|label| label.span);
    for span in labels.chain([diagnostic.anchor]) {
        let text = sources.file(span.file).text();
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{span:?} in {diagnostic:?}");
    }
    assert!(!diagnostic.message.is_empty());
    let forms = [
        human(diagnostic, sources, false),
        short(diagnostic, sources),
        json(diagnostic, sources),
    ];
    for form in forms {
        assert!(form.len() < 100_000, "{form}");
    }
}

/// The same for one file.
fn survive_once(text: impl Into<Vec<u8>>) -> Vec<Code> {
    survive(vec![("schema.json".to_owned(), text.into())], None)
}

/// The same, in every dialect.
fn survive_text(text: impl Into<Vec<u8>>) -> Vec<Code> {
    let text = text.into();
    for dialect in Dialect::ALL {
        let files = vec![("schema.json".to_owned(), text.clone())];
        survive(files, Some(dialect));
    }
    survive_once(text)
}

#[test]
fn the_good_schema_is_good() {
    let codes = survive_once(GOOD);
    assert_eq!(codes, []);
}

#[test]
fn a_schema_may_end_anywhere() {
    for end in 0..GOOD.len() {
        let text = GOOD.as_bytes()[..end].to_vec();
        survive_once(text);
    }
}

/// The pieces of a text that mutations work on: strings, comment lines, brackets, runs of white space.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |at| at + 2),
            '#' => rest.find('\n').map_or(rest.len(), |at| at + 1),
            ' ' | '\n' => rest
                .find(|ch| ch != ' ' && ch != '\n')
                .unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[derive(Clone, Debug)]
enum Mutation {
    Delete(prop::sample::Index),
    Duplicate(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Insert(prop::sample::Index, &'static str),
}

impl Mutation {
    fn apply(&self, pieces: &mut Vec<&str>) {
        match self {
            Mutation::Delete(at) => {
                pieces.remove(at.index(pieces.len()));
            }
            Mutation::Duplicate(at) => {
                let at = at.index(pieces.len());
                pieces.insert(at, pieces[at]);
            }
            Mutation::Swap(one, other) => {
                let (one, other) = (one.index(pieces.len()), other.index(pieces.len()));
                pieces.swap(one, other);
            }
            Mutation::Insert(at, piece) => pieces.insert(at.index(pieces.len()), piece),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    use Mutation::{Delete, Duplicate, Insert, Swap};
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "true",
        "'",
        "\\",
        "##\n",
        "#\n",
        "# @x: y\n",
        "#x\n",
        "é",
        "\t",
        "5",
        "'Drive'",
        "'DriveKind'",
        "'if'",
        "'data'",
        "'*'",
        "''",
    ]);
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Delete),
        any::<prop::sample::Index>().prop_map(Duplicate),
        any::<(prop::sample::Index, prop::sample::Index)>()
            .prop_map(|(one, other)| Swap(one, other)),
        (any::<prop::sample::Index>(), piece).prop_map(|(at, piece)| Insert(at, piece)),
    ]
}

/// Lines that a documentation comment could be made of.
fn doc_line() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "@id:",
        "@id",
        "@:",
        "@é: x",
        "Features:",
        "Returns:",
        "Errors: none",
        "Since: 10.2",
        "Since:",
        "TODO:",
        "Note:",
        "Example:",
        "Notes: é",
        "Examples:",
        ".. note::",
        ".. qmp-example::",
        "::",
        "= Title",
        "Title",
        "=====",
        "text. More text.",
        "e.g. This",
        "-> { 'execute': 'Aa' }",
        "<- { 'return': [",
        "}, ...",
        "    indented",
        "  less",
        "\u{3000}wide",
        "x\ty",
        "",
    ]);
    let indent = prop::sample::select(vec!["# ", "#", "#     ", "  # ", "", "##", "# \u{a0}"]);
    (indent, words, words_end()).prop_map(|(indent, word, end)| format!("{indent}{word}{end}"))
}

fn words_end() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["\n", "\r\n", " \n", "\n\n"])
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive_text(bytes);
    }

    #[test]
    fn any_text_of_the_languages_characters(text in r"[\[\]{}:,'#\\\n a-cA-C@*é=.]{0,120}") {
        survive_text(text);
    }

    #[test]
    fn any_documentation(lines in prop::collection::vec(doc_line(), 0..12)) {
        survive_text(format!(
            "##\n# @Aa:\n{}##\n{{ 'struct': 'Aa', 'data': {{ 'id': 'str' }} }}\n", lines.concat()
        ));
    }

    #[test]
    fn any_free_text(lines in prop::collection::vec(doc_line(), 0..12)) {
        survive_text(format!("##\n{}##\n", lines.concat()));
    }

    #[test]
    fn any_example(
        lines in prop::collection::vec(r#"(-> |<- )?[\[\]{}:,"'#\\ .a-c0-2eé-]{0,20}"#, 1..4),
    ) {
        let lines: Vec<String> = lines.iter().map(|line| format!("#  {line}\n")).collect();
        survive_text(format!("##\n# .. qmp-example::\n{}##\n", lines.concat()));
    }

    #[test]
    fn a_good_schema_with_some_faults(mutations in prop::collection::vec(mutation(), 1..6)) {
        let mut pieces = pieces(GOOD);
        for mutation in &mutations {
            mutation.apply(&mut pieces);
        }
        survive_text(pieces.concat());
    }

    #[test]
    fn the_same_text_gives_the_same_diagnostics(mutations in prop::collection::vec(mutation(), 1..20)) {
        let mut pieces = pieces(GOOD);
        for mutation in &mutations {
            mutation.apply(&mut pieces);
        }
        let text = pieces.concat();
        let diagnostics = || files::analysis(&text, None).diagnostics;
        prop_assert_eq!(diagnostics(), diagnostics());
    }
}

/// What is deep is refused, at a depth that leaves the stack alone.
#[test]
fn nesting_is_refused_at_any_depth() {
    let nots = |depth| {
        let (open, close) = ("{'not':".repeat(depth), "}".repeat(depth));
        format!("{{'command':'c','if':{open}'A'{close}}}")
    };
    assert_eq!(survive_text(nots(90)), []);
    for deep in [
        "[".repeat(100_000),
        "{'a':".repeat(100_000),
        "{'a':[".repeat(100_000),
        nots(100_000),
        nots(100_000).replace("{'not'", "\n{'not'"),
    ] {
        assert_eq!(survive_text(deep)[0], Code::NestedTooDeeply);
    }
    assert_eq!(survive_text("{".repeat(100_000)), [Code::UnexpectedToken]);
}

/// Files `0.json` to `N-1.json`, each of which includes the next, and the last whatever is given.
fn chain(length: usize, last: &str) -> Vec<(String, Vec<u8>)> {
    let file = |at: usize| {
        let next = match at + 1 == length {
            true => last.to_owned(),
            false => format!("{}.json", at + 1),
        };
        let text = format!("{{ 'include': '{next}' }}\n{{ 'command': 'c{at}' }}\n");
        (format!("{at}.json"), text.into_bytes())
    };
    (0..length).map(file).collect()
}

#[test]
fn includes_may_go_round_or_deep() {
    assert_eq!(survive(chain(1, "0.json"), None), [Code::IncludeCycle]);
    assert_eq!(survive(chain(90, "0.json"), None), [Code::IncludeCycle]);
    assert_eq!(
        survive(chain(90, "sub/../9.json"), None),
        [Code::IncludeCycle]
    );
    assert_eq!(
        survive(chain(10_000, "0.json"), None),
        [Code::NestedTooDeeply]
    );
}

#[test]
fn ten_thousand_files_may_be_included_side_by_side() {
    let root = (1..10_000).map(|at| format!("{{ 'include': '{at}.json' }}\n"));
    let mut files = vec![("0.json".to_owned(), root.collect::<String>().into_bytes())];
    files.extend((1..10_000).map(|at| {
        let text = format!("{{ 'command': 'c{at}' }}\n");
        (format!("{at}.json"), text.into_bytes())
    }));
    assert_eq!(survive(files, None), []);
}

#[test]
fn examples_may_be_deep_or_many() {
    let example =
        |value: &str| format!("##\n# .. qmp-example::\n#\n#  -> {{ 'execute': {value} }}\n##\n");
    for nested in ["[".repeat(100_000), "{'a':".repeat(100_000)] {
        assert_eq!(survive_once(example(&nested)), [Code::ExampleSyntax]);
    }
    // What has many members, many times.
    let members = list(20_000, |at| format!("'*m{at}': 'int'"));
    let objects = list(20_000, |_| "#  { 'm': 1 }".to_owned());
    let text = format!(
        "{{ 'struct': 'Many', 'data': {{ {members} }} }}\n\
         {{ 'command': 'list', 'returns': [ 'Many' ] }}\n\
         ##\n# .. qmp-example::\n#\n#  -> {{ 'execute': 'list' }}\n#  <- {{ 'return': [\n{objects} ] }}\n##\n"
    );
    let codes = survive_once(text);
    assert!(!codes.is_empty());
    assert!(codes.iter().all(|code| *code == Code::ExampleUnknownMember));
}

/// The lines that `line` makes of the numbers below `count`.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|at| line(at) + "\n").collect()
}

/// The same with commas between them.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..count).map(item).collect();
    items.join(",\n")
}

/// Objects that contain one another in a row of 10,000 are refused; that shorter rows are not shows that it is for the
/// depth. Whoever recursed through so many could have two hundred bytes of stack for each.
#[test]
fn objects_may_contain_one_another_in_a_long_row() {
    let bases = |count: usize| {
        let structs = lines(count, |at| {
            let next = at + 1;
            format!("{{ 'struct': 'Ss{at}', 'base': 'Ss{next}', 'data': {{ 'm{at}': 'int' }} }}")
        });
        format!("{structs}{{ 'struct': 'Ss{count}', 'data': {{}} }}")
    };
    let branches = |count: usize, data: fn(usize) -> String| {
        let unions = lines(count, |at| {
            let data = data(at + 1);
            format!(
                "{{ 'union': 'Uu{at}', 'base': {{ 'k{at}': 'Ee' }}, 'discriminator': 'k{at}', 'data': {data} }}"
            )
        });
        format!(
            "{{ 'enum': 'Ee', 'data': [ 'a', 'b' ] }}\n{unions}{{ 'struct': 'Uu{count}', 'data': {{}} }}"
        )
    };
    let one = |next: usize| format!("{{ 'a': 'Uu{next}' }}");
    let both = |next: usize| format!("{{ 'a': 'Uu{next}', 'b': 'Uu{next}' }}");
    assert_eq!(survive_text(bases(100)), []);
    assert_eq!(survive_text(branches(100, one)), []);
    // There are 2 to the power of 100 ways through these.
    assert_eq!(survive_text(branches(100, both)), []);
    for text in [bases(10_000), branches(10_000, one), branches(10_000, both)] {
        let codes = survive_once(text);
        assert_eq!(codes[0], Code::NestedTooDeeply);
    }
}

/// Where many refer to one that is large, the product of both sizes is refused.
#[test]
fn many_may_share_what_is_large() {
    let values = list(10_000, |at| format!("'v{at}'"));
    let members = list(10_000, |at| format!("'m{at}': 'int'"));
    let large = format!(
        "{{ 'enum': 'Ee', 'data': [ {values} ] }}\n{{ 'struct': 'Bb', 'data': {{ {members} }} }}\n"
    );
    let union = |base: &str, data: &str| {
        format!("'base': {base}, 'discriminator': 'kind', 'data': {{ {data} }} }}")
    };
    let in_all = list(10_000, |at| format!("'v{at}': 'Bb'"));
    let of_all = union("{ 'kind': 'Ee' }", &in_all);
    let of_none = union("{ 'kind': 'Ee' }", "");
    for (many, code) in [
        (lines(1, |_| format!("{{ 'union': 'Uu', {of_all}")), None),
        (
            lines(10_000, |at| {
                format!("{{ 'command': 'c{at}', 'data': 'Bb' }}")
            }),
            None,
        ),
        (
            lines(10_000, |at| format!("{{ 'union': 'Uu{at}', {of_none}")),
            Some(Code::NestedTooDeeply),
        ),
        (
            lines(10_000, |at| {
                format!("{{ 'struct': 'Ss{at}', 'base': 'Bb', 'data': {{}} }}")
            }),
            Some(Code::NestedTooDeeply),
        ),
        (
            lines(10_000, |at| {
                format!("{{ 'alternate': 'Aa{at}', 'data': {{ 'e': 'Ee', 'i': 'int' }} }}")
            }),
            Some(Code::NestedTooDeeply),
        ),
    ] {
        let text = format!("{large}{many}");
        let codes = survive_once(text);
        assert_eq!(codes.first().copied(), code);
    }
}

/// What would take the square of the size is told by the test not coming to an end.
#[test]
fn one_definition_may_be_large() {
    let count = 50_000;
    for text in [
        format!(
            "{{ 'command': 'c', 'features': [ {} ] }}",
            list(count, |at| format!("'f{at}'"))
        ),
        format!(
            "{{ 'alternate': 'Aa', 'data': {{ {} }} }}",
            list(count, |at| format!("'b{at}': 'int'"))
        ),
        format!(
            "{{ 'struct': 'Ss', 'data': {{ {} }} }}",
            list(count, |at| format!("'m{at}': [ 'Tt{at}' ]"))
        ),
        format!(
            "{{ 'command': 'c', {} }}",
            list(count, |at| format!("'key{at}': 'x'"))
        ),
        format!(
            "##\n# @Ss:\n#\n{}##\n{{ 'struct': 'Ss', 'data': {{ {} }} }}",
            lines(count, |at| format!("# @known{at}: text")),
            list(count, |at| format!("'known{at}': 'int'")),
        ),
        format!(
            "##\n# @Ss:\n#\n{}##\n{{ 'struct': 'Ss', 'data': {{ {} }} }}",
            lines(count, |at| format!("# @unknown{at}: text")),
            list(count, |at| format!("'known{at}': 'int'")),
        ),
        format!(
            "##\n# @c:\n{}##\n{{ 'command': 'c' }}",
            lines(count, |_| "# Since: \n#".to_owned())
        ),
        format!(
            "{{ 'pragma': {{ 'member-name-exceptions': [ {} ] }} }}\n{}",
            list(count, |at| format!("'Tt{at}'")),
            lines(count, |at| format!(
                "{{ 'struct': 'Ss{at}', 'data': {{}} }}"
            )),
        ),
    ] {
        survive_once(text);
    }
}

#[test]
fn very_many_names_may_be_unknown_or_lost() {
    let count = 50_000;
    let unknown = lines(count, |at| {
        format!("{{ 'struct': 'Ss{at}', 'data': {{ 'x': 'Tt{at}' }} }}")
    });
    let lost = lines(count, |at| format!("{{ 'struct': 'Lost{at}' 'data' }}"));
    assert_eq!(survive_once(unknown.clone())[0], Code::UnknownType);
    assert_eq!(survive_once(lost + &unknown)[0], Code::UnexpectedToken);
    let documents = lines(count, |at| format!("##\n# @c{at}:\n#\n# Since:\n##"));
    assert_eq!(survive_once(documents)[0], Code::DocWithoutDefinition);
}

#[test]
fn names_may_be_gigantic() {
    let name = "a".repeat(10 << 20);
    let members = list(2_000, |at| format!("'X{at}': 'int'"));
    for text in [
        format!("{{ 'command': '{name}' }}"),
        format!("{{ 'struct': 'A{name}', 'data': {{ {members} }} }}"),
        format!("{{ 'struct': 'Ss', 'data': {{ '{name}': '{name}' }} }}"),
        format!("{{ '{name}': '{name}' }}"),
        format!("##\n# @A{name}:\n##\n{{ 'struct': 'A{name}', 'data': {{ {members} }} }}"),
        format!("{{ 'pragma': {{ '{name}': true }} }}"),
        format!("'{name}"),
        format!("{name} {name}"),
    ] {
        survive_once(text);
    }
}

#[test]
fn a_million_lines_may_be_garbage() {
    let garbage = [
        "lorem { ipsum' dolor ] : }",
        "{ 'command' 'x' }",
        "{ 'a': [",
        "{",
        "}",
        "'",
        "##",
        "# @x:",
        "{ 'command': 'X' }",
    ];
    for line in garbage {
        let text = format!("{line}\n").repeat(100_000);
        survive_once(text);
    }
    let text = lines(1_000_000, |at| garbage[at * 7 % garbage.len()].to_owned());
    survive_once(text);
}

#[test]
fn diagnostics_may_point_at_places_far_apart() {
    let padding = "# padding, padding, padding\n".repeat(300_000);
    let again = "{ 'command': 'stop' }\n".repeat(1_000);
    let text = format!("{{ 'command': 'stop' }}\n{padding}{again}");
    let codes = survive_once(text);
    assert_eq!(codes, [Code::AlreadyDefined; 1_000]);
}
