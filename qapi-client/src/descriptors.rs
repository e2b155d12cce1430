//! File descriptors on their way to a server.

#[cfg(all(feature = "server", feature = "tokio"))]
mod arrival;
#[cfg(feature = "system")]
mod departure;

#[cfg(all(feature = "server", feature = "tokio"))]
pub(crate) use arrival::receive;
#[cfg(all(feature = "server", feature = "tokio"))]
pub(crate) use departure::QUIET;
#[cfg(feature = "system")]
pub(crate) use departure::send;

/// How many a system takes in one go, as Linux has it.
pub(crate) const MOST: usize = 253;
