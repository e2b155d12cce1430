//! Changes between schemas. The pages of the rules tell the truth: their examples differ by that one change.

mod files;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use qapi_codegen::compat::{Change, Rule, Told, ToldError, compare, compare_told};
use qapi_codegen::emit::introspect::introspect;
use qapi_codegen::schema::{Filter, Schema};
use serde_json::{Value, json};

fn schema(text: &str) -> Schema {
    let analysis = files::analysis(text, None);
    let wrong = analysis.diagnostics;
    analysis
        .schema
        .unwrap_or_else(|| panic!("{wrong:?} in\n{text}"))
}

/// What has changed, as lines.
fn changes(old: &str, new: &str) -> Vec<String> {
    let changes = compare(&schema(old), &schema(new));
    changes.iter().map(Change::to_string).collect()
}

#[test]
fn every_page_has_a_title_and_prose() {
    let mut titles = BTreeSet::new();
    for rule in Rule::ALL {
        let explanation = rule.explanation();
        let title = explanation.title();
        assert!(
            title.starts_with(|ch: char| ch.is_uppercase()) && !title.ends_with('.'),
            "{rule}: {title}"
        );
        assert!(titles.insert(title), "{rule}: another page has this title");
        let page = explanation.page;
        assert!(page.lines().all(|line| line.len() <= 120), "{rule}");
        assert!(page.ends_with("```\n"), "{rule}");
        assert_eq!(Rule::from_name(&rule.as_str().to_uppercase()), Some(*rule));
    }
}

#[test]
fn what_a_page_shows_is_that_change_and_no_other() {
    for &rule in Rule::ALL {
        let explanation = rule.explanation();
        let example = |heading| schema(explanation.example(heading).expect("an example"));
        let (old, new) = (example("Old"), example("New"));
        let found = compare(&old, &new);
        let rules: Vec<Rule> = found.iter().map(|change| change.rule).collect();
        // Who chooses among branches is a member itself, which has to be there.
        let others: &[Rule] = match rule {
            Rule::DiscriminatorChanged => &[Rule::InputMemberOptional, Rule::InputMemberRequired],
            _ => &[],
        };
        assert_eq!(
            rules.iter().filter(|found| **found == rule).count(),
            1,
            "{found:#?}"
        );
        assert!(
            rules
                .iter()
                .all(|found| *found == rule || others.contains(found)),
            "{rule}: {found:#?}"
        );
        assert!(
            found
                .iter()
                .all(|change| change.impact == change.rule.impact())
        );
        assert_eq!(compare(&old, &old), []);
        assert_eq!(compare(&new, &new), []);
    }
}

/// What is not seen on the wire is no change.
#[test]
fn names_files_and_bases_do_not_matter() {
    for (old, new) in [
        // A type has another name, and members that are given in place have one.
        (
            "{ 'struct': 'Aa', 'data': { 'x': 'str' } }
             { 'command': 'stop', 'data': 'Aa', 'returns': 'Aa' }",
            "{ 'struct': 'Bb', 'data': { 'x': 'str' } }
             { 'command': 'stop', 'data': { 'x': 'str' }, 'returns': 'Bb' }",
        ),
        // Members move to a base, to another file, and stand in another order.
        (
            "{ 'struct': 'Aa', 'data': { 'x': 'str', '*y': 'int' } }
             { 'event': 'STOP', 'data': 'Aa' }",
            "# file: schema.json
             { 'include': 'base.json' }
             { 'struct': 'Aa', 'base': 'Bb', 'data': { 'x': 'str' } }
             { 'event': 'STOP', 'data': 'Aa', 'boxed': true }
# file: base.json
             { 'struct': 'Bb', 'data': { '*y': 'int' } }",
        ),
        // What every branch has they share; a branch of nothing is no branch.
        (
            "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
             { 'struct': 'Aa', 'data': { 'x': 'str', '*y': 'int' } }
             { 'struct': 'Bb', 'data': { 'x': 'str' } }
             { 'union': 'Uu', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'a': 'Aa', 'b': 'Bb' } }
             { 'command': 'set', 'data': 'Uu', 'boxed': true, 'returns': 'Uu' }",
            "{ 'enum': 'Kind', 'data': [ 'b', 'a' ] }
             { 'struct': 'Aa', 'data': { '*y': 'int' } }
             { 'union': 'Uu', 'base': { 'x': 'str', 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'a': 'Aa' } }
             { 'command': 'set', 'data': 'Uu', 'boxed': true, 'returns': 'Uu' }",
        ),
        // A union whose branches have nothing is an object.
        (
            "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
             { 'struct': 'Aa', 'data': { } }
             { 'union': 'Uu', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'a': 'Aa' } }
             { 'event': 'SET', 'data': 'Uu', 'boxed': true }",
            "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
             { 'event': 'SET', 'data': { 'kind': 'Kind' } }",
        ),
        // Branches of an alternate are told apart by the kind of JSON.
        (
            "{ 'alternate': 'Aa', 'data': { 'x': 'str', 'y': 'null' } }
             { 'event': 'SET', 'data': { 'a': 'Aa' } }",
            "{ 'alternate': 'Aa', 'data': { 'nothing': 'null', 'string': 'str' } }
             { 'event': 'SET', 'data': { 'a': 'Aa' } }",
        ),
        // What no command and no event has is not sent.
        (
            "{ 'command': 'stop', 'coroutine': true } { 'struct': 'Aa', 'data': { 'x': 'Aa' } }",
            "{ 'command': 'stop' }",
        ),
        // Conditions are as the builds in which they hold.
        (
            "{ 'command': 'stop', 'if': { 'not': { 'any': [ 'A', 'B' ] } } }",
            "{ 'command': 'stop', 'if': { 'all': [ { 'not': 'B' }, { 'not': 'A' } ] } }",
        ),
    ] {
        assert_eq!(changes(old, new), [""; 0], "{new}");
        assert_eq!(changes(new, old), [""; 0], "{old}");
    }
}

#[test]
fn who_sends_it_decides() {
    let of = |members: &str| {
        format!(
            "{{ 'struct': 'Aa', 'data': {{ {members} }} }}
             {{ 'command': 'set', 'data': {{ 'as': ['Aa'] }}, 'returns': 'Aa' }}"
        )
    };
    for (old, new, expected) in [
        (
            "'x': 'str'",
            "'*x': 'str'",
            &[
                "breaking[output-member-optional]: struct Aa: the member `x` is optional now (in command set)",
                "compatible[input-member-optional]: struct Aa: the member `x` is optional now (in command set)",
            ][..],
        ),
        (
            "'x': 'str'",
            "'x': 'StrOrNull', 'y': 'bool' } }
             { 'alternate': 'StrOrNull', 'data': { 's': 'str', 'n': 'null'",
            &[
                "breaking[output-type-widened]: struct Aa: the type of the member `x` was `str`, and is `StrOrNull` (in command set)",
                "tolerated[output-member-added]: struct Aa: the member `y` is new (in command set)",
                "compatible[input-type-widened]: struct Aa: the type of the member `x` was `str`, and is `StrOrNull` (in command set)",
                "breaking[input-required-member-added]: struct Aa: the required member `y` is new (in command set)",
            ],
        ),
    ] {
        assert_eq!(changes(&of(old), &of(new)), expected);
    }
}

#[test]
fn clients_were_told() {
    for (old, new, expected) in [
        (
            "{ 'command': 'x-stop' }",
            "{ 'command': 'cont' }",
            &[
                "announced[command-removed]: command x-stop: it is gone",
                "compatible[command-added]: command cont: it is new",
            ][..],
        ),
        (
            "{ 'command': '__org.example_x-stop', 'data': { '*a': 'str' } }",
            "{ 'command': '__org.example_x-stop', 'data': { 'a': 'str' } }",
            &["announced[input-member-required]: command __org.example_x-stop: the argument `a` is required now"],
        ),
        (
            "{ 'command': 'stop', 'data': { '*a': { 'type': 'str', 'features': [ 'deprecated' ] } } }",
            "{ 'command': 'stop', 'data': { '*b': 'str' } }",
            &[
                "announced[input-member-removed]: command stop: the argument `a` is gone",
                "compatible[input-member-added]: command stop: the optional argument `b` is new",
            ],
        ),
        // What an unstable command and a stable one have in common is stable.
        (
            "{ 'struct': 'Aa', 'data': { '*x': 'str' } }
             { 'command': 'x-set', 'data': { 'a': 'Aa' } }
             { 'command': 'set', 'data': { 'a': 'Aa' } }",
            "{ 'struct': 'Aa', 'data': { 'x': 'str' } }
             { 'command': 'x-set', 'data': { 'a': 'Aa' } }
             { 'command': 'set', 'data': { 'a': 'Aa' } }",
            &["breaking[input-member-required]: struct Aa: the member `x` is required now (in command x-set)"],
        ),
        // A branch is as stable as the value that chooses it.
        (
            "{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'features': [ 'unstable' ] } ] }
             { 'struct': 'Bb', 'data': { 'y': 'int' } }
             { 'union': 'Uu', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'b': 'Bb' } }
             { 'event': 'SET', 'data': 'Uu', 'boxed': true }",
            "{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'features': [ 'unstable' ] } ] }
             { 'struct': 'Bb', 'data': { 'y': 'str' } }
             { 'union': 'Uu', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'b': 'Bb' } }
             { 'event': 'SET', 'data': 'Uu', 'boxed': true }",
            &["announced[type-changed]: struct Bb: the type of the member `y` was `int`, and is `str` (in event SET)"],
        ),
    ] {
        assert_eq!(changes(old, new), expected, "{new}");
    }
}

#[test]
fn unions_are_compared_branch_by_branch() {
    let of = |base: &str, a: &str, b: &str| {
        format!(
            "{{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }}
             {{ 'struct': 'Aa', 'data': {{ {a} }} }}
             {{ 'struct': 'Bb', 'data': {{ {b} }} }}
             {{ 'union': 'Uu', 'base': {{ 'kind': 'Kind' {base} }}, 'discriminator': 'kind', 'data': {{ 'a': 'Aa', 'b': 'Bb' }} }}
             {{ 'enum': 'Outer', 'data': [ 'u', 'v' ] }}
             {{ 'union': 'Vv', 'base': {{ 'outer': 'Outer' }}, 'discriminator': 'outer', 'data': {{ 'u': 'Uu' }} }}
             {{ 'command': 'set', 'data': 'Vv', 'boxed': true }}"
        )
    };
    for (old, new, expected) in [
        // It has gone from one branch to all.
        (
            of("", "'x': 'str'", "'y': 'str'"),
            of(", 'x': 'str'", "", "'y': 'str'"),
            &[
                "breaking[input-required-member-added]: union Uu: the required member `x` is new (in command set)",
            ][..],
        ),
        // And from all to one.
        (
            of(", '*x': 'str'", "", "'y': 'str'"),
            of("", "'*x': 'str'", "'y': 'int'"),
            &[
                "breaking[type-changed]: struct Bb: the type of the member `y` was `str`, and is `int` (in command set)",
                "breaking[input-member-removed]: union Uu: the member `x` is gone (in command set)",
            ],
        ),
        // It has another type where it is now.
        (
            of(", 'x': 'str'", "", ""),
            of("", "'x': 'str'", "'x': 'int'"),
            &[
                "breaking[type-changed]: struct Bb: the type of the member `x` was `str`, and is `int` (in command set)",
            ],
        ),
    ] {
        assert_eq!(changes(&old, &new), expected, "{new}");
    }
}

/// Types lead to one another as they like, and a change is told once.
#[test]
fn types_that_hold_themselves_are_compared_once() {
    let of = |ty: &str| {
        format!(
            "{{ 'struct': 'Aa', 'data': {{ '*a': 'Aa', '*b': [ 'Bb' ], 'x': '{ty}' }} }}
             {{ 'struct': 'Bb', 'data': {{ 'a': 'Aa' }} }}
             {{ 'command': 'query-a', 'returns': [ 'Aa' ] }}
             {{ 'command': 'query-b', 'returns': 'Bb' }}"
        )
    };
    assert_eq!(
        changes(&of("uint8"), &of("int32")),
        [
            "tolerated[output-range-widened]: struct Aa: the type of the member `x` was `uint8`, and is `int32` (in command query-a)"
        ]
    );
}

/// What a server of a schema tells.
fn answer(text: &str) -> Value {
    introspect(&schema(text), &Filter::default())
}

#[test]
fn what_has_no_name_is_told_by_its_path() {
    let of = |values: &str, member: &str| {
        answer(&format!(
            "{{ 'enum': 'Mode', 'data': [ {values} ] }}
             {{ 'struct': 'Inner', 'data': {{ 'mode': 'Mode', {member} }} }}
             {{ 'struct': 'Outer', 'data': {{ 'inner': [ 'Inner' ], '*next': 'Outer' }} }}
             {{ 'alternate': 'Either', 'data': {{ 'name': 'str', 'whole': 'Outer' }} }}
             {{ 'command': 'set', 'data': {{ 'a': 'Either', 'b': 'int8' }}, 'returns': 'Outer' }}"
        ))
    };
    let (old, new) = (of("'on', 'off'", "'x': 'str'"), of("'on'", "'x': 'int'"));
    let told = |answer| Told::read(answer).expect("it can be read");
    let changes = compare_told(&told(&old), &told(&new));
    let lines: Vec<String> = changes.iter().map(Change::to_string).collect();
    assert_eq!(
        lines,
        [
            "breaking[type-changed]: command set: the type of the member `inner.x` was `str`, and is `int`",
            "compatible[output-value-removed]: command set: the value `off` of `inner.mode` is gone",
            "breaking[type-changed]: command set: the type of the argument `a.inner.x` was `str`, and is `int`",
            "breaking[input-value-removed]: command set: the value `off` of `a.inner.mode` is gone",
        ]
    );
}

#[test]
fn answers_that_contradict_themselves_are_refused() {
    let entry = |problem: Value| {
        let nothing = json!({ "name": "0", "meta-type": "object", "members": [] });
        json!([nothing, problem])
    };
    for (answer, expected) in [
        (
            json!({}),
            "expected an array of the entries of query-qmp-schema",
        ),
        (
            json!([]),
            "expected an array of the entries of query-qmp-schema",
        ),
        (json!([1]), "the entry `#0`: it has no name"),
        (
            entry(json!({ "name": "0" })),
            "the entry `0`: there are two of this name",
        ),
        (
            entry(json!({ "name": "1" })),
            "the entry `1`: its `meta-type` is unknown",
        ),
        (
            entry(json!({ "name": "1", "meta-type": "builtin" })),
            "the entry `1`: its `json-type` is unknown",
        ),
        (
            entry(json!({ "name": "a", "meta-type": "event", "arg-type": "2" })),
            "the entry `a`: `arg-type` names `2`, which is not there",
        ),
        (
            entry(json!({ "name": "a", "meta-type": "command", "arg-type": "0" })),
            "the entry `a`: it has no `ret-type`",
        ),
        (
            entry(json!({ "name": "1", "meta-type": "array", "element-type": "1" })),
            "the entry `1`: `element-type` names `1`, which is the wrong type",
        ),
        (
            entry(json!({ "name": "1", "meta-type": "alternate", "members": [{ "type": "1" }] })),
            "the entry `1`: `type` names `1`, which is the wrong type",
        ),
        (
            entry(json!({ "name": "1", "meta-type": "object", "members": [], "tag": "x" })),
            "the entry `1`: it has no member `x`",
        ),
    ] {
        let refused: Option<ToldError> = Told::read(&answer).err();
        let told = refused.map(|error| error.to_string());
        assert_eq!(told.as_deref(), Some(expected), "{answer}");
    }
}

/// A schema with everything that the language has.
const GOOD: &str = include_str!("files/good.json");

/// Every place in a value, the value itself first.
fn places<'a>(value: &'a Value, path: &str, out: &mut Vec<(String, &'a Value)>) {
    out.push((path.to_owned(), value));
    let mut go = |key: String, value| places(value, &format!("{path}/{key}"), out);
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, one)| go(at.to_string(), one)),
        Value::Object(members) => members.iter().for_each(|(key, one)| go(key.clone(), one)),
        _ => {}
    }
}

proptest! {
    /// Whatever a server says: what is wrong with it is told, or it is compared, there and back.
    #[test]
    fn servers_may_tell_what_they_like(changed in prop::collection::vec(any::<(Index, Index)>(), 1..4)) {
        let good = answer(GOOD);
        let mut bad = good.clone();
        for (from, to) in changed {
            let mut all = Vec::new();
            places(&good, "", &mut all);
            let (_, value) = from.get(&all);
            let (path, _) = to.get(&all);
            if let Some(place) = bad.pointer_mut(path) {
                *place = (*value).clone();
            }
        }
        let good = Told::read(&good).expect("it is good");
        prop_assert_eq!(compare_told(&good, &good), []);
        if let Ok(bad) = Told::read(&bad) {
            compare_told(&good, &bad);
            compare_told(&bad, &good);
        }
    }
}
