//! Hostile depth and QEMU's own recursive types: what nests in itself ends in an error, on the stack that a thread has by
//! default, and without optimisation, whose frames are largest.

use std::thread;

use qapi_tests::both_ways::qmp::types::{BlockdevOptions, ImageInfo};
use qapi_types::{Any, Decode, Encode, Limits, Problem, from_str, qmp, to_string};

/// Rust's default for threads.
const STACK: usize = 2 << 20;

/// `opening` as often as the limit allows can be read, and `use_it`; so often that no stack would hold it is an error.
fn check<T: Decode + 'static>(opening: &str, innermost: &str, closing: &str, use_it: fn(T, &str)) {
    let nest = |depth: usize| opening.repeat(depth) + innermost + &closing.repeat(depth);
    let levels = |text: &str| text.matches(['{', '[']).count();
    let deepest = nest((Limits::default().nesting - levels(innermost)) / levels(opening));
    let bomb = nest(100_000);
    let read = move || {
        use_it(from_str(&deepest).unwrap(), &deepest);
        let error = from_str::<T>(&bomb).err();
        let problem = error.map(|error| error.problem().clone());
        assert_eq!(problem, Some(Problem::TooDeep));
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(read);
    thread.unwrap().join().unwrap();
}

/// What is so deep can be written, copied and shown, too.
fn write_again<T: Encode + Clone + std::fmt::Debug>(value: T, text: &str) {
    let (written, read): (Any, Any) = (to_string(&value).parse().unwrap(), text.parse().unwrap());
    assert_eq!(written.as_json(), read.as_json());
    assert!(format!("{:#?}", value.clone()).len() > text.len());
}

const IMAGE: &str = r#"{"filename":"","format":"qcow2","virtual-size":0,"backing-image":"#;
const LAST_IMAGE: &str = r#"{"filename":"","format":"raw","virtual-size":0}"#;

#[test]
fn images_below_images() {
    check::<qmp::types::ImageInfo>(IMAGE, LAST_IMAGE, "}", |_, _| {});
    check::<ImageInfo>(IMAGE, LAST_IMAGE, "}", write_again);
}

#[test]
fn block_nodes() {
    let null = r#"{"driver":"null-co"}"#;
    for (opening, closing) in [
        (r#"{"driver":"raw","file":"#, "}"),
        (r#"{"driver":"qcow2","file":"f","backing":"#, "}"),
        (r#"{"driver":"blkdebug","image":"#, "}"),
        (
            r#"{"driver":"preallocate","file":{"driver":"throttle","throttle-group":"g","file":"#,
            "}}",
        ),
        (
            r#"{"driver":"quorum","vote-threshold":1,"children":["a",{"driver":"raw","file":"#,
            "}]}",
        ),
    ] {
        check::<BlockdevOptions>(opening, null, closing, |_, _| {});
    }
    check::<BlockdevOptions>(r#"{"driver":"raw","file":"#, null, "}", write_again);
}
