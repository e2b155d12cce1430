//! The other side of a session: a program that is spoken to over QMP, as a virtual machine monitor is.
//!
//! Bindings that are made for servers (`Config::server` of `qapi-codegen`, or `qapi generate --server`) have a trait
//! `Commands` with a method a command, and a struct `Service` that puts whoever implements it behind
//! [`qapi_types::Service`]. A [`Server`] speaks QMP for it: greeting and negotiation, the checks of every request in
//! QEMU's order, ids, out-of-band execution, events, `query-qmp-schema`. [`Session`] is the same without I/O.
//!
//! # For tests
//! [`fake`] is a machine that answers and errs as a test tells it. [`exchange::record`] writes down what a client and a
//! real server say to each other; [`Replay`] plays the server's part again, and tells where a client says something else.
//!
//! # What a client can make it do
//! Nothing that is received can panic, hang, recurse deeper or take more memory than [`Limits`] allow. A client that does
//! not read holds up nobody but itself, and loses its connection when too much waits for it.

#[cfg(unix)]
mod blocking;
pub(crate) mod dialog;
pub mod exchange;
#[cfg(unix)]
pub mod fake;
mod input;
mod limits;
#[cfg(unix)]
mod replay;
mod request;
mod session;

#[cfg(unix)]
pub use blocking::{Monitors, Server};
pub use limits::Limits;
#[cfg(unix)]
pub use replay::{Difference, Replay, ReplayError};
pub use request::Request;
pub use session::{Call, Options, Session};
