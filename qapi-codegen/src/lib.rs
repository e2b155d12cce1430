//! Compiles QAPI schemas, in which QEMU describes its management interface, to Rust and to documents.

mod check;
pub mod diagnostic;
mod dialect;
pub mod dump;
mod frontend;
pub mod schema;
pub mod source;
mod syntax;

pub use dialect::Dialect;
pub use frontend::{Analysis, analyze};
