use qapi_types::{Command, Event};

use crate::bindings::docs::{commands::QueryDocumented, events::Documented};

#[test]
fn releases_are_data() {
    assert_eq!(QueryDocumented::SINCE, Some("5.2"));
    assert_eq!(Documented::SINCE, Some("6.0"));
}
