//! Names of any length: wherever a name stands in what is emitted, rustfmt would not break the line elsewhere.
//!
//! Where a line has to be broken depends on how long a name is and on what stands beside it. So each construct is emitted with
//! names of every length up to what no line can hold, and then with names of lengths that are drawn by lot.

use std::fmt::Write;
use std::io::Write as _;
use std::process::{Command, Stdio};

use qapi_codegen::emit::rust::Layout;
use qapi_codegen::source::MemoryLoader;
use qapi_codegen::{Config, analyze};

/// Names of any schema are shorter than this. Those of bindings that refuse what they do not know are held to less: where an
/// error names a type there are more ways to break a line than anybody has names for.
const LONGEST: usize = 72;
const LONGEST_STRICT: usize = 60;

/// How many times names are drawn by lot.
const DRAWN: u64 = 60;

/// How long the names of a schema are.
trait Lengths {
    fn next(&mut self) -> usize;
}

/// All of them as long.
struct Same(usize);

impl Lengths for Same {
    fn next(&mut self) -> usize {
        self.0
    }
}

/// By lot, up to a longest, the same for the same seed.
struct Drawn(u64, usize);

impl Lengths for Drawn {
    fn next(&mut self) -> usize {
        // Marsaglia's generator.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        1 + self.0 as usize % self.1
    }
}

/// Definitions whose names are of these lengths, in every place that a name may have; `number` keeps them apart from others.
fn definitions(number: usize, lengths: &mut dyn Lengths) -> String {
    let mut ty = |start: &str| {
        let start = format!("{start}{number}a");
        let rest = lengths.next().saturating_sub(start.len());
        start + &"a".repeat(rest)
    };
    let [values, plain, other, union, choice] = ["En", "St", "Su", "Un", "Al"].map(&mut ty);
    let [command, open, boxed, unit] = ["c", "o", "w", "u"].map(&mut ty);
    let [event, empty, wrapped] = ["E", "U", "W"].map(|start| ty(start).to_ascii_uppercase());
    // Words of several letters, so that there are hyphens to become underscores.
    let mut member = |start: char| {
        let rest = lengths.next().saturating_sub(1);
        let hyphen = |at: usize| at % 7 == 3 && at + 1 < rest;
        let letters = (0..rest).map(|at| if hyphen(at) { '-' } else { 'a' });
        std::iter::once(start).chain(letters).collect::<String>()
    };
    let [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map(&mut member);
    let [g, h, i, j] = ['g', 'h', 'i', 'j'].map(&mut member);
    let old = "'features': [ 'deprecated' ]";
    let definitions = [
        format!("'enum': '{values}', 'data': [ '{a}', {{ 'name': '{b}', {old} }}, '{c}' ]"),
        format!("'enum': '{values}None', 'data': []"),
        format!("'struct': '{plain}', 'data': {{ '{a}': 'str' }}"),
        format!("'struct': '{plain}Optional', 'data': {{ '*{b}': '{plain}' }}"),
        format!(
            "'struct': '{other}', 'data': {{ '{a}': 'str', '*{b}': '{values}', '{c}': [ '{plain}' ],
             '*{d}': {{ 'type': '{other}', {old} }}, '{e}': 'int', '*{f}': '{choice}' }}"
        ),
        format!("'struct': '{other}Copy', 'data': {{ '{a}': 'int', '*{b}': 'bool', '*{c}': 'any', '*{d}': [ 'str' ] }}"),
        format!("'struct': '{plain}Recursive', 'data': {{ '*{a}': '{plain}Recursive', '{b}': '{choice}' }}"),
        format!("'struct': '{plain}Two', 'data': {{ '*{a}': 'int', '{b}': 'int' }}"),
        format!(
            "'union': '{union}', 'base': {{ '{g}': '{values}', '{h}': 'str', '*{i}': 'int' }}, 'discriminator': '{g}',
             'data': {{ '{a}': '{plain}', '{b}': '{union}Inner' }}"
        ),
        format!(
            "'union': '{union}Inner', 'base': {{ '{j}': '{values}' }}, 'discriminator': '{j}', 'data': {{ '{a}': '{other}' }}"
        ),
        format!(
            "'alternate': '{choice}', 'data': {{ '{a}': 'str', '{b}': '{plain}', '{c}': [ '{union}' ], '{d}': 'null' }}"
        ),
        format!(
            "'command': '{command}', 'data': {{ '{a}': '{union}', '*{b}': 'str', '*{c}': '{plain}Recursive', '{d}': '{values}None' }},
             'returns': '{other}', {old}"
        ),
        format!("'command': '{open}', 'data': {{ '{a}': 'str', '*{b}': '{values}' }}, 'gen': false, 'returns': [ '{union}' ]"),
        format!("'command': '{boxed}', 'data': '{union}', 'boxed': true, 'allow-oob': true, 'allow-preconfig': true"),
        format!("'command': '{unit}', 'returns': '{plain}', 'success-response': false"),
        format!("'command': '{unit}2', 'data': {{ '{a}': '{other}Copy', '{b}': '{plain}Two' }}, 'allow-oob': true"),
        format!("'event': '{event}', 'data': {{ '{a}': 'str', '*{b}': '{plain}Optional', '{c}': '{choice}' }}"),
        format!("'event': '{empty}'"),
        format!("'event': '{wrapped}', 'data': '{union}', 'boxed': true"),
    ];
    let mut out = String::new();
    for definition in definitions {
        let _ = writeln!(out, "{{ {definition} }}");
    }
    out
}

/// The files that are made of a schema.
fn bindings(schema: &str, config: &Config, layout: Layout) -> Vec<String> {
    let loader = MemoryLoader::new().with("lengths.json", schema);
    let analysis = analyze("lengths.json".as_ref(), &loader, None).expect("there is a root");
    let bindings = config
        .bindings(&analysis, layout)
        .unwrap_or_else(|error| panic!("{error}"));
    bindings.files.into_iter().map(|file| file.text).collect()
}

fn rustfmt(text: &str) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = rustfmt.stdin.take()?;
    std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(text.as_bytes()));
        let output = rustfmt.wait_with_output().expect("rustfmt ends");
        assert!(output.status.success(), "{output:?}");
        Some(String::from_utf8(output.stdout).expect("text"))
    })
}

/// Checks that rustfmt would change nothing in what is made of names up to a length.
fn check(configs: &[(&str, Config)], longest: usize) {
    let every = (1..=longest).map(|length| definitions(length, &mut Same(length)));
    let mut drawn = Drawn(0x9e37_79b9_7f4a_7c15, longest * 2 / 3);
    let drawn = (1..=DRAWN).map(|number| definitions(1000 + number as usize, &mut drawn));
    let schema: String = every.chain(drawn).collect();
    for (name, config) in configs {
        for layout in [Layout::Single, Layout::Files] {
            for text in bindings(&schema, config, layout) {
                let Some(formatted) = rustfmt(&text) else {
                    eprintln!("left out: names of any length (there is no rustfmt)");
                    return;
                };
                let mut lines = text.lines().zip(formatted.lines());
                let different = lines.position(|(ours, theirs)| ours != theirs);
                let around = |text: &str, at: usize| {
                    let lines = text.lines().skip(at.saturating_sub(3)).take(12);
                    lines.collect::<Vec<_>>().join("\n")
                };
                if let Some(at) = different {
                    let (ours, theirs) = (around(&text, at), around(&formatted, at));
                    panic!("{name}, {layout:?}:\n{ours}\n--- rustfmt:\n{theirs}");
                }
            }
        }
    }
}

#[test]
fn names_of_any_length() {
    let configs = [
        ("for clients", Config::new()),
        ("both ways", Config::new().both_ways(true)),
        ("oldest", Config::new().oldest("7.2").define("A")),
    ];
    check(&configs, LONGEST);
}

#[test]
fn names_of_any_length_where_nothing_unknown_is_accepted() {
    let configs = [
        ("strict", Config::new().strict(true).both_ways(true)),
        ("server", Config::new().server(true)),
    ];
    check(&configs, LONGEST_STRICT);
}

/// A file of the schema is a module, whatever the file is called.
#[test]
fn files_of_any_name_become_modules() {
    let files = ["self", "b", "a/b", "mod", "std", "types", "3d", "_", "A B"];
    let includes = files.map(|file| format!("{{ 'include': '{file}.json' }}\n"));
    let root = "b\u{b2}.json";
    let own = "{ 'command': 'root' }";
    let mut loader = MemoryLoader::new().with(root, includes.concat() + own);
    for (at, file) in files.iter().enumerate() {
        loader = loader.with(format!("{file}.json"), format!("{{ 'command': 'c{at}' }}"));
    }
    let analysis = analyze(root.as_ref(), &loader, None).expect("there is a root");
    let config = Config::new().runtime("std::rt");
    let bindings = config
        .bindings(&analysis, Layout::Files)
        .expect("nothing clashes");
    let mut found: Vec<&str> = bindings
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    found.sort_unstable();
    let expected = [
        "_3d.rs",
        "__.rs",
        "a_b.rs",
        "b.rs",
        "mod.rs",
        "schema_a_b.rs",
        "schema_b.rs",
        "schema_mod.rs",
        "schema_std.rs",
        "schema_types.rs",
        "self_.rs",
    ];
    assert_eq!(found, expected);
}
