//! Hostile depth: what nests in itself ends in an error, on the stack that a thread has by default.

use qapi_types::{Decode, Limits, Problem, from_str};

use crate::types::{Node, Scalars};

/// `opening` so often that no stack would hold it is an error, and as often as the limit allows is none; on 2 MiB, and
/// without optimisation, whose frames are largest.
fn check<T: Decode>(opening: &str, innermost: &str, closing: &str) {
    let nest = |depth: usize| opening.repeat(depth) + innermost + &closing.repeat(depth);
    let (deepest, bomb) = (nest(Limits::default().nesting - 2), nest(100_000));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20);
        let read = move || {
            assert!(from_str::<T>(&deepest).is_ok());
            let error = from_str::<T>(&bomb).err();
            assert_eq!(
                error.map(|error| error.problem().clone()),
                Some(Problem::TooDeep)
            );
        };
        thread.spawn_scoped(scope, read).unwrap().join().unwrap();
    });
}

#[test]
fn structs() {
    let opening =
        r#"{"int":0,"size":0,"byte":0,"number":0,"flag":false,"text":"","list":[],"inner":"#;
    let innermost = r#"{"int":0,"size":0,"byte":0,"number":0,"flag":false,"text":"","list":[]}"#;
    check::<Scalars>(opening, innermost, "}");
}

#[test]
fn unions_and_alternates() {
    let opening = r#"{"driver":"file","filename":"","backing":"#;
    check::<Node>(opening, r#"{"driver":"null"}"#, "}");
}
