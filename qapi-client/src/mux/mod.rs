//! Many clients on one monitor: QEMU's serves one at a time.
//!
//! [`Mux`] is the core, without I/O: what the machine and the clients send goes in, what each is to be sent comes out. With
//! the feature `tokio` the module `tokio` has a face of the same name, which puts it on sockets.
//!
//! # What a client sees
//! What it would see if it had the monitor for itself, but for the time that others take.
//! - It is greeted as the machine has greeted, with the capabilities that can be had, negotiates for itself, and hears of
//!   every event from then on.
//! - A reply has the id of its request, as the client has sent it, or none where the request has none. In-band replies come
//!   in the order of the requests. All else in a message is passed on byte by byte; a monitor that spreads messages over
//!   lines is heard on one.
//! - What is no request is refused at once, in its turn. What its [`Policy`](crate::Policy) does not allow it is refused,
//!   as a `GenericError`.
//! - A descriptor goes to the machine with the command that takes it, `getfd` or `add-fd`. One of these without a descriptor
//!   is refused: a machine might have another client's at hand.
//! - With the machine's end, its connection ends.
//!
//! # What clients share
//! What QEMU keeps for a monitor it keeps for all of them: descriptors by the names that `getfd` gives them, and the rate at
//! which some events come. `quit` quits for all. Who should not do such a thing has a policy that says so.
//!
//! # How it is shared
//! At most [`Limits::in_flight`](crate::Limits) commands are with the machine in band, eight unless it is said otherwise, so
//! that one out of band is always read. Clients take turns, a command each, however many they have sent. Up to nine of a
//! client's are taken from its socket; it is not heard beyond that, nor while more than 64 KiB wait for it to be read. When
//! these exceed [`Limits::unsent`](crate::server::Limits::unsent) it is cut off; nobody else notices. When a client goes,
//! what it has asked and is not with the machine yet is not done, and replies to the rest are dropped.

mod client;
mod multiplexer;
mod relay;

pub use multiplexer::{ClientId, Mux, Parting};

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
