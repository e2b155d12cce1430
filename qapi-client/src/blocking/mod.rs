//! Sessions for programs that wait: one call at a time, on a socket.

mod client;
mod connect;
mod connection;
mod deadline;
mod subscription;
mod transport;

pub use crate::options::Options;
pub use client::Client;
pub use subscription::Subscription;
pub use transport::{Transport, Untimed};
