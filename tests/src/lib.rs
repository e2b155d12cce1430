//! What the tests share: where the outside material is, and how to say that it is not there.

#[cfg(unix)]
pub mod agent;
pub mod done;
pub mod golden;
#[cfg(unix)]
pub mod live;
pub mod manual_pages;
pub mod trees;

use std::path::PathBuf;

/// Bindings of some commands, both ways: what a program answers can be encoded again and held against the answer.
#[allow(
    missing_docs,
    unreachable_pub,
    reason = "generated for the tests alone"
)]
pub mod both_ways {
    /// QEMU's machine protocol.
    pub mod qmp {
        include!(concat!(env!("OUT_DIR"), "/qmp/qapi-schema.rs"));
    }

    /// QEMU's storage daemon.
    pub mod qsd {
        include!(concat!(env!("OUT_DIR"), "/qsd/qapi-schema.rs"));
    }

    /// QEMU's guest agent.
    pub mod qga {
        include!(concat!(env!("OUT_DIR"), "/qga/qapi-schema.rs"));
    }
}

/// The folder that an environment variable names. Without it the test says that it was left out.
pub fn folder(variable: &str, what: &str) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(path) => Some(PathBuf::from(path)),
        None => {
            eprintln!("left out: {what} (set {variable} to the folder that holds it)");
            None
        }
    }
}

/// The examples of the project's README, which are compiled as they stand there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
