//! `qapi compat` and a real machine, which says itself what its interface is.
#![cfg(unix)]

use std::process::Command;

use qapi_tests::done::{Done, done};
use qapi_tests::live::{MONITOR, machine};

#[test]
fn a_machine_is_compared() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    // The first session ends when the monitor is known to listen.
    drop(machine.client(MONITOR));
    let qapi = |words: &[&str]| -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qapi"));
        command.current_dir(machine.folder());
        done(command.arg("compat").args(words).output().unwrap())
    };
    let nothing = "nothing that is to be shown has changed\n".to_owned();
    assert_eq!(qapi(&[MONITOR, MONITOR]), (Some(0), nothing, String::new()));
    // The embedded schema is newer, and has what other builds have.
    let (code, out, err) = qapi(&[MONITOR, "--format", "short", "--show", "tolerated"]);
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    let new = "tolerated[event-added]: event SCLP_CPI_INFO_AVAILABLE: it is new\n";
    assert!(out.contains(new), "{out}");
}
