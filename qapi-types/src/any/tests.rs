use super::{Any, AnyMembers, Null};
use crate::{Kind, Writer, from_str, to_string};

fn any(json: &str) -> Any {
    json.parse().unwrap()
}

#[test]
fn texts_are_kept_as_they_are() {
    for json in [
        "null",
        "1.0",
        "1e400",
        "123456789012345678901234567890",
        r#"{"b": 1,  "a":"\u00e9", "b": 2}"#,
        "[ ]",
    ] {
        let value = any(&format!(" {json}\n"));
        assert_eq!(value.as_json(), json);
        assert_eq!(to_string(&value), json);
        assert_eq!(format!("{value} {value:?}"), format!("{json} {json}"));
    }
}

#[test]
fn values_are_made_from_rust() {
    for (value, json, kind) in [
        (Any::from(true), "true", Kind::Bool),
        (Any::from(-5i64), "-5", Kind::Number),
        (Any::from(u64::MAX), "18446744073709551615", Kind::Number),
        (Any::from(1.0), "1", Kind::Number),
        (Any::from(0.1), "0.1", Kind::Number),
        (Any::from(f64::NAN), "null", Kind::Null),
        (Any::from("a\"b"), r#""a\"b""#, Kind::String),
        (Any::from(String::new()), r#""""#, Kind::String),
        (Any::from(Null), "null", Kind::Null),
        (Any::from_iter([1, 2]), "[1,2]", Kind::Array),
        (Any::encode_from("text"), r#""text""#, Kind::String),
        (
            Any::from(AnyMembers::from_iter([("a", 1)])),
            r#"{"a":1}"#,
            Kind::Object,
        ),
    ] {
        assert_eq!((value.as_json(), value.kind()), (json, kind));
    }
}

#[test]
fn equal_is_what_means_the_same() {
    for (left, right, same) in [
        (r#"{"a":1,"b":[true]}"#, r#"{ "b": [true], "a": 1 }"#, true),
        (r#""é""#, r#""\u00e9""#, true),
        ("1e400", "1e400", true),
        ("1", "2", false),
        ("[1,2]", "[2,1]", false),
        ("null", "false", false),
        ("1e2", "100.0", true),
        ("1.0", "1", false),
        ("-0", "0", false),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567891",
            false,
        ),
        (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, false),
        (r#"["a:1"]"#, r#"["a",1]"#, false),
    ] {
        assert_eq!(any(left) == any(right), same, "{left} {right}");
    }
}

#[test]
fn members_of_objects_are_found() {
    let value = any(r#"{"a": {"b": [null]}, "\u0063": 1}"#);
    assert_eq!(value.get("a").and_then(|a| a.get("b")), Some(any("[null]")));
    assert_eq!(value.get("c").unwrap().to::<u8>().unwrap(), 1);
    assert_eq!(value.get("d"), None);
    assert_eq!(any("[1]").get("a"), None);
}

#[test]
fn values_too_deep_or_too_large_for_a_tree_are_no_panic() {
    let deep = any(&("[".repeat(1000) + &"]".repeat(1000)));
    let spaced = any(&("[ ".repeat(1000) + &"]".repeat(1000)));
    assert_eq!(deep.clone(), deep);
    assert_ne!(spaced, deep);
}

#[cfg(feature = "serde")]
#[test]
fn trees_of_serde_json_go_both_ways() {
    let value = serde_json::json!({"a": [1]});
    assert_eq!(Any::from(value.clone()).as_json(), r#"{"a":[1]}"#);
    assert_eq!(any(r#"{"a": [1]}"#).to_value().unwrap(), value);
    assert!(any("1e400").to_value().is_err());
    assert!(
        any(&("[".repeat(1000) + &"]".repeat(1000)))
            .to_value()
            .is_err()
    );
}

#[test]
fn members_keep_their_order() {
    let text = r#"{"z":1,"a":{"x":[]},"m":null}"#;
    let mut members: AnyMembers = from_str(text).unwrap();
    assert_eq!(to_string(&members), text);
    assert_eq!(members.get("m"), Some(&Any::from(Null)));
    members.extend([("name \"quoted\"", "n")]);
    assert_eq!(members.len(), 4);
    assert!(to_string(&members).ends_with(r#","name \"quoted\"":"n"}"#));
    let names: Vec<String> = members.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["z", "a", "m", "name \"quoted\""]);
}

#[test]
fn absent_options_are_left_out_of_objects_only() {
    let absent: Option<u8> = None;
    let mut writer = Writer::new();
    writer.object(&[("a", &absent), ("b", &Box::new(absent)), ("c", &&absent)]);
    assert_eq!(writer.text(), "{}");
    assert_eq!(to_string(&vec![None, Some(1u8)]), "[null,1]");
}
