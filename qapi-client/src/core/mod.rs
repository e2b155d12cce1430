//! The protocol without I/O: what is received goes into a [`Session`], what is to be sent comes out of it.
//!
//! No file, clock, socket or thread is touched here, so that every order of events can be played through, and one core
//! serves blocking and asynchronous callers alike.

mod events;
mod framing;
mod session;
mod violation;

pub use events::{EventQueue, RawEvent, Stamped};
pub use framing::Framer;
pub use session::{CallId, Outcome, Session, Step};
pub use violation::Violation;
