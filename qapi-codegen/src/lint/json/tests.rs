//! What is read, what is told, and how deep.

use super::*;

/// The value, written plainly, and the text of each fault's place.
fn check(text: &str, value: &str, faults: &[&str]) {
    let reading = read(text, 0..text.len() as u32);
    let shown = reading.value.as_ref().map_or(String::new(), show);
    let at = |range: &Range<u32>| &text[range.start as usize..range.end as usize];
    let found: Vec<&str> = reading
        .faults
        .iter()
        .map(|fault| at(&fault.range))
        .collect();
    assert_eq!((&*shown, &*found), (value, faults), "{text}");
}

fn show(value: &Value<'_>) -> String {
    let list = |items: Vec<String>| items.join(" ");
    match &value.kind {
        ValueKind::Null => "null".into(),
        ValueKind::Bool => "bool".into(),
        ValueKind::Integer(number) => number.to_string(),
        ValueKind::Number => "number".into(),
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Array(items) => format!("[{}]", list(items.iter().map(show).collect())),
        ValueKind::Object(object) => {
            let mut items: Vec<String> = Vec::new();
            for member in &object.members {
                items.push(format!("{}:{}", member.name, show(&member.value)));
            }
            items.extend(object.elided.then(|| "...".to_owned()));
            format!("{{{}}}", list(items))
        }
        ValueKind::Elided => "...".into(),
    }
}

#[test]
fn json_is_read() {
    check(
        r#" {"a": [1, -2.5e3, true], 'b': null} x"#,
        "{a:[1 number bool] b:null}",
        &[],
    );
    check("[{},\n#   [] ,\n#\n# 3]", "[{} [] 3]", &[]);
    check(
        r#"["\"\u00e9\n", 'it\'s', "é"]"#,
        r#"["\"é\n" "it's" "é"]"#,
        &[],
    );
    check(
        "-99999999999999999999999999999999999999999",
        &(-i128::MAX).to_string(),
        &[],
    );
}

#[test]
fn what_is_left_out_is_passed_over() {
    check("[1, ..., 2, ...]", "[1 2]", &[]);
    check("[ ... ]", "[]", &[]);
    check("[1 ... 2]", "[1 2]", &[]);
    check("{ 'a': ..., ... }", "{a:... ...}", &[]);
    check("{ 'a': 1,\n#  ...,\n# }", "{a:1 ...}", &[]);
}

#[test]
fn commas_are_told_and_the_rest_is_read() {
    check("{ 'a': 1\n# 'b': 2 }", "{a:1 b:2}", &["1"]);
    check("[{} {},]", "[{} {}]", &["}", ","]);
    check("{ 'a': 1, 'b': 2, 'a': 3 }", "{a:1 b:2 a:3}", &["'a'"]);
}

#[test]
fn other_mistakes_end_the_reading() {
    for (text, fault) in [
        ("", ""),
        ("{", ""),
        ("[1", ""),
        ("{ 'a': 1 ]", "]"),
        ("[ ... }", "}"),
        ("{ a: 1 }", "a"),
        ("{ 'a' 1 }", "1"),
        ("{ 'a': }", "}"),
        ("[1 2]", "2"),
        ("[TRUE]", "T"),
        ("[-]", "]"),
        ("[1.]", "]"),
        ("[\"a\n\"]", "\"a"),
        ("['\\q']", "\\q"),
        ("['\\u12']", "\\u"),
        ("['\\", "\\"),
    ] {
        check(text, "", &[fault]);
    }
    check("[01]", "[1]", &["01"]);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    let faults = |text: &str| read(text, 0..text.len() as u32).faults.len();
    assert_eq!(faults(&nested(MAX_DEPTH)), 0);
    assert_eq!(faults(&nested(MAX_DEPTH + 1)), 1);
    assert_eq!(faults(&"[".repeat(1_000_000)), 1);
}
