use qapi_types::{Command, from_str};

use crate::bindings::only::{commands, types};

#[test]
fn the_rest_is_not_there() {
    let jobs: <commands::QueryJobs as Command>::Return =
        from_str(r#"[{"id": "j", "status": "busy"}]"#).unwrap();
    assert_eq!(jobs[0].status, types::Status::Busy);
    let text = include_str!("../../golden/only.rs");
    for left_out in ["Cancel", "Unused", "Other"] {
        assert!(!text.contains(left_out), "{left_out}");
    }
}
