use qapi_types::to_string;

use crate::bindings::alternates::types::{All, Amount, Mode, Node, Reference, Switch};
use crate::{refused, same};

#[test]
fn the_kind_of_json_chooses() {
    same::<All>(&[
        r#"{"reference":"a","amount":1,"mode":"on"}"#,
        r#"{"reference":{"name":"a","backing":{"name":"b"}},"amount":[1,2],"mode":0.5}"#,
        r#"{"reference":null,"amount":true,"mode":"louder"}"#,
    ]);
    assert_eq!(
        refused::<Reference>("[]"),
        "expected an object or a string or null, found an array"
    );
    assert_eq!(
        refused::<Amount>("[true]"),
        "[0]: expected an integer, found true"
    );
}

#[test]
fn branches_become_alternates_by_themselves() {
    let all = All::new(Node::new("n").backing("b"), 3, Mode::Switch(Switch::Auto));
    assert_eq!(
        to_string(&all),
        r#"{"reference":{"name":"n","backing":"b"},"amount":3,"mode":"auto"}"#
    );
}

#[test]
fn an_alternate_shows_what_it_is_encoded_to() {
    let reference = Reference::from(Node::new("n").backing("b"));
    assert_eq!(
        format!("{reference:?}"),
        r#"Reference { name: "n", backing: "b" }"#
    );
    assert_eq!(format!("{:?}", Amount::from(vec![1, 2])), "Amount([1, 2])");
}
