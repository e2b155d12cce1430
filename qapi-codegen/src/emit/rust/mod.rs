//! Rust bindings: types with their decoders and encoders, commands, events.
//!
//! Each file of the schema becomes a Rust module with three modules in it: `types`, `commands`, `events`.
//! The root gathers these under `types`, `commands` and `events`, and adds the enum of all events.

mod alternates;
mod arrival;
mod clone;
mod commands;
mod cycles;
mod debug;
mod docs;
mod enums;
mod events;
mod files;
mod finite;
#[cfg(feature = "json")]
mod introspection;
mod layout;
mod members;
mod names;
mod objects;
#[cfg(feature = "reference")]
mod outline;
mod plan;
mod server;
mod types;
mod unions;

use crate::diagnostic::Diagnostic;
use crate::emit::OutputFile;
use crate::schema::{Filter, Schema, Selection, Version};

#[cfg(feature = "reference")]
pub(crate) use outline::Outlines;
use plan::Plan;

/// What the bindings are to be like.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Conditions that are settled, and whether unstable parts are left out.
    pub filter: Filter,
    /// The oldest server that is spoken to: what came later may be missing in what it sends.
    pub oldest: Option<Version>,
    /// Decoders and encoders for everything, whoever sends it.
    pub both_ways: bool,
    /// A server's: what clients send is decoded, what servers send encoded, and commands are a trait. It has its
    /// introspection, and with it needs the feature `json`.
    pub server: bool,
    /// Nothing that the schema does not know is accepted.
    pub strict: bool,
    /// The schema's introspection as a constant.
    #[cfg(feature = "json")]
    pub introspection: bool,
    /// The path of the runtime crate.
    pub runtime: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            filter: Filter::default(),
            oldest: None,
            both_ways: false,
            server: false,
            strict: false,
            #[cfg(feature = "json")]
            introspection: false,
            runtime: "qapi_types".to_owned(),
        }
    }
}

impl Settings {
    /// Are the bindings for clients?
    fn for_clients(&self) -> bool {
        !self.server || self.both_ways
    }

    /// Can the bindings decode what clients send, and encode what servers send?
    fn for_servers(&self) -> bool {
        self.server || self.both_ways
    }

    /// Is anything that the schema does not know an error? It is in what clients send.
    fn is_strict(&self) -> bool {
        self.strict || self.server
    }
}

/// How the bindings are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `mod.rs` and a file for each module beside it.
    Files,
    /// One file that can be `include!`d.
    Single,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// The files.
    pub files: Vec<OutputFile>,
    /// How many commands they have.
    pub commands: usize,
    /// How many events they have.
    pub events: usize,
    /// How many other types they have.
    pub types: usize,
}

/// The Rust name of a type, command or event: `block-commit` and `BLOCK_JOB_READY` become `BlockCommit` and
/// `BlockJobReady`. For programs that write code which uses the bindings.
pub fn item_name(name: &str) -> String {
    names::upper_camel(name)
}

/// Makes the bindings of what is selected.
///
/// # Errors
/// Names that differ in the schema and not in Rust.
pub fn emit(
    schema: &Schema,
    selection: &Selection,
    settings: &Settings,
    layout: Layout,
) -> Result<Bindings, Vec<Diagnostic>> {
    let plan = Plan::new(schema, selection, settings);
    let clashes = names::check(&plan);
    if !clashes.is_empty() {
        return Err(clashes);
    }
    Ok(files::bindings(&plan, layout))
}
