use qapi_types::{from_str, to_string};

use crate::bindings::oldest::{
    commands::QueryAnswer,
    types::{Answer, Job, JobBranch, Kind},
};
use crate::refused;

#[test]
fn an_older_server_may_leave_out_what_came_later() {
    let answer: Answer = from_str(r#"{"always": "a", "before": "b"}"#).unwrap();
    assert_eq!((answer.after, answer.kind), (None, None));
    assert_eq!(
        refused::<Answer>(r#"{"always": "a", "after": "c"}"#),
        "member `before` is missing"
    );
}

/// What is sent is not: who leaves it out is refused by every server that knows it.
#[test]
fn what_is_sent_stays_required() {
    assert_eq!(
        to_string(&QueryAnswer::new(Kind::First)),
        r#"{"style":"first"}"#
    );
}

/// An older server knew the value of a branch and none of its members.
#[test]
fn a_branch_may_be_younger_than_its_value() {
    let job: Job = from_str(r#"{"id": "j", "kind": "first"}"#).unwrap();
    assert!(matches!(job.kind, JobBranch::First(branch) if branch.progress.is_none()));
    let refused = refused::<Job>(r#"{"id": "j", "kind": "second"}"#);
    assert_eq!(refused, "member `score` is missing");
}

/// A union that was a struct: its members are kept, under no branch.
#[test]
fn a_discriminator_may_be_younger_than_its_union() {
    let job: Job = from_str(r#"{"id": "j", "progress": 7}"#).unwrap();
    let JobBranch::Unrecognized(branch) = job.kind else {
        panic!("there is no branch without a name");
    };
    assert_eq!((branch.name.as_str(), branch.members.len()), ("", 1));
}
