//! Any bytes, read as a value of any kind: accepted exactly if `serde_json` accepts them, with the same meaning, and
//! written as they were.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_types::{Any, AnyMembers, Kind, from_str, to_string, utf8};
use serde_json::Value;

/// What `serde_json` bounds otherwise than this reader does: how deep trees and how large numbers are.
fn bounded(error: &serde_json::Error) -> bool {
    let message = error.to_string();
    message.starts_with("recursion limit") || message.starts_with("number out of range")
}

/// Whether all numbers are integers: of others `serde_json` may read another one than it has written.
fn exact(tree: &Value) -> bool {
    match tree {
        Value::Number(number) => !number.is_f64(),
        Value::Array(items) => items.iter().all(exact),
        Value::Object(members) => members.values().all(exact),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = utf8(bytes) else {
        return;
    };
    let (own, peer) = (from_str::<Any>(text), serde_json::from_str::<Value>(text));
    let value = match (own, peer) {
        (Ok(value), Ok(tree)) => {
            assert_eq!(value.to_value().unwrap(), tree);
            if exact(&tree) {
                assert_eq!(Any::from(tree), value);
            }
            value
        }
        (Ok(value), Err(error)) if bounded(&error) => value,
        (Ok(_), Err(error)) => panic!("not JSON: {error}"),
        (Err(error), Ok(_)) => panic!("JSON: {error}"),
        (Err(_), Err(_)) => return,
    };
    assert_eq!(value.as_json(), text.trim_matches([' ', '\n', '\r', '\t']));
    assert_eq!(to_string(&value), value.as_json());
    if value.kind() == Kind::Object
        && let Ok(members) = value.to::<AnyMembers>()
    {
        let written: AnyMembers = from_str(&to_string(&members)).unwrap();
        assert_eq!(written.len(), members.len());
        for ((name, member), (before, original)) in written.iter().zip(members.iter()) {
            assert_eq!((name, member.as_json()), (before, original.as_json()));
        }
    }
});
