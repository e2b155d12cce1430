//! The reference of a schema: what its commands, events and types are, for people to read.
//!
//! [`model`] is the reference as data, with everything looked up and in reading order; each renderer is a folder
//! beside it that turns the model into files.

pub mod html;
mod identity;
mod layout;
pub mod man;
pub mod markdown;
pub mod model;
pub mod text;
