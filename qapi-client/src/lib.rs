//! Sessions with QEMU over QMP.
//!
//! [`core`] knows the protocol and does no I/O: bytes go in, replies and events come out. [`blocking`] puts it on a socket.
//!
//! ```no_run
//! use qapi_client::blocking::Client;
//!
//! let mut client = Client::connect_unix("/run/vm/qmp.sock")?;
//! println!("QEMU {}", client.greeting().version);
//! let status = client.execute_raw("query-status", None)?;
//! println!("{status}");
//! # Ok::<(), qapi_client::Error>(())
//! ```
//!
//! # What holds whatever happens
//! - A call whose deadline passes never puts the session out of step: every command has an id, and the late reply is
//!   dropped by it.
//! - A newer server degrades: events, members, error classes and messages that are not known are kept or skipped.
//! - What the server sends cannot panic, hang or take memory without a bound; see [`Limits`].

pub mod blocking;
pub mod core;

#[cfg(feature = "tokio")]
pub mod tokio;

mod address;
mod agent;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod descriptors;
mod error;
mod limits;
mod metrics;
#[cfg(feature = "operations")]
mod operations;
mod options;
mod outcome;
mod schema;
#[cfg(unix)]
mod sockets;

pub use address::{Address, AddressError};
pub use core::{Buffer, Filter, Overflow, Stamped};
pub use error::{Error, NotOutOfBand, Undecodable};
pub use limits::Limits;
pub use metrics::Metrics;
#[cfg(feature = "operations")]
pub use operations::OperationError;
pub use options::{CallOptions, Options, Reconnect};
pub use schema::Schema;

#[cfg(feature = "tls")]
pub use rustls;
