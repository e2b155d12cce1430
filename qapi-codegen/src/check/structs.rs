//! Structs, and what all objects have in common: bases, members, and that they do not contain themselves.

use super::clash::Clash;
use super::entities::{EntityId, EntityKind, ObjectEntity, Table};
use super::names::{Permit, same_mangled};
use super::resolve::Resolver;
use super::scope::{Named, Scope};
use super::shape::ShapeData;
use super::{features, keys, members, unions};
use crate::diagnostic::{Code, quoted};
use crate::source::Span;
use crate::syntax::Object;

/// struct = "{" "struct" ":" NAME "," "data" ":" members [ "base" ] [ "if" ] [ "features" ] "}"
pub(super) fn shape(object: &Object, name: &str, scope: &mut Scope<'_>) -> ShapeData {
    let optional = ["base", "if", "features"];
    keys::check(
        object,
        scope.span,
        &"a struct",
        &["struct", "data"],
        &optional,
        scope,
    );
    let permissive = scope.pragmas.member_name_exceptions.contains(name);
    let data = object
        .get("data")
        .and_then(|data| keys::object(data, &"`data`", scope));
    let members = data.map_or(Vec::new(), |data| {
        members::inline(data, Permit::all_if(permissive), scope)
    });
    let base =
        members::given(object, "base").and_then(|base| members::type_name(base, &"`base`", scope));
    ShapeData::Struct { base, members }
}

/// How far the check of an object is.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Progress {
    #[default]
    Unchecked,
    Underway,
    Done,
}

/// Objects contained in one another deeper than this are refused: whoever walks them recurses.
const MAX_DEPTH: usize = 100;

/// Checks an object and whatever is contained in it by value, each once.
pub(super) fn resolve(id: EntityId, resolver: &mut Resolver<'_>) {
    resolve_at(id, 0, resolver);
}

fn resolve_at(id: EntityId, level: usize, resolver: &mut Resolver<'_>) {
    match resolver.object(id).progress {
        Progress::Done => return,
        Progress::Underway => {
            let message = format!(
                "{} contains itself",
                quoted(&resolver.table.entity(id).name)
            );
            let at = resolver.table.entity(id).name_span;
            let label = "by its base or a branch";
            resolver
                .scope(id)
                .error(Code::ContainsItself, message, at, label);
            return;
        }
        Progress::Unchecked => {}
    }
    resolver.object_mut(id).progress = Progress::Underway;
    check_features(id, resolver);
    let mut clash = Clash::default();
    resolve_base(id, level, &mut clash, resolver);
    // Nobody asks for them until it is known what they are.
    let mut members = std::mem::take(&mut resolver.object_mut(id).members);
    for member in &mut members {
        let what = Named("the member", &member.name);
        member.resolved = resolver.type_of(id, &member.ty, &what);
        if !member.features.is_empty() {
            features::check_clash(&member.features, &mut resolver.scope(id));
        }
        clash.add(&member.name, member.span, id, member.span, id, resolver);
    }
    resolver.object_mut(id).members = members;
    count_members(id, resolver);
    unions::resolve(id, level, &clash, resolver);
    resolver.object_mut(id).progress = Progress::Done;
}

/// Takes note of what others ask about all members of an object, so that they need not look at each.
fn count_members(id: EntityId, resolver: &mut Resolver<'_>) {
    let base = resolver.object(id).base_resolved;
    let (total, conditional) = base.map_or((0, false), |base| {
        let base = resolver.object(base);
        (base.total, base.conditional)
    });
    let object = resolver.object_mut(id);
    object.total = total + object.members.len();
    object.conditional = conditional || object.members.iter().any(|one| one.condition.is_some());
}

fn check_features(id: EntityId, resolver: &mut Resolver<'_>) {
    let (entity, mut scope) = resolver.entity_and_scope(id);
    features::check_clash(&entity.features, &mut scope);
    features::check_type(&entity.features, &mut scope);
}

/// The base must be a struct; its members count as ours.
fn resolve_base(id: EntityId, level: usize, clash: &mut Clash, resolver: &mut Resolver<'_>) {
    let Some(base) = resolver.object(id).base.clone() else {
        return;
    };
    let Some(found) = resolver.type_of(id, &base, &"`base`") else {
        return;
    };
    if !matches!(&resolver.table.entity(found).kind, EntityKind::Object(object) if object.union.is_none())
    {
        let message = format!(
            "the base must be a struct, {} is not",
            resolver.describe(found)
        );
        resolver
            .scope(id)
            .error(Code::WrongKindOfType, message, base.span, "");
        return;
    }
    if contain(id, found, base.span, level, resolver) {
        resolver.object_mut(id).base_resolved = Some(found);
        clash.add_base(found, base.span, id, resolver);
    }
}

/// Checks an object that is contained in another. Answers whether it may be: not when that goes in a circle,
/// nor when it goes too deep.
pub(super) fn contain(
    id: EntityId,
    inner: EntityId,
    at: Span,
    level: usize,
    resolver: &mut Resolver<'_>,
) -> bool {
    if level < MAX_DEPTH {
        resolve_at(inner, level + 1, resolver);
    }
    let object = resolver.object(inner);
    if object.progress == Progress::Underway {
        return false;
    }
    let depth = object.depth + 1;
    if object.progress == Progress::Unchecked || depth > MAX_DEPTH {
        let message = format!("objects are contained in one another more than {MAX_DEPTH} deep");
        resolver
            .scope(id)
            .error(Code::NestedTooDeeply, message, at, "");
        return false;
    }
    let outer = resolver.object_mut(id);
    outer.depth = outer.depth.max(depth);
    true
}

/// All members of an object, its base's first, without those of branches: who owns it, and which it is.
pub(super) fn all_members(id: EntityId, table: &Table) -> Vec<(EntityId, usize)> {
    let base = |&id: &EntityId| object(table, id).and_then(|object| object.base_resolved);
    let chain: Vec<EntityId> = std::iter::successors(Some(id), base).collect();
    let members = chain.into_iter().rev().flat_map(|owner| {
        let count = object(table, owner).map_or(0, |object| object.members.len());
        (0..count).map(move |at| (owner, at))
    });
    members.collect()
}

/// Are these all members there should be? Not when something could not be read, or a base not be found.
pub(super) fn all_known(id: EntityId, table: &Table) -> bool {
    let base = |&id: &EntityId| object(table, id).and_then(|object| object.base_resolved);
    std::iter::successors(Some(id), base).all(|id| {
        let bases_found =
            object(table, id).is_some_and(|one| one.base.is_some() == one.base_resolved.is_some());
        bases_found && !table.entity(id).faulty
    })
}

pub(super) fn object(table: &Table, id: EntityId) -> Option<&ObjectEntity> {
    match &table.entity(id).kind {
        EntityKind::Object(object) => Some(object),
        _ => None,
    }
}

/// The member of a name, the base's included; the mangled name counts.
pub(super) fn find_member(id: EntityId, name: &str, table: &Table) -> Option<(EntityId, usize)> {
    let mut members = all_members(id, table).into_iter();
    members.find(|&(owner, at)| {
        object(table, owner).is_some_and(|object| same_mangled(&object.members[at].name, name))
    })
}
