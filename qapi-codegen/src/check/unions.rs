//! Unions: the discriminator and the branches that it chooses among.

use std::collections::HashSet;

use super::clash::Clash;
use super::entities::{BranchEntity, EMPTY, EntityId, EntityKind};
use super::names::Permit;
use super::resolve::Resolver;
use super::scope::{Named, Scope};
use super::shape::{BranchShape, ShapeData, TypeName};
use super::structs::{find_member, object};
use super::{conditions, keys, members, structs};
use crate::diagnostic::{Code, quoted};
use crate::schema::Value;
use crate::source::Span;
use crate::syntax::Object;

/// union = "{" "union" ":" NAME "," "base" ":" data "," "discriminator" ":" NAME "," "data" ":" branches … "}"
pub(super) fn shape(object: &Object, name: &str, scope: &mut Scope<'_>) -> ShapeData {
    let required = ["union", "base", "discriminator", "data"];
    keys::check(
        object,
        scope.span,
        &"a union",
        &required,
        &["if", "features"],
        scope,
    );
    let permissive = scope.pragmas.member_name_exceptions.contains(name);
    let permit = Permit::all_if(permissive);
    let base = members::data(object.get("base"), &"`base`", permit, scope);
    let discriminator = object.get("discriminator").and_then(|value| {
        let name = keys::string(value, &"`discriminator`", scope)?;
        Some((name.to_owned(), value.span))
    });
    let data = object
        .get("data")
        .and_then(|data| keys::object(data, &"`data`", scope));
    let branches = data.map_or(Vec::new(), |data| branches(data, scope));
    ShapeData::Union {
        base,
        discriminator,
        branches,
    }
}

/// branches = "{" [ VALUE ":" ( type name | "{" "type" ":" type name [ "if" ] "}" ) … ] "}"
fn branches(data: &Object, scope: &mut Scope<'_>) -> Vec<BranchShape> {
    let mut out = Vec::new();
    for (key, value) in &data.members {
        let what = Named("the branch", &key.text);
        let Some(long) = members::Long::read(value, key.span, &what, &["if"], scope) else {
            continue;
        };
        let condition = long
            .object
            .and_then(|object| conditions::read(object, &what, scope));
        if let Some(ty) = members::type_name(long.ty, &what, scope) {
            out.push(BranchShape {
                name: key.text.clone(),
                span: key.span,
                ty,
                condition,
            });
        }
    }
    out
}

/// Checks the branches of an object that is a union. `clash` knows the members of the base.
pub(super) fn resolve(id: EntityId, level: usize, clash: &Clash, resolver: &mut Resolver<'_>) {
    let Some(union) = &resolver.object(id).union else {
        return;
    };
    let discriminator = union.discriminator.clone();
    if !resolver.spend(id, resolver.object(id).total) {
        return;
    }
    let Some((values, tag)) =
        discriminator.and_then(|(name, span)| find_tag(id, &name, span, resolver))
    else {
        // What the branches should be named after is not known; their types can be looked up all the same.
        for at in 0..branch_count(id, resolver) {
            resolve_branch(id, at, &branch(id, at, resolver), resolver);
        }
        return;
    };
    add_empty_branches(id, &values, tag, resolver);
    mark_unstable_branches(id, &values, resolver);
    if branch_count(id, resolver) == 0 && !resolver.table.entity(id).faulty {
        let at = resolver.table.entity(id).name_span;
        let label = "its discriminator has no values";
        resolver
            .scope(id)
            .error(Code::NoBranches, "the union has no branches", at, label);
    }
    let names: HashSet<&str> = values.iter().map(|value| value.name.as_str()).collect();
    let mut visited = HashSet::new();
    for at in 0..branch_count(id, resolver) {
        let branch = branch(id, at, resolver);
        if !names.contains(branch.name.as_str()) && !resolver.table.entity(tag).faulty {
            let name = quoted(&branch.name);
            let message = format!(
                "the branch {name} is not a value of {}",
                resolver.describe(tag)
            );
            let mut diagnostic = resolver
                .scope(id)
                .diagnostic(Code::UnknownBranch, message)
                .label(branch.span, "");
            if resolver.sink.may_compare(values.len()) {
                let names = values.iter().map(|value| value.name.as_str());
                diagnostic = diagnostic.suggest(&branch.name, names);
            }
            resolver.sink.push(diagnostic);
        }
        let found = resolve_branch(id, at, &branch, resolver);
        if let Some(found) =
            found.filter(|&found| structs::contain(id, found, branch.span, level, resolver))
        {
            clash.check_branch(found, branch.span, &mut visited, id, resolver);
        }
    }
}

fn branch_count(id: EntityId, resolver: &Resolver<'_>) -> usize {
    resolver
        .object(id)
        .union
        .as_ref()
        .map_or(0, |union| union.branches.len())
}

fn branch(id: EntityId, at: usize, resolver: &Resolver<'_>) -> BranchEntity {
    resolver
        .object(id)
        .union
        .as_ref()
        .expect("a union, as its branches are counted")
        .branches[at]
        .clone()
}

/// The discriminator: a required, unconditional member of an enum type. Answers its values.
fn find_tag(
    id: EntityId,
    name: &str,
    span: Span,
    resolver: &mut Resolver<'_>,
) -> Option<(Vec<Value>, EntityId)> {
    let found = find_member(id, name, resolver.table);
    let found = found.and_then(|(owner, at)| {
        let object = object(resolver.table, owner)?;
        (object.members[at].name == name).then_some((owner, &object.members[at]))
    });
    let Some((owner, member)) = found else {
        if structs::all_known(id, resolver.table) {
            let names = structs::all_members(id, resolver.table);
            let names = names.into_iter().filter_map(|(owner, at)| {
                Some(object(resolver.table, owner)?.members[at].name.clone())
            });
            let names: Vec<String> = names.collect();
            let message = format!(
                "the discriminator {} is not a member of the base",
                quoted(name)
            );
            let mut diagnostic = resolver
                .scope(id)
                .diagnostic(Code::UnknownDiscriminator, message)
                .label(span, "");
            if resolver.sink.may_compare(names.len()) {
                diagnostic = diagnostic.suggest(name, names.iter().map(String::as_str));
            }
            resolver.sink.push(diagnostic);
        }
        return None;
    };
    let (member_span, optional) = (member.span, member.optional);
    let conditional = member.condition.is_some();
    let tag = member.resolved?;
    let what = match resolver.object(owner).implicit {
        true => format!("the discriminator {}", quoted(name)),
        false => {
            let base = quoted(&resolver.table.entity(owner).name);
            format!(
                "the discriminator {} (of the base type {base})",
                quoted(name)
            )
        }
    };
    let values = match &resolver.table.entity(tag).kind {
        EntityKind::Enum { values, .. } => Some(values.len()),
        _ => None,
    };
    if !resolver.spend(id, values.unwrap_or_default()) {
        return None;
    }
    let values = match &resolver.table.entity(tag).kind {
        EntityKind::Enum { values, .. } => Some(values.clone()),
        _ => None,
    };
    let mut report = |code, problem: &str, label: &str| {
        let diagnostic = resolver
            .scope(id)
            .diagnostic(code, format!("{what} {problem}"))
            .label(span, "")
            .label(member_span, label);
        resolver.sink.push(diagnostic);
    };
    if values.is_none() {
        report(
            Code::DiscriminatorType,
            "must be of an enum type",
            "this is its type",
        );
    } else if optional {
        report(
            Code::DiscriminatorOptional,
            "must not be optional",
            "remove the `*`",
        );
    } else if conditional {
        report(
            Code::DiscriminatorConditional,
            "must not be conditional",
            "it is conditional here",
        );
    }
    resolver.object_mut(id).union.as_mut()?.discriminator_type = Some(tag);
    Some((values?, tag))
}

/// What an empty branch costs: other than a member that is looked at, it stays, and takes memory.
const EMPTY_BRANCH: usize = 100;

/// A value without a branch has an empty one.
fn add_empty_branches(id: EntityId, values: &[Value], tag: EntityId, resolver: &mut Resolver<'_>) {
    let span = resolver.table.entity(id).name_span;
    let Some(union) = &resolver.object(id).union else {
        return;
    };
    let given: HashSet<&str> = union.branches.iter().map(|one| one.name.as_str()).collect();
    let missing = values
        .iter()
        .filter(|value| !given.contains(value.name.as_str()));
    let missing: Vec<&Value> = missing.collect();
    if resolver.table.entity(tag).faulty || !resolver.spend(id, EMPTY_BRANCH * missing.len()) {
        return;
    }
    let Some(union) = &mut resolver.object_mut(id).union else {
        return;
    };
    for value in missing {
        union.branches.push(BranchEntity {
            name: value.name.clone(),
            span,
            ty: TypeName {
                name: EMPTY.to_owned(),
                array: false,
                span,
            },
            resolved: None,
            condition: value.condition.clone(),
            unstable: false,
        });
    }
}

/// A branch is as stable as the value that chooses it.
fn mark_unstable_branches(id: EntityId, values: &[Value], resolver: &mut Resolver<'_>) {
    let unstable = values.iter().filter(|value| value.has_feature("unstable"));
    let unstable: HashSet<&str> = unstable.map(|value| value.name.as_str()).collect();
    if let Some(union) = &mut resolver.object_mut(id).union {
        for branch in &mut union.branches {
            branch.unstable = unstable.contains(branch.name.as_str());
        }
    }
}

/// A branch is an object.
fn resolve_branch(
    id: EntityId,
    at: usize,
    branch: &BranchEntity,
    resolver: &mut Resolver<'_>,
) -> Option<EntityId> {
    let what = Named("the branch", &branch.name);
    let found = resolver.type_of(id, &branch.ty, &what)?;
    if object(resolver.table, found).is_none() {
        let message = format!(
            "{what} must be a struct or a union, not {}",
            resolver.describe(found)
        );
        resolver
            .scope(id)
            .error(Code::BranchType, message, branch.ty.span, "");
        return None;
    }
    let union = resolver.object_mut(id).union.as_mut()?;
    union.branches[at].resolved = Some(found);
    Some(found)
}
