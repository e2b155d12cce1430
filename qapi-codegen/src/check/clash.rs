//! Members of one JSON object whose names clash, wherever they come from.

use std::collections::{HashMap, HashSet};

use super::entities::EntityId;
use super::names::{mangled, same_mangled};
use super::resolve::Resolver;
use super::structs::all_members;
use crate::diagnostic::{Code, quoted};
use crate::source::Span;

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
            let name = mangled(&self.seen[at].name).into_owned();
            self.many.entry(name).or_insert(at);
        }
    }

    /// The first of this name in C.
    fn earlier(&self, name: &str) -> Option<&Seen> {
        match self.seen.len() > FEW {
            false => self.seen.iter().find(|it| same_mangled(&it.name, name)),
            true => self.many.get(&*mangled(name)).map(|&at| &self.seen[at]),
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
            let entity = &resolver.table.entity(owner).name;
            let union = entity.strip_prefix("q_obj_");
            let union = union.and_then(|name| name.strip_suffix("-base"));
            let origin = match union {
                _ if owner == id => String::new(),
                Some(union) if union == resolver.table.entity(id).name => " of the base".to_owned(),
                Some(union) => format!(" of the base of {}", quoted(union)),
                None => format!(" of {}", quoted(entity)),
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
            .label(earlier.span, "and this one")
            .note_mangled(name, &earlier.name);
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
