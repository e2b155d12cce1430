//! Sessions with QEMU over QMP.
//!
//! [`core`] knows the protocol and does no I/O: bytes go in, replies come out, and events go to whoever has subscribed.
//! Two faces put it on a socket, under the same names: [`blocking`] for one caller who waits, and with the feature `tokio` the
//! module `tokio` for many tasks.
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
//! - A call whose deadline passes, or whose future is dropped, never puts the session out of step: every command has an id,
//!   and the late reply is dropped by it.
//! - A call that ends without an answer says whether its command had been sent: only then its outcome is unknown.
//! - A newer server degrades: events, members, error classes and messages that are not known are kept or skipped.
//! - What the server sends cannot panic, hang or take memory without a bound; see [`Limits`].
//! - Subscribe first, then execute: a subscription gets all events that follow, or is told that some are missing.
//!
//! # Features
//! - `system`, on by default: what std has no words for on Unix systems: descriptors that go with a command, a deadline for
//!   connecting to a Unix socket (Linux), and a sign of life over TCP. Without it the blocking client needs std only, and
//!   builds in less time.
//! - `tokio`: the face for programs that run on tokio.
//! - `operations`: devices, jobs, migrations and shutdowns are followed to their completion, and sets of descriptors are
//!   removed when they are of no use; with the bindings `qapi_types::qmp`.
//! - `server`: the other side: a schema's commands served to any client, and machines for tests that err as they are told;
//!   and `mux`, which shares a monitor among many clients.
//! - `tls`, `tokio-tls`: TLS over TCP, by rustls.
//! - `vsock`, `tokio-vsock`: sockets between a host and its guests (Linux). Connecting the blocking client keeps the system's
//!   own deadline.
//! - `tracing`: a span for each call, and events for what is received.

pub mod blocking;
pub mod core;
#[cfg(feature = "server")]
pub mod mux;
pub mod schema;
#[cfg(feature = "server")]
pub mod server;

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
mod policy;
mod reconnect;
#[cfg(unix)]
mod sockets;
mod timeouts;
mod trace;

pub use address::{Address, AddressError};
pub use core::{Buffer, Filter, Overflow, Stamped};
pub use error::{Error, NotOutOfBand, NotQmp, Undecodable};
pub use limits::Limits;
pub use metrics::Metrics;
#[cfg(feature = "operations")]
pub use operations::OperationError;
pub use options::{CallOptions, Options, Reconnect};
pub use policy::{Policy, PolicyError};
pub use schema::Schema;

#[cfg(feature = "tls")]
pub use rustls;
