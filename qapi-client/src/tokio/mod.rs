//! Sessions for programs that run on tokio: the handle is cloned freely, and calls from many tasks are in flight at once.
//!
//! The runtime has to have its timers and its I/O enabled.

mod batch;
mod callers;
mod client;
mod connect;
mod connection;
mod dial;
mod driver;
#[cfg(all(unix, feature = "operations"))]
mod fdset;
#[cfg(all(unix, feature = "server"))]
mod mux;
#[cfg(feature = "operations")]
mod operations;
#[cfg(all(unix, feature = "server"))]
mod outgoing;
mod sending;
mod shared;
mod subscription;
#[cfg(all(unix, feature = "server"))]
mod tap;

pub use crate::options::Options;
pub use client::Client;
#[cfg(all(unix, feature = "operations"))]
pub use fdset::FdSet;
#[cfg(all(unix, feature = "server"))]
pub use mux::{Mux, MuxOptions};
pub use subscription::Subscription;
#[cfg(all(unix, feature = "server"))]
pub use tap::Tap;
