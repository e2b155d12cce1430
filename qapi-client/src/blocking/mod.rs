//! Sessions for programs that wait: one call at a time, on a socket.

mod client;
mod connection;
mod deadline;
mod transport;

pub use client::{Client, Options};
pub use transport::Transport;
