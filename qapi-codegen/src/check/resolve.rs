//! The third pass: names are looked up, and what they stand for is checked.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use super::entities::{Entity, EntityId, EntityKind, ObjectEntity, Ordered, Table};
use super::names::{article, mangled, same_mangled};
use super::scope::Scope;
use super::shape::TypeName;
use super::structs::{self, all_members, object};
use super::{Input, alternates, commands, docs, enums};
use crate::diagnostic::{Code, Sink, quoted};
use crate::dialect::Dialect;
use crate::source::Span;
use crate::syntax::{Document, Pragmas};

/// What the checks of entities share.
pub(super) struct Resolver<'a> {
    pub(super) table: &'a mut Table,
    pub(super) pragmas: &'a Pragmas,
    pub(super) documents: &'a [Document],
    pub(super) dialect: Dialect,
    pub(super) sink: &'a mut Sink,
    lost: &'a HashSet<String>,
    /// How many members may still be looked at beyond what the size of the schema accounts for; `None` once
    /// that was not enough.
    budget: Option<usize>,
}

/// Types that share a base, a branch or an enum have it checked for each of them: these checks add up to
/// the product of two sizes. So many members are looked at in all, some hundred times what QEMU's schema
/// needs.
const BUDGET: usize = 5_000_000;

/// Resolves everything, in order.
pub(super) fn all(table: &mut Table, input: &Input<'_>, sink: &mut Sink) {
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
    described.check(&mut resolver);
}

impl Resolver<'_> {
    /// The scope of an entity, for its errors.
    pub(super) fn scope(&mut self, id: EntityId) -> Scope<'_> {
        let entity = self.table.entity(id);
        Scope {
            span: entity.span,
            subject: entity.subject.clone(),
            pragmas: self.pragmas,
            sink: self.sink,
        }
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
        if self.lost.contains(&ty.name) {
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
        if self.sink.may_compare(self.table.entities.len()) {
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
            EntityKind::Command(_) => return format!("{} {name}", article("command")),
            EntityKind::Event { .. } => return format!("{} {name}", article("event")),
        };
        format!("the {kind} {name}")
    }
}

/// The names of members seen so far in one JSON object.
#[derive(Default)]
pub(super) struct Clash {
    seen: Vec<Seen>,
    /// Where each is by its name in C, once they are many.
    many: HashMap<String, usize>,
}

struct Seen {
    name: String,
    span: Span,
    owner: EntityId,
}

/// So many names are compared one by one, which costs less than to hash them.
const FEW: usize = 16;

impl Clash {
    /// Adds a member that stands at `span` in `owner`; it becomes one of `id`'s at the place `at`.
    pub(super) fn add(
        &mut self,
        name: &str,
        span: Span,
        owner: EntityId,
        at: Span,
        id: EntityId,
        resolver: &mut Resolver<'_>,
    ) {
        self.check(name, span, owner, at, id, resolver);
        self.seen.push(Seen {
            name: name.to_owned(),
            span,
            owner,
        });
        let last = self.seen.len() - 1;
        let unlisted = match last {
            ..FEW => return,
            FEW => 0..=last,
            _ => last..=last,
        };
        for at in unlisted {
            let name = mangled(&self.seen[at].name);
            self.many.entry(name).or_insert(at);
        }
    }

    /// The first of this name in C.
    fn earlier(&self, name: &str) -> Option<&Seen> {
        match self.seen.len() > FEW {
            false => self.seen.iter().find(|it| same_mangled(&it.name, name)),
            true => self.many.get(&mangled(name)).map(|&at| &self.seen[at]),
        }
    }

    fn check(
        &self,
        name: &str,
        span: Span,
        owner: EntityId,
        at: Span,
        id: EntityId,
        resolver: &mut Resolver<'_>,
    ) {
        let Some(earlier) = self.earlier(name) else {
            return;
        };
        let member = |name: &str, owner: EntityId| {
            let origin = match owner == id {
                true => String::new(),
                false => format!(" of {}", quoted(&resolver.table.entity(owner).name)),
            };
            format!("the member {}{origin}", quoted(name))
        };
        let (this, other) = (member(name, owner), member(&earlier.name, earlier.owner));
        let message = format!("{this} clashes with {other}");
        let mut diagnostic = resolver.scope(id).diagnostic(Code::NameClash, message);
        if at != span {
            diagnostic = diagnostic.label(at, "they meet here");
        }
        let diagnostic = diagnostic
            .label(span, "this member")
            .label(earlier.span, "and this one");
        resolver.sink.push(diagnostic);
    }

    /// Adds all members of a base.
    pub(super) fn add_base(
        &mut self,
        base: EntityId,
        at: Span,
        id: EntityId,
        resolver: &mut Resolver<'_>,
    ) {
        if !resolver.spend(id, resolver.object(base).total) {
            return;
        }
        for (owner, index) in all_members(base, resolver.table) {
            let member = &resolver.object(owner).members[index];
            let (name, span) = (member.name.clone(), member.span);
            self.add(&name, span, owner, at, id, resolver);
        }
    }

    /// Checks all members of a branch, and of the branches that it has itself. These were held against one
    /// another already; so each object is looked at once, whatever the number of ways that lead to it:
    /// `visited` has those that other branches have led to.
    pub(super) fn check_branch(
        &self,
        branch: EntityId,
        at: Span,
        visited: &mut HashSet<EntityId>,
        id: EntityId,
        resolver: &mut Resolver<'_>,
    ) {
        let mut pending = vec![branch];
        while let Some(object) = pending.pop() {
            let cost = 1 + resolver.object(object).total;
            if !visited.insert(object) || !resolver.spend(id, cost) {
                continue;
            }
            for (owner, index) in all_members(object, resolver.table) {
                let member = &resolver.object(owner).members[index];
                let (name, span) = (member.name.clone(), member.span);
                self.check(&name, span, owner, at, id, resolver);
            }
            if let Some(union) = &resolver.object(object).union {
                pending.extend(union.branches.iter().filter_map(|branch| branch.resolved));
            }
        }
    }
}
