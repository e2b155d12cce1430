//! The expected bindings of the golden cases, compiled with every warning denied, and used.
#![deny(warnings)]

mod alternates;
mod branches;
mod clashes;
mod commands;
mod conditions;
mod docs;
mod enums;
mod events;
mod features;
mod impossible;
mod names;
mod oldest;
mod only;
mod recursion;
mod server;
mod several;
mod structs;
mod unions;

use qapi_types::{Decode, DecodeError, Encode, from_str, to_string};

/// The case that becomes several files.
#[path = "../../golden/several/rust/mod.rs"]
mod several_files;

macro_rules! bindings {
    ($($case:ident)*) => {
        /// The bindings of each case that becomes one file.
        mod bindings {
            $(pub(crate) mod $case {
                include!(concat!("../../golden/", stringify!($case), ".rs"));
            })*
        }

        #[test]
        fn every_case_is_compiled_here() {
            let mut compiled = vec!["several" $(, stringify!($case))*];
            compiled.sort();
            let cases = qapi_tests::golden::cases();
            let cases: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
            assert_eq!(compiled, cases);
        }
    };
}

bindings! {
    alternates branches clashes clashes_server commands conditions conditions_defined conditions_undefined docs enums events events_strict features
    features_stable impossible impossible_sent names oldest only recursion server structs unions unions_received unions_strict
}

/// Decodes a text and answers what it is encoded to.
fn round_trip<T: Decode + Encode>(text: &str) -> String {
    match from_str::<T>(text) {
        Ok(value) => to_string(&value),
        Err(error) => panic!("{text}: {error}"),
    }
}

/// Decodes and encodes texts that should come back as they went in.
fn same<T: Decode + Encode>(texts: &[&str]) {
    for text in texts {
        assert_eq!(round_trip::<T>(text), *text);
    }
}

/// What is said of a text that is none.
fn refused<T: Decode>(text: &str) -> String {
    match from_str::<T>(text) {
        Ok(_) => panic!("{text} should be refused"),
        Err(error) => said(&error),
    }
}

/// An error without its place in the text.
fn said(error: &DecodeError) -> String {
    let text = error.to_string();
    text.split(" at byte ")
        .next()
        .unwrap_or_default()
        .to_owned()
}
