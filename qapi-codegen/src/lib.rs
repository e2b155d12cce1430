//! Compiles QAPI schemas, in which QEMU describes its management interface, to Rust and to documents.

mod check;
mod config;
pub mod diagnostic;
mod dialect;
pub mod dump;
pub mod emit;
mod frontend;
pub mod markup;
pub mod schema;
pub mod source;
mod syntax;

pub use config::{Config, Error, write_files};
pub use dialect::Dialect;
pub use frontend::{Analysis, analyze};
