//! What unions, alternates and structs read and write.

use proptest::prelude::*;
use qapi_types::{Any, Decode, Encode, from_slice, from_str, to_string};

use crate::types::{File, Net, NetTransport, Node, NodeDriver, Reference, Scalars, Tcp};

/// Every order of the members of `object`, each as a text.
fn orders(members: &[&str]) -> Vec<String> {
    fn permute(rest: &mut Vec<String>, taken: &mut Vec<String>, all: &mut Vec<String>) {
        if rest.is_empty() {
            all.push(format!("{{{}}}", taken.join(", ")));
        }
        for index in 0..rest.len() {
            taken.push(rest.remove(index));
            permute(rest, taken, all);
            rest.insert(index, taken.pop().unwrap());
        }
    }
    let (mut all, mut taken) = (Vec::new(), Vec::new());
    let mut rest = members.iter().map(|member| member.to_string()).collect();
    permute(&mut rest, &mut taken, &mut all);
    all
}

/// All orders of `members` read as `expected`, and what it is written as reads as the same.
#[track_caller]
fn check<T: Decode + Encode + PartialEq + std::fmt::Debug>(members: &[&str], expected: T) {
    for text in orders(members) {
        assert_eq!(from_str::<T>(&text), Ok(expected_copy(&expected)), "{text}");
    }
    fn expected_copy<T: Decode + Encode>(value: &T) -> T {
        from_str(&to_string(value)).unwrap()
    }
    assert_eq!(expected_copy(&expected), expected);
}

fn node(id: &str, driver: NodeDriver) -> Node {
    let id = Some(id.to_owned());
    Node { id, driver }
}

#[test]
fn structs_in_any_order() {
    let scalars = Scalars {
        int: i64::MIN,
        size: u64::MAX,
        byte: 255,
        number: -1.5e-7,
        flag: true,
        text: "\"\\\u{1}é😀\n".to_owned(),
        list: vec![String::new()],
        ..Scalars::default()
    };
    check(
        &[
            r#""int": -9223372036854775808"#,
            r#""size": 18446744073709551615"#,
            r#""byte": 255, "number": -0.00000015"#,
            r#""flag": true"#,
            r#""text": "\"\\\u0001\u00e9\ud83d\ude00\n""#,
            r#""list": [""]"#,
        ],
        scalars,
    );
}

#[test]
fn a_null_that_is_there_is_not_absent() {
    let rest = r#""int":0,"size":0,"byte":0,"number":0,"flag":false,"text":"","list":[]"#;
    for (more, any) in [
        ("", false),
        (r#","any":null"#, true),
        (r#","any":null,"null":null"#, true),
    ] {
        let text = format!("{{{rest}{more}}}");
        let scalars: Scalars = from_str(&text).unwrap();
        assert_eq!(scalars.any.is_some(), any);
        assert_eq!(to_string(&scalars), text);
    }
}

#[test]
fn branches_in_any_order() {
    let file = File {
        filename: "a".to_owned(),
        backing: Some(Reference::Null),
    };
    check(
        &[
            r#""id": "n""#,
            r#""driver": "file""#,
            r#""filename": "a""#,
            r#""backing": null"#,
        ],
        node("n", NodeDriver::File(file)),
    );
    check(
        &[r#""id": "n""#, r#""driver": "null""#],
        node("n", NodeDriver::Null),
    );
}

#[test]
fn unions_in_unions_in_any_order() {
    let net = Net {
        host: "h".to_owned(),
        transport: NetTransport::Tcp(Tcp { port: 1 }),
    };
    check(
        &[
            r#""id": "n""#,
            r#""driver": "net""#,
            r#""host": "h""#,
            r#""transport": "tcp""#,
            r#""port": 1"#,
            r#""news": {"driver": 1, "port": []}"#,
        ],
        node("n", NodeDriver::Net(net)),
    );
}

#[test]
fn unknown_branches_keep_their_members() {
    let texts = [
        r#"{"id":"n","driver":"tape","length":90,"null":null,"list":[{"driver":"x"}]}"#,
        r#"{"id":"n","driver":"net","host":"h","transport":"vsock","cid":3}"#,
        r#"{"driver":"tape"}"#,
    ];
    for text in texts {
        let node: Node = from_str(text).unwrap();
        assert_eq!(to_string(&node), text);
    }
    let Ok(Node {
        driver: NodeDriver::Unknown(branch),
        ..
    }) = from_str(texts[0])
    else {
        panic!("an unknown branch");
    };
    assert_eq!(branch.name, "tape");
    let names: Vec<_> = branch.members.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["length", "null", "list"]);
    assert_eq!(branch.members.get("length"), Some(&Any::from(90)));
}

#[test]
fn alternates_by_kind() {
    for text in [r#""name""#, "null", r#"{"id":"n","driver":"null"}"#] {
        let reference: Reference = from_str(text).unwrap();
        assert_eq!(to_string(&reference), text);
    }
}

#[test]
fn numbers_are_written_short() {
    for (number, expected) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e16, "10000000000000000"),
        (1e17, "1e17"),
        (f64::MAX, "1.7976931348623157e308"),
        (5e-324, "5e-324"),
        (0.00001, "0.00001"),
        (0.000001, "1e-6"),
        (f64::INFINITY, "null"),
    ] {
        assert_eq!(to_string(&number), expected);
        if number.is_finite() {
            assert_eq!(
                from_str::<f64>(expected).map(f64::to_bits),
                Ok(number.to_bits())
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever becomes of a text on its way, it is refused, or it reads as something that is written and read again.
    #[test]
    fn damaged_texts_do_no_harm(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = r#"{"id":"n","driver":"file","filename":"\u00e9","backing":{"driver":"net","transport":"tcp","host":"h","port":1,"x":[{}]}}"#;
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte) in damage {
            bytes[at.index(text.len())] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(text.len())]] {
            if let Ok(node) = from_slice::<Node>(bytes) {
                prop_assert_eq!(from_str(&to_string(&node)), Ok(node));
            }
        }
    }
}
