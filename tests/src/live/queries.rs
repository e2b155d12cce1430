//! The commands that can be asked without arguments and change nothing: all there are in the schemas.

use qapi_types::{Command, Decode, Encode};

use crate::both_ways;

/// What is to be done with each of them.
pub trait Visit {
    /// Does it with a command of the tests' bindings, which go both ways, and the same of those that are shipped.
    fn visit<C, Shipped>(&mut self)
    where
        C: Command<Return: Encode> + Decode,
        Shipped: Command;
}

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
