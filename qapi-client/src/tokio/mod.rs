//! Sessions for programs that run on tokio: the handle is cloned freely, and calls from many tasks are in flight at once.
//!
//! The runtime has to have its timers and its I/O enabled.

mod client;
mod connect;
mod connection;
mod driver;
mod shared;
mod subscription;

pub use crate::options::Options;
pub use client::Client;
pub use subscription::Subscription;
