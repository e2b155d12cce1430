//! One mistake is one error, which says why it is one and what to do.

mod files;
mod found;

use found::{check, check_help};

/// What stands before a documented struct, and the struct with its documentation, mutilated.
fn documented(from: &str, to: &str) -> String {
    let text = "{ 'pragma': { 'doc-required': true } }
##
# @Aa:
#
# What it is.
#
# @x: the first, of which there is
#     a lot to say
#
# @y: the second
#
# Since: 9.1
##
{ 'struct': 'Aa',
  'data': { 'x': 'int',
            'y': 'int' } }
##
# @c:
#
# Returns: the struct
##
{ 'command': 'c', 'returns': 'Aa' }
";
    assert_eq!(text.matches(from).count(), 1, "{from:?}");
    text.replace(from, to)
}

#[test]
fn a_comment_with_a_broken_frame_is_one_error() {
    for (from, to, expected) in [
        // A line without its `#`.
        ("# What it", "What it", "5 Q0901"),
        ("the first, of", "the\nfirst, of", "8 Q0901"),
        ("# @y: the", "@y: the", "10 Q0901"),
        // The closing line is missing, stands twice, or comes too early.
        ("9.1\n##\n", "9.1\n", "13 Q0901"),
        ("9.1\n##\n", "9.1\n##\n##\n", "3 Q0904"),
        ("# What it is.\n", "##\n", "3 Q0904"),
        ("# @x: the first, of", "##\n# @x: the first, of", "3 Q0904"),
        // The opening line is missing, or stands twice.
        ("##\n# @Aa", "# @Aa", "13 Q0901"),
        ("##\n# @Aa", "##\n##\n# @Aa", "15 Q0901"),
    ] {
        check(&documented(from, to), &[expected]);
    }
    check("##\n# @c:\n# Since: 9.1\n", &["3 Q0901"]);
}

#[test]
fn a_comment_that_names_nothing_is_one_error() {
    for (from, to, expected) in [
        ("# @Aa:\n", "", "6 Q0907"),
        ("# @Aa:\n", "# Aa:\n", "7 Q0907"),
        ("# @Aa:\n#\n", "#\n# @Aa:\n", "4 Q0907"),
        ("# @c:\n", "", "17 Q0908"),
        ("# @c:\n", "# @:\n", "18 Q0903"),
    ] {
        check(&documented(from, to), &[expected]);
    }
}

#[test]
fn a_description_that_loses_its_indentation_is_one_error() {
    for (from, to, expected) in [
        ("#     a lot to say", "#     a lot\n#  to say", "9 Q0913"),
        ("#     a lot to say", "#     a lot\n# to say", "9 Q0913"),
        ("#     a lot to say", "# a lot to say", "10 Q0909"),
    ] {
        check(&documented(from, to), &[expected]);
    }
    let analysis = files::analysis(&documented("#     a lot to say", "# a lot to say"), None);
    let [only] = &analysis.diagnostics[..] else {
        panic!("{:#?}", analysis.diagnostics)
    };
    let text = only.labels.last().map(|label| label.text.as_str());
    assert_eq!(text, Some("the descriptions end before this line"));
    assert_eq!(
        only.help.as_deref(),
        Some("indent that line, if it belongs to a description")
    );
}

#[test]
fn members_under_features_are_one_error_each() {
    check(
        &documented("# @x: the", "# Features:\n#\n# @x: the"),
        &["17 Q0916", "18 Q0916"],
    );
    check_help(
        "##\n# @c:\n#\n# Features:\n#\n# @x: one\n#\n# @f: two\n##
{ 'command': 'c', 'data': { 'x': 'int' }, 'features': [ 'f' ] }",
        Some("describe it before `Features:`"),
    );
}

#[test]
fn a_misspelt_features_line_is_one_error() {
    for line in ["Feature:", "Fetures:", "features:"] {
        check_help(
            &format!(
                "##\n# @c:\n#\n# @x: one\n#\n# {line}\n#\n# @f: two\n##
{{ 'command': 'c', 'data': {{ 'x': 'int' }}, 'features': [ 'f' ] }}"
            ),
            Some("did you mean `Features:`?"),
        );
    }
}

#[test]
fn a_wrong_name_is_one_error() {
    for (from, to, expected) in [
        ("{ 'struct': 'Aa'", "{ 'struct': 'aa'", "14 Q0405"),
        ("{ 'struct': 'Aa'", "{ 'struct': 'Ab'", "3 Q0905"),
        ("{ 'struct': 'Aa'", "{ 'strcut': 'Aa'", "14 Q0501"),
        ("{ 'struct': 'Aa'", "'struct': 'Aa'", "14 Q0202"),
    ] {
        check(&documented(from, to), &[expected]);
    }
}

#[test]
fn a_misspelt_member_or_key_is_one_error() {
    for (from, to, expected) in [
        ("'data': { 'x'", "'dta': { 'x'", "15 Q0502"),
        (
            "'pragma': { 'doc-required'",
            "'pragma': { 'doc-requierd'",
            "1 Q0305",
        ),
    ] {
        check(&documented(from, to), &[expected]);
    }
    check_help(
        &documented("'data': { 'x'", "'dta': { 'x'"),
        Some("did you mean `data`?"),
    );
    check_help(
        "##\n# @c:\n#\n# @file-name: one\n##\n{ 'command': 'c', 'data': { 'filename': 'str' } }",
        Some("if that is so, name both `filename` or both `file-name`"),
    );
}

#[test]
fn what_a_broken_pragma_permits_is_no_error() {
    let rest = "{ 'command': 'get_it', 'returns': 'int', 'data': { 'x': 'Aa' } }
{ 'struct': 'Aa', 'data': { 'Some_Member': 'int' } }
##
# @Ea:
#
# Since: 9.1
##
{ 'enum': 'Ea', 'data': [ 'a' ] }\n";
    let names =
        "'command-name-exceptions': [ 'get_it' ], 'command-returns-exceptions': [ 'get_it' ],
'documentation-exceptions': [ 'Ea' ], 'member-name-exceptions': [ 'Aa' ]";
    let pragma = |text: &str| format!("{text}\n{rest}");
    check(&pragma(&format!("{{ 'pragma': {{ {names} }} }}")), &[]);
    for (broken, expected) in [
        (format!("{{ 'pragma' {{ {names} }} }}"), "1 Q0201"),
        (format!("{{ 'pragma': {{ {names} ] }}"), "2 Q0201"),
        (format!("{{ 'pragma': [ {names} ] }}"), "1 Q0201"),
        (
            format!("{{ 'pragma': {{ 'unknown': [], {names} }} }}"),
            "1 Q0305",
        ),
        (
            format!("{{ 'pragma': {{ {names} }}, 'if': 'X' }}"),
            "2 Q0304",
        ),
        ("{ 'include': 'pragma.json' }".to_owned(), "1 Q0302"),
        ("{ 'include' 'pragma.json' }".to_owned(), "1 Q0201"),
    ] {
        check(&pragma(&broken), &[expected]);
    }
}

#[test]
fn a_documented_command_is_no_type() {
    check(
        &documented(
            "'returns': 'Aa'",
            "'data': { 'x': [ 'c' ] }, 'returns': 'Aa'",
        )
        .replace("# Returns", "# @x: c\n#\n# Returns"),
        &["24 Q0702"],
    );
}

#[test]
fn a_definition_that_is_cut_short_is_one_error() {
    for (from, to, expected) in [
        ("'Aa',\n", "'Aa' }\n", "15 Q0202"),
        ("'int' } }", "'int' } } }", "16 Q0201"),
        ("'x': 'int',", "'x': 'int' },", "16 Q0201"),
        ("'Aa',\n", "'Aa',\n##\n", "15 Q0201"),
        ("'Aa',\n", "'Aa',\n##\n# @z:\n##\n", "15 Q0201"),
        ("{ 'struct': 'Aa',", "{ 'struct': , 'Aa'", "14 Q0201"),
        ("{ 'struct': 'Aa',", "{ : 'struct' 'Aa',", "14 Q0201"),
        ("{ 'struct': 'Aa',", "{ 'struct': 'Aa'", "15 Q0201"),
    ] {
        check(&documented(from, to), &[expected]);
    }
}

#[test]
fn lines_may_end_in_any_way() {
    let text = documented("# @x: the first", "# @z: the first");
    for end in ["\n", "\r\n", "\r"] {
        check(&text.replace('\n', end), &["15 Q0916", "7 Q0915"]);
        let broken = documented("'Aa',\n", "'Aa'\n");
        check(&broken.replace('\n', end), &["15 Q0201"]);
    }
}

#[test]
fn a_byte_order_mark_is_one_error() {
    for text in ["{ 'command': 'c' }", "##\n# @c:\n##\n{ 'command': 'c' }"] {
        check(&format!("\u{feff}{text}"), &["1 Q0101"]);
        check_help(
            &format!("\u{feff}{text}"),
            Some("this is a byte order mark: save the file without one"),
        );
    }
}

#[test]
fn what_is_wrong_in_a_line_of_prose_is_told_once() {
    check(
        "{ 'command': 'c' }\nthis is no schema, nor was it: ever\n{ 'command': 'D' }",
        &["2 Q0101", "3 Q0404"],
    );
    check("{ 'command': 'D' };\n", &["1 Q0101", "1 Q0404"]);
}

/// Checks the one diagnostic of a text: its message, and what is noted to it.
#[track_caller]
fn check_words(text: &str, message: &str, notes: &[&str]) {
    let analysis = files::analysis(text, None);
    let [only] = &analysis.diagnostics[..] else {
        panic!("{:#?}", analysis.diagnostics)
    };
    assert_eq!(only.message, message);
    assert_eq!(only.notes, notes);
}

#[test]
fn why_branches_of_an_alternate_are_alike_is_told() {
    let text = "on a command line there is only text, which may look like a number or a boolean";
    for (one, other, note) in [
        ("'int'", "'number'", "numbers of all types are one kind"),
        ("'str'", "'Ea'", "strings and values of enums are one kind"),
        ("'Ea'", "'str'", "strings and values of enums are one kind"),
        (
            "['int']",
            "['str']",
            "arrays are one kind, whatever is in them",
        ),
        ("'Sa'", "'Sa'", "objects are one kind, whatever is in them"),
        ("'str'", "'int'", text),
        ("'bool'", "'Ea'", text),
        ("'Ea'", "'size'", text),
    ] {
        check_words(
            &format!(
                "{{ 'enum': 'Ea', 'data': [ 'on', '2-way' ] }}
{{ 'struct': 'Sa', 'data': {{}} }}
{{ 'alternate': 'Aa', 'data': {{ 'a': {one}, 'b': {other} }} }}"
            ),
            "the branch `b` cannot be told from the branch `a` in JSON",
            &[note],
        );
    }
}

#[test]
fn names_of_the_compilers_own_are_not_shown() {
    let types = "{ 'enum': 'Ea', 'data': [ 'a' ] }
{ 'struct': 'Sa', 'data': { 'x': 'int' } }
{ 'union': 'Ia', 'base': { 'kind': 'Ea' }, 'discriminator': 'kind', 'data': {} }";
    let union = |base: &str, branch: &str| {
        format!(
            "{types}\n{{ 'union': 'Ua', 'base': {base}, 'discriminator': 'kind', 'data': {{ 'a': '{branch}' }} }}"
        )
    };
    check_words(
        &union("{ 'kind': 'Ea', 'x': 'int' }", "Sa"),
        "the member `x` of `Sa` clashes with the member `x` of the base",
        &[],
    );
    check_words(
        &union("{ 'kind': 'Ea' }", "Ia"),
        "the member `kind` of the base of `Ia` clashes with the member `kind` of the base",
        &[],
    );
}

#[test]
fn names_that_are_the_same_in_c_are_said_to_be() {
    let note = "in names `-`, `_` and `.` count as the same, as they do in C";
    check_words(
        "{ 'enum': 'Ea', 'data': [ '__x.y_a', '__x-y_a' ] }",
        "the value `__x-y_a` clashes with the value `__x.y_a`",
        &[note],
    );
    check_words(
        "{ 'struct': 'Aa', 'data': { '__x.y_a': 'int', '__x-y_a': 'int' } }",
        "the member `__x-y_a` clashes with the member `__x.y_a`",
        &[note],
    );
}

#[test]
fn how_an_array_is_written_is_told() {
    check_help(
        "{ 'struct': 'Aa', 'data': {} }\n{ 'command': 'c', 'returns': ['AaList'] }",
        Some("write `['Aa']` for an array"),
    );
}
