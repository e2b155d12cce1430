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
#[cfg(feature = "operations")]
mod operations;
mod sending;
mod shared;
mod subscription;

pub use crate::options::Options;
pub use client::Client;
#[cfg(all(unix, feature = "operations"))]
pub use fdset::FdSet;
pub use subscription::Subscription;
