//! The protocol without I/O: what is received goes into a [`Session`], what is to be sent comes out of it.
//!
//! No file, clock, socket or thread is touched here, so that every order of events can be played through, and one core
//! serves blocking and asynchronous callers alike.

mod call;
mod end;
mod events;
mod filter;
mod framing;
mod ids;
mod inbox;
mod received;
mod session;
mod synchronize;
mod violation;
mod wire;

pub use call::{Call, CallId};
pub use end::End;
pub use events::{RawEvent, Stamped};
pub use filter::Filter;
pub use framing::Framer;
pub use inbox::{Buffer, Delivery, Inbox, Overflow};
pub use session::{Outcome, Session, Step};
pub use violation::Violation;

#[cfg(feature = "server")]
pub(crate) use end::is_departure;
pub(crate) use filter::matches;
#[cfg(feature = "server")]
pub(crate) use synchronize::DELIMITER;
#[cfg(all(unix, feature = "server"))]
pub(crate) use synchronize::SYNC_DELIMITED;
