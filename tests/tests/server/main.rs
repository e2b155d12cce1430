//! A machine of our own that serves a part of QEMU's interface, driven by clients of every origin: ours, Python's
//! `qemu.qmp`, the shell that comes with it; and held against a QEMU that is asked the same.
#![cfg(unix)]

mod exchange;
mod foreign;
mod refusals;
mod typed;
mod vm;
