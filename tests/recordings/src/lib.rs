//! Recorded exchanges, and the bindings to decode them with.

mod prune;
mod replies;

pub use prune::Known;
pub use replies::{Exchange, exchanges};

/// Bindings of the schema in `QEMU_SRC`, both ways.
#[allow(
    missing_docs,
    unreachable_pub,
    reason = "generated for the tests alone"
)]
pub mod bindings {
    include!(concat!(env!("OUT_DIR"), "/qapi-schema.rs"));
}

/// What is to be done with a command's types, once its name is known.
pub trait Visit {
    /// What comes of it.
    type Out;

    /// Does it.
    fn visit<C>(self) -> Self::Out
    where
        C: qapi_types::Command + qapi_types::Decode,
        C::Return: qapi_types::Encode;
}

mod table {
    use super::Visit;
    #[allow(unused_imports, reason = "without a schema there are no commands")]
    use super::bindings::commands;

    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

pub use table::visit;
