use qapi_types::{Command, EventSet, Reader, from_str, to_string};

use crate::bindings::conditions::{Event, commands, types};
use crate::bindings::{conditions_defined as defined, conditions_undefined as undefined};
use crate::refused;

/// Nothing is known of the build: everything is there, and what may be missing need not come.
#[test]
fn undecided_conditions() {
    let members: <commands::QueryMembers as Command>::Return =
        from_str(r#"{"always": "a"}"#).unwrap();
    assert_eq!((members.always.as_str(), members.sometimes), ("a", None));
    let set = commands::SetMembers(types::Members::new("a").sometimes("s"));
    assert_eq!(to_string(&set), r#"{"always":"a","sometimes":"s"}"#);
    let branches: types::Branches = from_str(r#"{"kind": "sometimes", "a": "x"}"#).unwrap();
    assert!(matches!(branches.kind, types::BranchesBranch::Sometimes(one) if one.a == "x"));
    assert!(matches!(event::<Event>("SOMETIMES"), Event::Sometimes(_)));
    assert!(matches!(event::<Event>("OTHERWISE"), Event::Otherwise(_)));
}

/// `CONFIG_A` is defined, `CONFIG_B` is not.
#[test]
fn a_condition_that_holds_is_none() {
    use defined::types::{Branches, BranchesBranch, Members};
    assert_eq!(
        refused::<Members>(r#"{"always": "a"}"#),
        "member `sometimes` is missing"
    );
    let members = Members::new("a", "s");
    assert_eq!(
        (members.always, members.sometimes),
        ("a".into(), "s".into())
    );
    let otherwise: Branches = from_str(r#"{"kind": "otherwise"}"#).unwrap();
    assert!(
        matches!(otherwise.kind, BranchesBranch::Unrecognized(branch) if branch.name == "otherwise")
    );
    let unknown = event::<defined::Event>("OTHERWISE");
    assert!(matches!(unknown, defined::Event::Unrecognized(_)));
}

/// Neither is defined.
#[test]
fn what_a_condition_takes_out_is_not_there() {
    use undefined::types::{Branches, BranchesBranch, Members};
    let members = Members::new("a");
    assert_eq!(to_string(&members), r#"{"always":"a"}"#);
    let otherwise: Branches = from_str(r#"{"kind": "otherwise"}"#).unwrap();
    assert!(matches!(otherwise.kind, BranchesBranch::Otherwise));
    let unknown = event::<undefined::Event>("SOMETIMES");
    assert!(matches!(unknown, undefined::Event::Unrecognized(_)));
    let text = include_str!("../../golden/conditions_undefined.rs");
    assert!(!text.contains("QueryMembers") && !text.contains("maybe"));
}

fn event<E: EventSet>(name: &str) -> E {
    E::decode_event(name, &mut Reader::new("{}")).unwrap()
}
