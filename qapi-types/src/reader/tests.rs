use proptest::prelude::*;
use serde_json::Value;

use super::{Limits, Reader, from_slice, from_str};
use crate::{Any, Decode, Problem};

/// What `text` decodes to as a `T`, or the error in words.
fn read<T: Decode>(text: &str) -> Result<T, String> {
    from_str(text).map_err(|error| error.to_string())
}

fn tree(any: &Any) -> Option<Value> {
    serde_json::from_str(any.as_json()).ok()
}

/// Both ways through a text: decoding and skipping accept the same, and what serde_json accepts.
fn check_like_serde_json(text: &str) {
    let theirs: Option<Value> = serde_json::from_str(text).ok();
    let skipped = read::<Any>(text);
    match (&theirs, &skipped) {
        (Some(value), Ok(any)) => assert_eq!(tree(any).as_ref(), Some(value), "{text:?}"),
        (None, Err(_)) => {}
        // Numbers that no f64 holds: JSON all the same, kept as text and refused when a number is asked for.
        (None, Ok(any)) => assert!(tree(any).is_none(), "{text:?} accepted"),
        (Some(_), Err(error)) => panic!("{text:?}: {error}"),
    }
    match theirs {
        Some(Value::String(string)) => assert_eq!(read::<String>(text), Ok(string)),
        Some(Value::Bool(bool)) => assert_eq!(read::<bool>(text), Ok(bool)),
        Some(Value::Number(number)) => {
            // The nearest f64; serde_json may be off by one in the last place unless told otherwise.
            let float = read::<f64>(text).map(f64::to_bits);
            assert_eq!(
                float.ok(),
                text.trim().parse().ok().map(f64::to_bits),
                "{text}"
            );
            assert_eq!(read::<i64>(text).ok(), number.as_i64(), "{text}");
            assert_eq!(read::<u64>(text).ok(), number.as_u64(), "{text}");
        }
        _ => {
            assert!(read::<String>(text).is_err());
            assert!(read::<bool>(text).is_err());
            assert!(read::<f64>(text).is_err());
        }
    }
}

#[test]
fn agrees_with_serde_json_on_chosen_texts() {
    for text in [
        // literals and structure
        "",
        " ",
        "null",
        "nul",
        "nullx",
        "true",
        "truefalse",
        "false",
        "tru",
        "[]",
        "[ ]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1",
        "]",
        "{}",
        "{ }",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1 "b":2}"#,
        r#"{a:1}"#,
        r#"{"a":1}}"#,
        r#"{"a" : [ {} , { "b" : null } ] }"#,
        "[{]}",
        "[}",
        "{]",
        "{} {}",
        "\u{feff}{}",
        "'a'",
        "// x\n1",
        "\t\r\n [\t\r\n1\t\r\n,\t\r\n2\t\r\n]\t\r\n",
        "\u{b}1",
        "\u{a0}1",
        // numbers
        "0",
        "-0.0",
        "00",
        "01",
        "-",
        "-x",
        "+1",
        "1.",
        ".5",
        "1.5",
        "1e",
        "1e+",
        "1e5",
        "1E-5",
        "1.0",
        "1e400",
        "-1e400",
        "1e-400",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678",
        "999999999999999999",
        "0x10",
        "NaN",
        "Infinity",
        "1_000",
        "0.1",
        "5e-324",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        // strings
        r#""""#,
        r#"""#,
        r#""abc"#,
        r#""\""#,
        r#""\"""#,
        r#""\\""#,
        r#""\/\b\f\n\r\t""#,
        r#""\a""#,
        r#""\u0041""#,
        r#""\u004""#,
        r#""\u00g1""#,
        r#""\u+041""#,
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#""\ud83dx""#,
        r#""\ud83d\n""#,
        r#""\ud83d\u0041""#,
        r#""\ude00""#,
        r#""\u0000""#,
        "\"\u{0}\"",
        "\"a\nb\"",
        "\"a\u{1f}b\"",
        "\"\u{7f}\"",
        "\"héllo ✓ 😀\"",
        r#""0123456789abcdef0123456789abcdef""#,
        r#""0123456789abcde\n0123456""#,
        r#""01234567\"89""#,
    ] {
        check_like_serde_json(text);
    }
}

/// JSON of all kinds, as text that serde_json writes.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_serde_json_on_json(value in json()) {
        check_like_serde_json(&value.to_string());
        check_like_serde_json(&serde_json::to_string_pretty(&value).unwrap_or_default());
    }

    /// One change somewhere makes most texts invalid, and all of them the same for both.
    #[test]
    fn agrees_with_serde_json_on_damaged_json(
        value in json(),
        at in any::<prop::sample::Index>(),
        with in prop::sample::select(vec!["", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e", ".", "\u{1}", "é"]),
    ) {
        let mut characters: Vec<String> = value.to_string().chars().map(String::from).collect();
        let at = at.index(characters.len());
        characters[at] = with.to_owned();
        check_like_serde_json(&characters.concat());
    }

    #[test]
    fn bytes_of_any_kind_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let ours = from_slice::<Any>(&bytes).is_ok();
        let valid = std::str::from_utf8(&bytes).is_ok();
        prop_assert!(!ours || valid);
        let _ = from_slice::<Vec<String>>(&bytes);
        let _ = from_slice::<f64>(&bytes);
    }
}

#[test]
fn integers_stay_within_their_types() {
    fn check<T: Decode + std::fmt::Debug>(accepted: &[&str], refused: &[&str]) {
        for text in accepted {
            read::<T>(text).unwrap();
        }
        for text in refused {
            let problem = from_str::<T>(text).unwrap_err().problem().clone();
            assert!(
                matches!(problem, Problem::OutOfRange { .. }),
                "{text}: {problem}"
            );
        }
    }
    // Around the length up to which digits are added up without a check.
    check::<u64>(
        &["9999999999999999999", "10000000000000000000"],
        &["99999999999999999999"],
    );
    check::<i64>(
        &["999999999999999999", "1000000000000000000"],
        &["9999999999999999999"],
    );
    check::<i8>(&["-128", "127", "-0"], &["-129", "128"]);
    check::<i16>(&["-32768", "32767"], &["-32769", "32768"]);
    check::<i32>(
        &["-2147483648", "2147483647"],
        &["-2147483649", "2147483648"],
    );
    check::<u8>(&["0", "255"], &["-1", "256"]);
    check::<u16>(&["65535"], &["65536"]);
    check::<u32>(&["4294967295"], &["4294967296"]);
    let thousand_digits = "9".repeat(1000);
    check::<u64>(
        &["18446744073709551615"],
        &["18446744073709551616", "-1", &thousand_digits],
    );
    check::<f64>(&["1e308"], &["1e309", "-1e309"]);
}

/// `[[[…]]]`, so many levels deep.
fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

#[test]
fn skipping_goes_as_deep_as_allowed_and_no_deeper() {
    // Around the words of 64 bits in which open brackets are kept, too.
    for depth in [1, 2, 63, 64, 65, 127, 128, 129, 1023, 1024] {
        assert_eq!(
            read::<Any>(&nested(depth)).unwrap().as_json(),
            nested(depth)
        );
        let mixed = r#"{"a":[1,"#.repeat(depth / 2) + "{}" + &"]}".repeat(depth / 2);
        assert_eq!(read::<Any>(&mixed).is_ok(), depth < 1024, "{depth}");
    }
    let mut bombs = vec![nested(1025), "[".repeat(1 << 20), r#"{"":"#.repeat(1 << 20)];
    bombs.push(r#"[{"":"#.repeat(1 << 20));
    for bomb in bombs {
        let error = from_str::<Any>(&bomb).unwrap_err();
        assert_eq!(*error.problem(), Problem::TooDeep);
    }
}

#[test]
fn limits_are_kept() {
    let limits = Limits {
        nesting: 2,
        skipped_nesting: 3,
        memory: 8,
    };
    fn check<T: Decode>(text: &str, limits: Limits, expected: Option<Problem>) {
        let error = Reader::with_limits(text, limits).finish::<T>().err();
        assert_eq!(error.map(|error| error.problem().clone()), expected);
    }
    check::<Vec<Vec<u8>>>("[]", limits, None);
    check::<Any>("[[[1]]]", limits, None);
    check::<Any>("[[[[1]]]]", limits, Some(Problem::TooDeep));
    check::<Vec<Vec<Vec<()>>>>(
        "[[[]]]",
        Limits {
            memory: 999,
            ..limits
        },
        Some(Problem::TooDeep),
    );
    // What is skipped within what is decoded counts from the outermost value.
    check::<Vec<()>>("[[[0]]]", limits, None);
    check::<Vec<()>>("[[[[0]]]]", limits, Some(Problem::TooDeep));
    check::<Vec<u32>>("[1,2]", limits, None);
    check::<Vec<u32>>("[1,2,3]", limits, Some(Problem::TooLarge));
    check::<Box<u64>>("1", limits, None);
    check::<Vec<Box<u64>>>("[1]", limits, Some(Problem::TooLarge));
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let borrowed = |text| {
        matches!(
            Reader::new(text).string(),
            Ok(std::borrow::Cow::Borrowed(_))
        )
    };
    assert!(borrowed(r#""a longer string with ✓ but no escape""#));
    assert!(!borrowed(r#""\u0061""#));
}

#[test]
fn discriminators_are_found_ahead_without_moving() {
    for (text, expected) in [
        (r#" {"t":"x"}"#, Ok("x")),
        (r#"{"a":{"t":"no"},"b":["t"],"t" : "\u0078"}"#, Ok("x")),
        (r#"{"\u0074":"x"}"#, Ok("x")),
        (r#"{"a":"t","b":"{\"t\":","t":"x","t":"y"}"#, Ok("x")),
        (r#"{"\\":[[{"t":"no"}],"]"],"a":{},"t":"x"}"#, Ok("x")),
        (
            r#"{"a":1},{"t":"next"}"#,
            Err(r#"member `t` is missing at byte 0, near `{"a":1},{"t":"next"}`"#),
        ),
        (
            r#"{"a":"t"}"#,
            Err(r#"member `t` is missing at byte 0, near `{"a":"t"}`"#),
        ),
        (r#"{}"#, Err("member `t` is missing at byte 0, near `{}`")),
        (
            r#"{"a":1}"#,
            Err(r#"member `t` is missing at byte 0, near `{"a":1}`"#),
        ),
        (
            r#"{"t":1}"#,
            Err(r#"t: expected a string, found a number at byte 5, near `{"t":1}`"#),
        ),
        (
            r#"{"a":x}"#,
            Err(r#"a: expected a value, found 'x' at byte 5, near `{"a":x}`"#),
        ),
        (
            r#"{"a" 1}"#,
            Err(r#"expected `:`, found a number at byte 5, near `{"a" 1}`"#),
        ),
        (
            r#"{"a":1 2}"#,
            Err(r#"expected `,` or `}`, found a number at byte 7, near `{"a":1 2}`"#),
        ),
        (
            r#"{"a":1,}"#,
            Err(r#"expected a member's name, found '}' at byte 7, near `{"a":1,}`"#),
        ),
        (
            "[]",
            Err("expected an object, found an array at byte 0, near `[]`"),
        ),
    ] {
        let mut reader = Reader::new(text);
        let found = reader.discriminator("t").map_err(|error| error.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), expected);
        if found.is_ok() {
            assert!(reader.skip().is_ok() && reader.end().is_ok());
        }
    }
}

proptest! {
    /// Looking ahead finds what going through the whole object finds, however the object is written.
    #[test]
    fn discriminators_are_those_of_the_object(
        names in prop::collection::vec(r#"[t\\"{}\[\],:]{0,3}"#, 0..5),
        values in prop::collection::vec(r#"[t\\"{}\[\],:]{0,3}"#, 5),
        shapes in prop::collection::vec(0..4_u8, 5),
        pretty: bool,
    ) {
        let mut object = serde_json::Map::new();
        for ((name, value), shape) in names.iter().zip(&values).zip(shapes) {
            // Only what carries the name itself has to be a string.
            let value = match (name.as_str(), shape) {
                ("t", _) | (_, 0) => Value::from(value.as_str()),
                (_, 1) => serde_json::json!([{"t": value}, 1]),
                (_, 2) => serde_json::json!({"t": [value], "u": {}}),
                _ => Value::Null,
            };
            object.insert(name.clone(), value);
        }
        let text = match pretty {
            true => serde_json::to_string_pretty(&object),
            false => serde_json::to_string(&object),
        }
        .unwrap();
        let mut reader = Reader::new(&text);
        let found = reader.discriminator("t").ok();
        prop_assert_eq!(found.as_deref(), object.get("t").and_then(Value::as_str), "{}", text);
    }
}

/// Names of all lengths that are compared in a way of their own, and others that differ from them in one place.
const NAMES: [&str; 12] = [
    "",
    "a",
    "id",
    "drv",
    "name",
    "format",
    "filename",
    "node-name",
    "backing_file",
    "backing-filename",
    "backing_file_depth",
    "bps_write_max_length",
];
const STRANGERS: [&str; 6] = [
    "b",
    "nane",
    "fornat",
    "filenane",
    "backing_f+le_depth",
    "bps_write+max_length",
];

proptest! {
    /// Members find their slots, in whatever order and layout they come, and those without a slot are skipped.
    #[test]
    fn order_and_layout_do_not_matter(
        members in prop::sample::subsequence([NAMES.as_slice(), &STRANGERS].concat(), 0..18).prop_shuffle(),
        (blank, colon) in prop::sample::select(vec![("", ":"), (" ", ": "), ("\n  ", " :\t"), ("", ": "), ("\r\n", ":  ")]),
        escaped in prop::option::of(0..12_usize),
        twice in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let member = |(index, name): (usize, &&str)| {
            let name = match escaped {
                Some(at) if at < name.len() => format!("{}\\u{:04x}{}", &name[..at], name.as_bytes()[at], &name[at + 1..]),
                _ => name.to_string(),
            };
            format!("\"{name}\"{colon}{index}")
        };
        let mut texts: Vec<_> = members.iter().enumerate().map(member).collect();
        let again = twice.filter(|_| !members.is_empty()).map(|index| *index.get(&members));
        texts.extend(again.map(|name| member((0, &name))));
        let text = format!("{{{blank}{}{blank}}}", texts.join(&format!(",{blank}")));

        let mut values = [None::<u8>; NAMES.len()];
        let slots = NAMES.iter().zip(&mut values);
        let mut slots: Vec<_> = slots.map(|(name, value)| (*name, value as &mut dyn crate::Decode)).collect();
        let mut reader = Reader::new(&text);
        let result = reader.object(&mut slots);
        match again {
            Some(name) if NAMES.contains(&name) => {
                let error = result.unwrap_err();
                prop_assert_eq!(error.problem(), &Problem::Duplicate, "{}", text);
                prop_assert_eq!(error.path(), name);
            }
            _ => {
                prop_assert!(result.is_ok() && reader.end().is_ok(), "{text}: {result:?}");
                for (name, value) in NAMES.iter().zip(values) {
                    let index = members.iter().position(|member| member == name);
                    prop_assert_eq!(value.map(usize::from), index, "{} of {}", name, text);
                }
            }
        }
    }
}
