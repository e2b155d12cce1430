use std::collections::HashSet;

use crate::bindings::alternates::types::Switch;
use crate::bindings::enums::types::{Level, Nothing, Volume};
use crate::{refused, same};

#[test]
fn values_keep_their_names() {
    same::<Volume>(&[
        r#"{"level":"low","levels":["mid-way","2-much"]}"#,
        r#"{"level":"louder","levels":[],"nothing":"something"}"#,
    ]);
    assert_eq!(Level::_2Much.as_str(), "2-much");
    assert_eq!(Nothing::Unrecognized("x".into()).as_str(), "x");
    assert_eq!(
        refused::<Volume>(r#"{"level":3,"levels":[]}"#),
        "level: expected a string, found a number"
    );
}

#[test]
fn values_are_their_names() {
    assert_eq!(format!("{:?}", Switch::Auto), r#""auto""#);
    assert_eq!(format!("{:?}", Level::_2Much), r#""2-much""#);
    let unknown = |name: &str| Level::Unrecognized(name.to_owned());
    assert_eq!(format!("{:?}", unknown("a\"b")), r#""a\"b""#);
    assert_eq!(unknown("2-much"), Level::_2Much);
    assert_ne!(unknown("3-much"), Level::_2Much);
    let levels = HashSet::from([unknown("2-much"), Level::_2Much, unknown("3-much")]);
    assert_eq!(levels.len(), 2);
}
