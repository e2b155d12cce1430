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
