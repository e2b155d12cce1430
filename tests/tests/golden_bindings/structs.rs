use qapi_types::{Command, from_str};

use crate::bindings::structs::{commands, types};
use crate::refused;

const ALL: &str = r#"{
    "id": "all", "text": "t", "flag": true, "number": 0.5, "i8": -128, "u8": 255, "i16": -32768, "u16": 65535,
    "i32": -2147483648, "u32": 4294967295, "i64": -9223372036854775808, "u64": 18446744073709551615, "int": 1,
    "any": {"x": [1]}, "null": null, "list": ["a", "b"], "lists": [{"id": "b", "size": 3}], "later": "member"
}"#;

#[test]
fn every_scalar_is_decoded() {
    let all: types::Scalars = from_str(ALL).unwrap();
    assert_eq!((all.id.as_str(), all.size), ("all", None));
    assert_eq!(
        (all.i8, all.i16, all.i32, all.i64),
        (i8::MIN, i16::MIN, i32::MIN, i64::MIN)
    );
    assert_eq!(
        (all.u8, all.u16, all.u32, all.u64),
        (u8::MAX, u16::MAX, u32::MAX, u64::MAX)
    );
    assert!(all.flag && all.null.is_some() && all.any.is_some());
    assert_eq!(all.lists.unwrap()[0].size, Some(3));
}

#[test]
fn what_does_not_fit_is_refused() {
    assert_eq!(
        refused::<types::Scalars>(&ALL.replace("255", "256")),
        "u8: expected an 8-bit unsigned integer, found the number 256"
    );
    assert_eq!(
        refused::<types::Scalars>(&ALL.replace("text", "test")),
        "member `text` is missing"
    );
}

#[test]
fn a_clone_is_the_same() {
    let all: types::Scalars = from_str(ALL).unwrap();
    assert_eq!(format!("{:?}", all.clone()), format!("{all:?}"));
}

#[test]
fn empty_and_derived_structs() {
    let _: <commands::QueryEmpty as Command>::Return = from_str(r#"{"new": 1}"#).unwrap();
    let derived: <commands::QueryDerived as Command>::Return =
        from_str(r#"[{"id": "x"}]"#).unwrap();
    assert_eq!(derived[0].id, "x");
}
