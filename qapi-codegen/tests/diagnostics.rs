//! One run reports every independent error, and each mistake once.

mod files;
mod found;

use found::{check, check_help, place_and_code};

#[test]
fn many_errors_in_one_file_are_all_reported() {
    check(
        "{ 'struct': 'Aa', 'data': { 'x': 'Missing' } }
{ 'struct': 'b', 'data': {} }
{ 'command': 'Stop', 'returns': 'str' }
{ 'event': 'stopped', 'data': 'int' }
{ 'enum': 'Ea', 'data': [ 'a', 'a' ] }
{ 'alternate': 'Fa', 'data': { 'x': 'int', 'y': 'number' } }
{ 'command': 'cont', 'allow-oob': false, 'if': 'x', 'data': { 'u': 'str' } }",
        // By the pass that finds them: first each definition by itself, then the names they refer to.
        &[
            "2 Q0405", "3 Q0404", "4 Q0403", "7 Q0402", "7 Q0601", "7 Q0505", "1 Q0702", "3 Q0708",
            "4 Q0703", "5 Q0704", "6 Q0808",
        ],
    );
}

#[test]
fn several_errors_in_one_definition_are_all_reported() {
    check(
        "{ 'struct': 'Aa', 'sructure': true, 'base': 'Missing',
  'data': { 'Ba': 'int',
            'c': { 'type': 'int', 'if': 'no' },
            'd': [ 'int', 'int' ],
            'e': { 'tpye': 'int' },
            'f': 'Missing2' },
  'features': [ 'deprecated', 'Odd' ] }",
        &[
            "1 Q0503", "2 Q0404", "3 Q0601", "4 Q0504", "5 Q0502", "7 Q0404", "7 Q0603", "1 Q0702",
            "6 Q0702",
        ],
    );
}

#[test]
fn after_a_syntax_error_the_next_definition_is_read() {
    check(
        "{ 'command': 'stop' 'data': {} }
{ 'command': 'cont', }
{ 'enum': 'Ea', 'data': [ 'a' 'b' ] }
{ 'command': 'quit', 'returns': 'Missing' }
{ 'command': 'halt
{ 'command': 'wake', 'data': { 'x': 5 } };
{ 'command': 'nap' },
{ 'event': 'asleep' }",
        &[
            "1 Q0201", "2 Q0201", "3 Q0201", "5 Q0102", "6 Q0101", "6 Q0101", "7 Q0201", "8 Q0403",
            "4 Q0702",
        ],
    );
}

#[test]
fn a_bracket_that_is_never_closed_hides_one_definition() {
    check(
        "{ 'struct': 'Aa', 'data': { 'x': 'int'
{ 'struct': 'Ba', 'data': { 'x': 'Aa' } }
{ 'struct': 'Ca', 'data': { 'x': 'Missing' } }",
        &["2 Q0201", "3 Q0702"],
    );
}

#[test]
fn errors_in_included_files_are_reported_with_the_others() {
    check(
        "{ 'include': 'a.json' }
{ 'include': 'missing.json' }
{ 'include': 'b.json' }
{ 'command': 'stop', 'returns': 'OfA' }
{ 'command': 'cont', 'returns': 'Missing' }
# file: a.json
{ 'struct': 'OfA', 'data': { 'x': 'OfB' } }
{ 'struct': 'broken' 'data': {} }
# file: b.json
{ 'include': 'a.json' }
{ 'struct': 'OfB', 'data': { 'u': 'int' } }",
        &["a.json:2 Q0201", "2 Q0302", "b.json:2 Q0402", "5 Q0702"],
    );
}

#[test]
fn errors_in_documentation_are_reported_with_the_others() {
    check(
        "##
# @stop:
#
# Pauses. Everything.
#
# Since:
#
# @x: not there
##
{ 'command': 'stop', 'features': [ 'odd' ] }
##
# @cnot:
##
{ 'command': 'cont', 'data': { 'x': 'Missing' } }",
        &[
            "4 Q0920", "8 Q0909", "6 Q0911", "12 Q0905", "10 Q0917", "14 Q0702", "8 Q0915",
        ],
    );
}

#[test]
fn a_schema_in_double_quotes_is_read_all_the_same() {
    check(
        r#"{ "include": "a.json" }
{ "struct": 'Aa', 'data': { 'x': "Ba" } }
{ 'command': 'c', 'returns': 'Aa', 'data': 'Ba' }
# file: a.json
{ 'struct': 'Ba', 'data': { 'X': 'int' } }"#,
        &["1 Q0101", "1 Q0101", "2 Q0101", "2 Q0101", "a.json:1 Q0404"],
    );
}

#[test]
fn references_to_a_broken_definition_are_no_errors() {
    for broken in [
        "{ 'struct': 'Aa', 'data': { 'x': 'int' 'y': 'int' } }",
        "{ 'struct': 'Aa', 'data': }",
        "{ 'struct': 'Aa' 'data': {} }",
        "{ 'struct': 'Aa', 'data': { 'x': 'int }\n}",
        "{ 'data': { 'x': null }, 'struct': 'Aa' }",
    ] {
        let uses = "\n{ 'struct': 'Ba', 'base': 'Aa', 'data': { 'a': ['Aa'], '*b': 'Aa' } }
{ 'command': 'c', 'data': 'Aa', 'returns': ['Aa'] }\n";
        check(&format!("{broken}{uses}"), &[code_of_first(broken)]);
    }
}

/// The one diagnostic that a text gives by itself, as `check` writes it.
fn code_of_first(text: &str) -> &'static str {
    let analysis = files::analysis(text, None);
    let first = analysis.diagnostics.first().expect("the text is broken");
    match place_and_code(first, &analysis.sources).as_str() {
        "1 Q0201" => "1 Q0201",
        "1 Q0101" => "1 Q0101",
        "1 Q0102" => "1 Q0102",
        other => panic!("{other}"),
    }
}

#[test]
fn an_unknown_base_hides_what_depends_on_its_members() {
    check(
        "{ 'enum': 'Ea', 'data': [ 'a' ] }
{ 'struct': 'Sa', 'base': 'Missing', 'data': {} }
{ 'union': 'Ua', 'base': 'Missing', 'discriminator': 'kind', 'data': { 'x': 'Sa' } }
{ 'union': 'Va', 'base': 'Sa', 'discriminator': 'kind', 'data': { 'x': 'Sa' } }",
        &["2 Q0702", "3 Q0702"],
    );
}

#[test]
fn an_enum_with_a_broken_value_hides_whether_a_branch_has_a_name() {
    check(
        "{ 'enum': 'Ea', 'data': [ 'a', { 'nam': 'b' } ] }
{ 'struct': 'Sa', 'data': {} }
{ 'union': 'Ua', 'base': { 'kind': 'Ea' }, 'discriminator': 'kind', 'data': { 'a': 'Sa', 'b': 'Sa' } }",
        &["1 Q0502"],
    );
}

#[test]
fn a_broken_discriminator_hides_nothing_of_the_branches() {
    check(
        "{ 'enum': 'Ea', 'data': [ 'a' ] }
{ 'union': 'Ua', 'base': { 'kind': 'str' }, 'discriminator': 'kind', 'data': { 'x': 'Missing' } }
{ 'union': 'Va', 'base': { 'kind': 'Ea' }, 'discriminator': 'knid', 'data': { 'x': 'Missing' } }",
        &["2 Q0802", "2 Q0702", "3 Q0801", "3 Q0702"],
    );
}

#[test]
fn a_misspelt_type_is_an_error_wherever_it_is_used() {
    check(
        "{ 'struct': 'Drvie', 'data': {} }
{ 'struct': 'Aa', 'data': { 'x': 'Drive' } }
{ 'struct': 'Ba', 'data': { 'x': 'int', '*y': 'Drive' } }
{ 'command': 'c', 'returns': 'Drive' }",
        &["2 Q0702", "3 Q0702", "4 Q0702"],
    );
    check(
        "{ 'struct': 'drive', 'data': {} }
{ 'struct': 'Aa', 'data': { 'x': 'drive', '*y': ['drive'] } }
{ 'command': 'c', 'returns': 'drive' }",
        &["1 Q0405"],
    );
}

#[test]
fn an_array_of_an_unknown_type_is_an_error_once() {
    check(
        "{ 'struct': 'Aa', 'data': { 'x': ['Missing'], 'y': ['Missing'] } }
{ 'command': 'c', 'returns': ['Missing'] }",
        &["1 Q0702"],
    );
}

#[test]
fn of_two_definitions_of_a_name_the_first_counts() {
    check(
        "{ 'struct': 'Aa', 'data': { 'x': 'int' } }
{ 'enum': 'Aa', 'data': [ 'a', 'a' ] }
{ 'struct': 'Ba', 'base': 'Aa', 'data': {} }
{ 'command': 'c', 'data': { 'x': 'int' } }
{ 'command': 'c', 'data': { 'x': 'Missing' } }",
        &["2 Q0701", "5 Q0701", "2 Q0704", "5 Q0702"],
    );
}

#[test]
fn objects_that_contain_one_another_are_an_error_once() {
    check(
        "{ 'struct': 'Aa', 'base': 'Ba', 'data': {} }
{ 'struct': 'Ba', 'base': 'Ca', 'data': {} }
{ 'struct': 'Ca', 'base': 'Aa', 'data': {} }
{ 'struct': 'Da', 'base': 'Aa', 'data': { 'x': 'Ba' } }
{ 'command': 'c', 'data': 'Da', 'returns': 'Ca' }",
        &["1 Q0705"],
    );
}

#[test]
fn a_circle_of_includes_is_an_error_once() {
    check(
        "# file: a.json
{ 'include': 'b.json' }
{ 'command': 'a', 'returns': 'Ba' }
# file: b.json
{ 'include': 'a.json' }
{ 'struct': 'Ba', 'data': {} }",
        &["b.json:1 Q0303"],
    );
}

#[test]
fn documentation_of_a_broken_definition_is_not_held_against_it() {
    check(
        "##
# @Aa:
#
# @x: a member
#
# @y: another
##
{ 'struct': 'Aa', 'data': { 'x': 'int', 'y': null } }
##
# @Ba:
#
# @x: a member
##
{ 'struct': 'Ba', 'data': { 'x': 'int', 'y': [ 'int', 'int' ] } }",
        &["8 Q0101", "14 Q0504"],
    );
}

#[test]
fn after_a_thousand_errors_the_rest_is_only_counted() {
    let text = "{ 'command': 'Stop' }\n".repeat(3_000);
    let analysis = files::analysis(&text, None);
    assert_eq!(analysis.diagnostics.len(), 1_000);
    assert!(analysis.schema.is_none());
}

#[test]
fn a_name_that_is_nearly_right_is_suggested() {
    let union = |data: &str, discriminator: &str| {
        format!(
            "{{ 'enum': 'Ea', 'data': [ 'file', 'host-device' ] }}
{{ 'struct': 'Sa', 'data': {{ 'x': 'int' }} }}
{{ 'union': 'Ua', 'base': {{ 'driver': 'Ea', 'node': 'str' }}, 'discriminator': '{discriminator}', 'data': {data} }}"
        )
    };
    for (text, help) in [
        ("{ 'comand': 'stop' }", Some("did you mean `command`?")),
        (
            "{ 'command': 'stop', 'retruns': 'x' }",
            Some("did you mean `returns`?"),
        ),
        ("{ 'command': 'stop', 'zzz': 'x' }", None),
        (
            "{ 'command': 'stop', 'returns': ['Stauts'] }\n{ 'struct': 'Status', 'data': {} }",
            Some("did you mean `Status`?"),
        ),
        (
            "{ 'command': 'stop', 'returns': 'status' }\n{ 'struct': 'Status', 'data': {} }",
            Some("did you mean `Status`?"),
        ),
        (
            "{ 'struct': 'Sa', 'data': { 'x': 'strng' } }",
            Some("did you mean `str`?"),
        ),
        (
            "{ 'struct': 'Sa', 'data': { 'x': 'uint' } }",
            Some("did you mean `int`?"),
        ),
        ("{ 'struct': 'Sa', 'data': { 'x': 'Frobnicator' } }", None),
        (
            "{ 'pragma': { 'doc_required': true } }",
            Some("did you mean `doc-required`?"),
        ),
        ("{ 'event': 'Disk-Ejected' }", Some("write `DISK_EJECTED`")),
        (
            "{ 'command': 'x-Query_Disk' }",
            Some("write `x-query-disk`"),
        ),
        (
            "{ \"command\": 'stop' }",
            Some("strings are written in single quotes"),
        ),
    ] {
        let analysis = files::analysis(text, None);
        let first = analysis.diagnostics.first().expect("a diagnostic");
        assert_eq!(first.help.as_deref(), help, "{}", first.message);
    }
    check_help(
        &union("{ 'fiel': 'Sa' }", "driver"),
        Some("did you mean `file`?"),
    );
    check_help(
        &union("{ 'file': 'Sa' }", "drivre"),
        Some("did you mean `driver`?"),
    );
    check_help(&union("{ 'file': 'Sa' }", "frequency"), None);
}

/// QEMU's front end takes an empty name of a type for none where there may be none, and for a type that does not exist
/// where there has to be one.
#[test]
fn an_empty_name_of_a_type_is_none() {
    for none in [
        "{ 'command': 'c', 'data': '' }",
        "{ 'command': 'c', 'returns': '' }",
        "{ 'command': 'c', 'data': '', 'returns': '', 'gen': false }",
        "{ 'event': 'E', 'data': '' }",
        "{ 'struct': 'Sa', 'base': '', 'data': {} }",
    ] {
        check(none, &[]);
        let analysis = files::analysis(none, None);
        let dumped = |analysis: &qapi_codegen::Analysis| {
            qapi_codegen::dump::dump(analysis.schema.as_ref().expect("it is valid"))
        };
        let left_out = [", 'data': ''", ", 'returns': ''", ", 'base': ''"];
        let left_out = left_out
            .iter()
            .fold(none.to_owned(), |text, key| text.replace(key, ""));
        assert_eq!(
            dumped(&analysis),
            dumped(&files::analysis(&left_out, None)),
            "{none}"
        );
    }
    for (wrong, code) in [
        ("{ 'command': 'c', 'data': '', 'boxed': true }", "1 Q0508"),
        ("{ 'event': 'E', 'data': '', 'boxed': true }", "1 Q0508"),
        ("{ 'command': 'c', 'returns': [''] }", "1 Q0702"),
        ("{ 'command': 'c', 'data': { 'x': '' } }", "1 Q0702"),
        ("{ 'struct': 'Sa', 'data': '' }", "1 Q0504"),
        ("{ 'alternate': 'Aa', 'data': { 'x': '' } }", "1 Q0702"),
        (
            "{ 'enum': 'Ea', 'data': [ 'a' ] } { 'union': 'Ua', 'base': '', 'discriminator': 'k', 'data': {} }",
            "1 Q0702",
        ),
    ] {
        check(wrong, &[code]);
    }
}

/// Few names are compared, many are looked up: what stands twice is found either way.
#[test]
fn what_stands_twice_is_found_among_few_and_many() {
    for count in [1, 15, 16, 17, 18, 40] {
        let members: Vec<String> = (0..count).map(|at| format!("'m-{at}': 'int'")).collect();
        let described: Vec<String> = (0..count)
            .map(|at| format!("# @m-{at}: one\n#\n"))
            .collect();
        let (members, described) = (members.join(",\n"), described.concat());
        let definition = |last: &str, docs: &str| {
            format!(
                "{{ 'pragma': {{ 'member-name-exceptions': [ 'Aa' ] }} }}\n##\n# @Aa:\n#\n# A.\n#\n{described}{docs}# Since: 1.0\n##\n{{ 'struct': 'Aa', 'data': {{\n{members},\n{last} }} }}"
            )
        };
        let (docs, end) = (6 + 2 * count, 8 + 4 * count - count);
        check(
            &definition("'m-0': 'int', 'm-0': 'int'", ""),
            &[&format!("{} Q0203", end + 2), &format!("{} Q0203", end + 2)],
        );
        check(
            &definition("'m_0': 'int'", "# @m_0: two\n#\n"),
            &[&format!("{} Q0704", end + 4)],
        );
        check(
            &definition("'z': 'int'", "# @z: two\n#\n# @m-0: again\n#\n"),
            &[&format!("{} Q0912", docs + 3)],
        );
    }
}
