//! The third pass: names are looked up, and what they stand for is checked.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fmt::Display;

use super::entities::{Entity, EntityId, EntityKind, ObjectEntity, Ordered, Table};
use super::names::Article;
use super::scope::Scope;
use super::shape::TypeName;
use super::structs::{self, object};
use super::{Input, alternates, commands, docs, enums};
use crate::diagnostic::{Code, Sink, quoted};
use crate::dialect::Dialect;
use crate::syntax::{Document, Pragmas};

/// What the checks of entities share.
pub(super) struct Resolver<'a> {
    pub(super) table: &'a mut Table,
    pub(super) pragmas: &'a Pragmas,
    pub(super) documents: &'a [Document],
    pub(super) dialect: Dialect,
    pub(super) sink: &'a mut Sink,
    lost: &'a HashSet<String>,
    /// What documentation is of, once somebody asks.
    documented: OnceCell<HashSet<&'a str>>,
    /// How many members may still be looked at beyond what the size of the schema accounts for; `None` once
    /// that was not enough.
    budget: Option<usize>,
}

/// Types that share a base, a branch or an enum have it checked for each of them: these checks add up to
/// the product of two sizes. So many members are looked at in all, some hundred times what QEMU's schema
/// needs.
const BUDGET: usize = 5_000_000;

/// Resolves everything, in order.
pub(super) fn all(table: &mut Table, input: &Input<'_>, sink: &mut Sink) -> docs::Undescribed {
    let order: Vec<EntityId> = table
        .order
        .iter()
        .filter_map(|ordered| match ordered {
            Ordered::Entity(id) => Some(*id),
            Ordered::Include { .. } => None,
        })
        .collect();
    let mut resolver = Resolver {
        table,
        pragmas: input.pragmas,
        documents: &input.docs,
        dialect: input.dialect,
        sink,
        lost: input.lost,
        documented: OnceCell::new(),
        budget: Some(BUDGET),
    };
    let mut described = docs::Described::default();
    for id in order {
        match &resolver.table.entity(id).kind {
            EntityKind::Builtin(_) => {}
            EntityKind::Array { .. } => resolver.array(id),
            EntityKind::Enum { .. } => enums::resolve(id, &mut resolver),
            EntityKind::Object(_) => structs::resolve(id, &mut resolver),
            EntityKind::Alternate { .. } => alternates::resolve(id, &mut resolver),
            EntityKind::Command(_) => commands::resolve_command(id, &mut resolver),
            EntityKind::Event { .. } => commands::resolve_event(id, &mut resolver),
        }
        described.connect(id, &mut resolver);
    }
    described.check(&mut resolver)
}

impl Resolver<'_> {
    /// The scope of an entity, for its errors.
    pub(super) fn scope(&mut self, id: EntityId) -> Scope<'_> {
        self.entity_and_scope(id).1
    }

    /// An entity that is looked at, and its scope.
    pub(super) fn entity_and_scope(&mut self, id: EntityId) -> (&Entity, Scope<'_>) {
        let entity = self.table.entity(id);
        let scope = Scope {
            span: entity.span,
            subject: entity.subject.as_ref(),
            pragmas: self.pragmas,
            sink: self.sink,
        };
        (entity, scope)
    }

    /// May so many members be looked at? Once that is too much it is an error, and all else is refused too.
    pub(super) fn spend(&mut self, id: EntityId, members: usize) -> bool {
        let Some(budget) = self.budget else {
            return false;
        };
        self.budget = budget.checked_sub(members);
        if self.budget.is_none() {
            let message = "too many types share too many members and branches";
            let at = self.table.entity(id).name_span;
            let diagnostic = self
                .scope(id)
                .diagnostic(Code::NestedTooDeeply, message)
                .label(at, "the check was given up here")
                .note("types that depend on one another in this way are not checked any further");
            self.sink.push(diagnostic);
        }
        self.budget.is_some()
    }

    /// The object of an entity that is known to be one.
    pub(super) fn object(&self, id: EntityId) -> &ObjectEntity {
        object(self.table, id).expect("the callers have made sure that this is an object")
    }

    pub(super) fn object_mut(&mut self, id: EntityId) -> &mut ObjectEntity {
        match &mut self.table.entity_mut(id).kind {
            EntityKind::Object(object) => object,
            _ => unreachable!("the callers have made sure that this is an object"),
        }
    }

    /// Looks a type up; what is not there, or is no type, is an error.
    pub(super) fn type_of(
        &mut self,
        id: EntityId,
        ty: &TypeName,
        what: &dyn Display,
    ) -> Option<EntityId> {
        let found = self.table.by_name.get(&*ty.entity_name()).copied();
        let is_type = |entity: &Entity| {
            !matches!(
                entity.kind,
                EntityKind::Command(_) | EntityKind::Event { .. }
            )
        };
        if let Some(found) = found.filter(|&found| is_type(self.table.entity(found))) {
            return Some(found);
        }
        // Documentation of what is not defined is an error by itself, and enough.
        let undefined = found.is_none() && self.is_documented(&ty.name);
        if undefined || self.lost.contains(&ty.name) {
            return None;
        }
        let message = format!(
            "{what} is of the type {}, which does not exist",
            quoted(&ty.name)
        );
        let diagnostic = self.scope(id).diagnostic(Code::UnknownType, message);
        let mut diagnostic = diagnostic.label(ty.span, "there is no such type");
        if let Some(found) = found {
            let note = format!("{} is {}", quoted(&ty.name), self.describe(found));
            diagnostic = diagnostic.note(note);
        }
        let element = ty.name.strip_suffix("List");
        let element = element.filter(|name| self.table.by_name.contains_key(*name));
        if let Some(element) = element {
            diagnostic = diagnostic.help(format!("write `['{element}']` for an array"));
        } else if self.sink.may_compare(self.table.entities.len()) {
            let types = self.table.entities.iter().filter(|entity| {
                is_type(entity)
                    && !entity.name.starts_with("q_")
                    && !matches!(entity.kind, EntityKind::Array { .. })
            });
            diagnostic = diagnostic.suggest(&ty.name, types.map(|entity| entity.name.as_str()));
        }
        self.sink.push(diagnostic);
        None
    }

    fn is_documented(&self, name: &str) -> bool {
        let symbols = self.documents.iter().filter_map(|it| it.symbol.as_ref());
        let documented = || symbols.map(|symbol| symbol.text.as_str()).collect();
        self.documented.get_or_init(documented).contains(name)
    }

    /// An array's elements are of a type; arrays of arrays are not.
    fn array(&mut self, id: EntityId) {
        let EntityKind::Array { element, .. } = &self.table.entity(id).kind else {
            return;
        };
        let element = element.clone();
        let Some(found) = self.type_of(id, &element, &"the array's element") else {
            return;
        };
        if matches!(self.table.entity(found).kind, EntityKind::Array { .. }) {
            let message = format!("{} is an array type already", quoted(&element.name));
            let label = "arrays of arrays cannot be written";
            self.scope(id)
                .error(Code::WrongKindOfType, message, element.span, label);
            return;
        }
        if let EntityKind::Array { resolved, .. } = &mut self.table.entity_mut(id).kind {
            *resolved = Some(found);
        }
    }

    /// What an entity is, for messages: ``the union type `X` ``.
    pub(super) fn describe(&self, id: EntityId) -> String {
        let entity = self.table.entity(id);
        let name = quoted(&entity.name);
        let kind = match &entity.kind {
            EntityKind::Builtin(_) => "built-in type",
            EntityKind::Array { element, .. } => {
                return format!("an array of {}", quoted(&element.name));
            }
            EntityKind::Enum { .. } => "enum type",
            EntityKind::Object(object) if object.union.is_some() => "union type",
            EntityKind::Object(_) => "struct type",
            EntityKind::Alternate { .. } => "alternate type",
            EntityKind::Command(_) => return format!("{} {name}", Article("command")),
            EntityKind::Event { .. } => return format!("{} {name}", Article("event")),
        };
        format!("the {kind} {name}")
    }
}
