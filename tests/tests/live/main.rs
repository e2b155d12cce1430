//! Live programs, of any version from 7.2 on: QEMU, its storage daemon, its guest agent. Tests whose program is not
//! installed are left out and say so; see `qapi_tests::live`.
#![cfg(unix)]

mod block;
mod descriptors;
mod devices;
mod events;
mod guest_agent;
mod introspection;
mod mainframe;
mod monitor;
mod operations;
mod queries;
mod since;
mod spice;
mod storage_daemon;
mod tasks;
mod trouble;

use qapi_tests::live;

#[test]
fn programs_that_are_missing_are_named() {
    let there = live::announce();
    for program in live::Program::ALL {
        assert_eq!(program.need().is_some(), there.contains(&program));
    }
}
