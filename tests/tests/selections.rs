//! Selections: what patterns choose, what is said of one that chooses nothing, and that whatever is chosen is told of in full
//! by introspection.

use std::collections::{BTreeMap, BTreeSet};

use qapi_codegen::emit::introspect::introspect_selected;
use qapi_codegen::schema::{Kind, Schema};
use qapi_codegen::source::{DiskLoader, MemoryLoader};
use qapi_codegen::{Config, analyze};
use serde_json::Value;

/// Two unions of which one has a branch that the other has not, and a third of other names.
const SCHEMA: &str = "
{ 'enum': 'Disk', 'data': [ 'file', 'pair', { 'name': 'odd', 'features': [ 'unstable' ] } ] }
{ 'enum': 'Line', 'data': [ 'file', 'pty' ] }
{ 'enum': 'Shade', 'data': [ 'dark', 'light' ] }
{ 'struct': 'File', 'data': { 'path': 'str', '*trial': { 'type': 'Odd', 'features': [ 'unstable' ] } } }
{ 'struct': 'Odd', 'data': { 'odd': 'str' } }
{ 'struct': 'Shown', 'data': { 'disk': 'Disk' } }
{ 'struct': 'Pty', 'data': { 'pty': 'str' } }
{ 'struct': 'Dark', 'data': { 'dark': 'str' } }
{ 'union': 'DiskOptions', 'base': { 'kind': 'Disk' }, 'discriminator': 'kind',
  'data': { 'file': 'File', 'odd': 'Odd' } }
{ 'union': 'LineOptions', 'base': { 'kind': 'Line' }, 'discriminator': 'kind',
  'data': { 'file': 'File', 'pty': 'Pty' } }
{ 'union': 'Look', 'base': { 'shade': 'Shade' }, 'discriminator': 'shade', 'data': { 'dark': 'Dark' } }
{ 'command': 'add-disk', 'data': 'DiskOptions', 'boxed': true }
{ 'command': 'add-line', 'data': 'LineOptions', 'boxed': true, 'returns': 'Shown' }
{ 'command': 'set-look', 'data': 'Look', 'boxed': true }
{ 'command': 'x-try', 'features': [ 'unstable' ] }
";

fn schema() -> Schema {
    let files = MemoryLoader::new().with("disks.json", SCHEMA);
    let analysis = analyze("disks.json".as_ref(), &files, None).expect("there is a root");
    assert!(analysis.diagnostics.is_empty());
    analysis.schema.expect("it is valid")
}

/// What introspection tells of a selection.
fn told(schema: &Schema, config: &Config) -> Value {
    let selection = config.selection(schema).expect("each pattern matches");
    introspect_selected(schema, &selection, config.filter())
}

fn texts<'a>(entry: &'a Value, list: &str, name: &str) -> Vec<&'a str> {
    let items = entry[list].as_array().into_iter().flatten();
    items.filter_map(|item| item[name].as_str()).collect()
}

/// The branches of each union, by its discriminator's values, in the order of their mention.
fn unions(config: &Config) -> Vec<String> {
    let schema = schema();
    let told = told(&schema, config);
    check_told(&told);
    let entries = told.as_array().into_iter().flatten();
    let unions = entries.filter(|entry| entry["tag"].is_string());
    let branches = unions.map(|union| texts(union, "variants", "case").join(" "));
    branches.collect()
}

#[test]
fn a_pattern_is_for_unions_that_have_the_branch() {
    for (patterns, expected) in [
        (&[][..], ["file odd pair", "file pty", "dark light"]),
        (&["DiskOptions/pair"], ["pair", "file pty", "dark light"]),
        (&["*/file"], ["file", "file", "dark light"]),
        (&["*/pty"], ["file odd pair", "pty", "dark light"]),
        (
            &["*Options/p*", "LineOptions/file"],
            ["pair", "file pty", "dark light"],
        ),
        (&["*/*"], ["file odd pair", "file pty", "dark light"]),
    ] {
        let patterns = patterns.iter().chain(&["*"]).copied();
        assert_eq!(unions(&Config::new().only(patterns)), expected);
    }
}

#[test]
fn what_is_unstable_is_left_out_everywhere() {
    let stable = Config::new().unstable(false);
    assert_eq!(unions(&stable), ["file pair", "file pty", "dark light"]);
    let text = told(&schema(), &stable).to_string();
    for left_out in ["x-try", "\"trial\"", "\"odd\",\"type\""] {
        assert!(!text.contains(left_out), "{left_out} in {text}");
    }
}

#[test]
fn what_matches_nothing_is_told_with_what_is_near() {
    for (pattern, expected) in [
        (
            "ad-disk",
            "`ad-disk` matches no command, event, type or file of the schema: did you mean `add-disk`?",
        ),
        (
            "disk.json",
            "`disk.json` matches no command, event, type or file of the schema: did you mean `disks.json`?",
        ),
        (
            "",
            "`` matches no command, event, type or file of the schema",
        ),
        (
            "DiskOptions/fiel",
            "`DiskOptions/fiel` matches no branch of a union of the schema: did you mean `DiskOptions/file`?",
        ),
        (
            "DiskOption/file",
            "`DiskOption/file` matches no branch of a union of the schema: did you mean `DiskOptions/file`?",
        ),
        (
            "*/ptty",
            "`*/ptty` matches no branch of a union of the schema: did you mean `*/pty`?",
        ),
        (
            "File/path",
            "`File/path` matches no branch of a union of the schema",
        ),
        (
            "DiskOptions/",
            "`DiskOptions/` matches no branch of a union of the schema",
        ),
        (
            "Look/dark/er",
            "`Look/dark/er` matches no branch of a union of the schema: did you mean `Look/dark`?",
        ),
        ("/", "`/` matches no branch of a union of the schema"),
    ] {
        let selection = Config::new()
            .only(["add-disk", pattern])
            .selection(&schema());
        let error = selection.map(|_| ()).expect_err(pattern);
        assert_eq!(error.to_string(), expected);
    }
}

/// Checks that an answer tells of every type that it mentions, of none twice, and that the values of a discriminator are
/// its branches.
fn check_told(told: &Value) {
    let entries = told.as_array().expect("a list of entries");
    let mut named = BTreeMap::new();
    for entry in entries {
        let name = entry["name"].as_str().expect("a name");
        assert!(named.insert(name, entry).is_none(), "{name} is there twice");
    }
    for entry in entries {
        let of_entry = ["arg-type", "ret-type", "element-type"].map(|key| entry[key].as_str());
        let of_parts = ["members", "variants"].map(|list| texts(entry, list, "type"));
        for ty in of_entry.into_iter().flatten().chain(of_parts.concat()) {
            assert!(named.contains_key(ty), "nothing is told of {ty} in {entry}");
        }
        let Some(tag) = entry["tag"].as_str() else {
            continue;
        };
        let mut members = entry["members"].as_array().into_iter().flatten();
        let member = members.find(|member| member["name"] == tag);
        let ty = member.and_then(|member| member["type"].as_str());
        let values = named[ty.expect("the discriminator is a member")];
        let values: BTreeSet<&str> = texts(values, "members", "name").into_iter().collect();
        let cases: BTreeSet<&str> = texts(entry, "variants", "case").into_iter().collect();
        assert_eq!(values, cases, "{entry}");
    }
}

/// How many selections are drawn.
const DRAWN: usize = 40;

/// Marsaglia's generator, the same every time.
struct Lot(u64);

impl Lot {
    fn draw<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        &all[(self.0 >> 8) as usize % all.len()]
    }
}

#[test]
fn whatever_is_selected_is_told_of_in_full() {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../schema/qmp/qapi-schema.json"
    );
    let analysis = analyze(root.as_ref(), &DiskLoader, None).expect("the schema is there");
    let schema = analysis.schema.expect("it is valid");
    let (mut messages, mut branches) = (Vec::new(), Vec::new());
    for (_, definition) in schema.definitions() {
        let name = &definition.name;
        match definition.kind {
            Kind::Command(_) | Kind::Event(_) => messages.push(name.clone()),
            Kind::Object(_) => {
                let own = definition.branches().iter();
                branches.extend(own.map(|branch| format!("{name}/{}", branch.name)));
            }
            _ => {}
        }
    }
    let mut lot = Lot(0x9e37_79b9_7f4a_7c15);
    for _ in 0..DRAWN {
        let drawn = (0..5).map(|_| lot.draw(&messages).clone());
        let mut patterns: Vec<String> = drawn.collect();
        patterns.extend((0..40).map(|_| lot.draw(&branches).clone()));
        patterns.extend(["blockdev-add", "netdev_add", "object-add"].map(str::to_owned));
        for config in [Config::new(), Config::new().unstable(false)] {
            check_told(&told(&schema, &config.only(&patterns)));
        }
    }
}
