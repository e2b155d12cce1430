//! The resolved schema: proven valid, every name looked up. What emitters work from.

mod condition;
mod direction;
mod model;
mod since;
mod subset;
mod walk;

use std::collections::HashMap;

pub use condition::Condition;
pub use direction::{Direction, Directions};
pub use model::*;
pub use since::Version;
pub(crate) use subset::is_for_branches;
pub use subset::{Filter, Selection, UnmatchedPattern};

/// A schema without errors.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(crate) modules: Vec<Module>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) by_name: HashMap<String, DefinitionId>,
    pub(crate) docs: Vec<(ModuleId, Doc)>,
}

impl Schema {
    /// The definition of an id that this schema gave out.
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.0 as usize]
    }

    /// The definition of a name.
    pub fn find(&self, name: &str) -> Option<DefinitionId> {
        self.by_name.get(name).copied()
    }

    /// Every definition with its id: built-in types, then in the order of the schema, an implicit type
    /// before the definition that it belongs to.
    pub fn definitions(&self) -> impl Iterator<Item = (DefinitionId, &Definition)> {
        let numbered = self.definitions.iter().enumerate();
        numbered.map(|(at, definition)| (DefinitionId(at as u32), definition))
    }

    /// Every module: the built-in one, the root, then those included, in order.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        let numbered = self.modules.iter().enumerate();
        numbered.map(|(at, module)| (ModuleId(at as u32), module))
    }

    /// The module of an id that this schema gave out.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// Every documentation comment in order, free-form text too, and the module it stands in.
    pub fn docs(&self) -> impl Iterator<Item = (ModuleId, &Doc)> {
        self.docs.iter().map(|(module, doc)| (*module, doc))
    }

    /// The documentation of a definition.
    pub fn doc(&self, definition: &Definition) -> Option<&Doc> {
        definition.doc.map(|id| &self.docs[id.0 as usize].1)
    }

    /// The object that an id names.
    pub fn object(&self, id: DefinitionId) -> Option<&Object> {
        match &self.definition(id).kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// All members of an object with the definition that each is documented in: the base's first.
    pub fn all_members(&self, id: DefinitionId) -> Vec<(&Definition, &Member)> {
        let definition = self.definition(id);
        let Kind::Object(object) = &definition.kind else {
            return Vec::new();
        };
        let mut members = object
            .base
            .map_or(Vec::new(), |base| self.all_members(base));
        members.extend(object.members.iter().map(|member| (definition, member)));
        members
    }
}
