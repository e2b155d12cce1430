//! Sessions for programs that wait.

mod agent;
mod batch;
mod client;
mod connect;
mod connection;
mod deadline;
mod dial;
#[cfg(all(unix, feature = "operations"))]
mod fdset;
#[cfg(feature = "operations")]
mod operations;
mod reconnect;
mod stream;
mod subscription;
mod tcp;
#[cfg(feature = "tls")]
mod tls;
mod transport;

pub use crate::options::Options;
pub use client::Client;
#[cfg(all(unix, feature = "operations"))]
pub use fdset::FdSet;
pub use subscription::Subscription;
pub use transport::{Transport, Untimed};
