//! Compiles QAPI schemas, in which QEMU describes its management interface, to Rust and to documents.
//!
//! One way leads through the crate:
//!
//! ```text
//! schema text ─ lex ─ parse ─ check ─▶ Schema (resolved, proven valid) ─▶ emit: Rust, reference, dump
//! ```
//!
//! - [`Config`] is for build scripts: a schema in, one file of Rust out.
//! - [`analyze`] reads and checks a schema, from disk or memory, and gives back every diagnostic together with
//!   the [`schema::Schema`], if there are no errors.
//! - [`emit`] makes things of a schema: [`emit::rust`] bindings, which stand on the crate `qapi_types`, and
//!   [`emit::reference`] the reference that people read.
//! - `compat` (with the feature of that name) tells what has changed between two schemas, and what that means to clients.
//! - [`dump`] shows a resolved schema in the layout of QEMU's own test-suite.
//! - [`diagnostic`] renders what is wrong, and explains it.
//!
//! # Bindings in three lines
//!
//! ```
//! use qapi_codegen::{Config, analyze, emit::rust::Layout, source::MemoryLoader};
//!
//! let files = MemoryLoader::new().with("a.json", "{ 'command': 'stop' }");
//! let analysis = analyze("a.json".as_ref(), &files, None)?;
//! let bindings = Config::new().bindings(&analysis, Layout::Single)?;
//! assert!(bindings.files[0].text.contains("pub struct Stop;"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! `snippets`, the only one by default: what is wrong is drawn over the lines of the schema; without it a line names
//! each place, and a build takes a second less. `json`: introspection, and diagnostics for programs; `lint`:
//! [`Analysis`] checks the examples in documentation; `reference`: HTML, text, manual pages and Markdown; `compat`: changes between
//! two schemas.
//!
//! # What a schema can do to it
//!
//! Be wrong, which gives diagnostics. No input makes it panic, hang, or use memory out of proportion: nesting,
//! includes, names and numbers of diagnostics are bounded. It reads files in [`source::DiskLoader`] and writes
//! them in [`Config::compile`] and [`write_files`], and nowhere else; it has no global state.

mod check;
#[cfg(feature = "compat")]
pub mod compat;
mod config;
pub mod diagnostic;
mod dialect;
pub mod dump;
pub mod emit;
mod frontend;
#[cfg(feature = "lint")]
mod lint;
pub mod markup;
mod output;
pub mod schema;
pub mod source;
mod syntax;

pub use config::{Config, Error};
pub use dialect::Dialect;
pub use frontend::{Analysis, analyze};
pub use output::write_files;
