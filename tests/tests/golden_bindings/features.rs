use qapi_types::{Command, Event, from_str};

use crate::bindings::features::{commands, events, types};
use crate::bindings::features_stable;

#[test]
fn what_is_deprecated_says_so_and_is_there() {
    let members: <commands::QueryMembers as Command>::Return =
        from_str(r#"{"good": "old", "old": "x", "fresh": "y"}"#).unwrap();
    assert_eq!(members.fresh.as_deref(), Some("y"));
    #[expect(deprecated)]
    let old = (members.old, members.good == types::Kind::Old);
    assert_eq!(old, (Some("x".to_owned()), true));
    #[expect(deprecated)]
    let name = commands::GetMembers::NAME;
    assert_eq!(name, "get-members");
    #[expect(deprecated)]
    let name = events::OldEvent::NAME;
    assert_eq!(name, "OLD_EVENT");
}

#[test]
fn what_is_unstable_can_be_left_out() {
    let _ = commands::XMembers;
    let _ = commands::QueryMembers::new().odd(true);
    let members: features_stable::types::Members =
        from_str(r#"{"good": "new", "fresh": "y"}"#).unwrap();
    assert_eq!(
        members.good,
        features_stable::types::Kind::Unrecognized("new".into())
    );
}
