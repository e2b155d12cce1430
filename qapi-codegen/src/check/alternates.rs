//! Alternates: branches that can be told apart by their JSON kind.

use std::borrow::Cow;
use std::collections::HashMap;

use super::entities::{BranchEntity, EntityId, EntityKind};
use super::names::{self, Permit, mangled};
use super::resolve::Resolver;
use super::scope::{Named, Scope};
use super::shape::{BranchShape, ShapeData};
use super::{conditions, features, keys, members};
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::schema::Builtin;
use crate::syntax::{ExprKind, Object};

/// alternate = "{" "alternate" ":" NAME "," "data" ":" branches [ "if" ] [ "features" ] "}"
pub(super) fn shape(object: &Object, scope: &mut Scope<'_>) -> ShapeData {
    let required = ["alternate", "data"];
    keys::check(
        object,
        scope.span,
        &"an alternate",
        &required,
        &["if", "features"],
        scope,
    );
    let mut branches = Vec::new();
    let Some(value) = object.get("data") else {
        return ShapeData::Alternate { branches };
    };
    let empty = match &value.kind {
        ExprKind::Object(data) => data.members.is_empty(),
        ExprKind::Array(items) => items.is_empty(),
        _ => false,
    };
    if empty {
        scope.error(
            Code::Empty,
            "`data` must not be empty",
            value.span,
            "expected a branch",
        );
        return ShapeData::Alternate { branches };
    }
    let Some(data) = keys::object(value, &"`data`", scope) else {
        return ShapeData::Alternate { branches };
    };
    for (key, value) in &data.members {
        let what = Named("the branch", &key.text);
        names::lower(&key.text, &what, Permit::default(), key.span, scope);
        let Some(long) = members::Long::read(value, key.span, &what, &["if"], scope) else {
            continue;
        };
        let condition = long
            .object
            .and_then(|object| conditions::read(object, &what, scope));
        if let Some(ty) = members::type_or_array(long.ty, &what, scope) {
            let (name, span) = (key.text.clone(), key.span);
            branches.push(BranchShape {
                name,
                span,
                ty,
                condition,
            });
        }
    }
    ShapeData::Alternate { branches }
}

/// The kinds of JSON values, numbers of all types being one.
#[derive(Clone, Copy, PartialEq)]
enum JsonKind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

pub(super) fn resolve(id: EntityId, resolver: &mut Resolver<'_>) {
    let entity = resolver.table.entity(id);
    let EntityKind::Alternate { branches } = &entity.kind else {
        return;
    };
    let (branches, own) = (branches.clone(), entity.features.clone());
    let mut scope = resolver.scope(id);
    features::check_clash(&own, &mut scope);
    features::check_type(&own, &mut scope);
    let mut names: HashMap<Cow<'_, str>, &BranchEntity> = HashMap::new();
    // Each kind with the branch that has it first, and the first kind of that.
    let mut kinds: Vec<(JsonKind, &BranchEntity, JsonKind)> = Vec::new();
    for (at, branch) in branches.iter().enumerate() {
        let what = Named("the branch", &branch.name);
        let found = resolver.type_of(id, &branch.ty, &what);
        if let EntityKind::Alternate { branches } = &mut resolver.table.entity_mut(id).kind {
            branches[at].resolved = found;
        }
        if let Some(earlier) = names.get(&mangled(&branch.name)) {
            let message = format!("{what} clashes with the branch {}", quoted(&earlier.name));
            let diagnostic = two(id, Code::NameClash, message, branch, earlier, resolver);
            let diagnostic = diagnostic.note_mangled(&branch.name, &earlier.name);
            resolver.sink.push(diagnostic);
        }
        names.entry(mangled(&branch.name)).or_insert(branch);
        let Some(found) = found else { continue };
        if let EntityKind::Enum { values, .. } = &resolver.table.entity(found).kind
            && !resolver.spend(id, values.len())
        {
            continue;
        }
        let Some(own) = kinds_of(found, resolver) else {
            let message = format!("{what} cannot be {}", resolver.describe(found));
            let label = "its JSON kind is not fixed";
            resolver
                .scope(id)
                .error(Code::BranchType, message, branch.ty.span, label);
            continue;
        };
        if let Some(&(kind, earlier, first)) = kinds.iter().find(|(kind, ..)| own.contains(kind)) {
            let earlier_name = quoted(&earlier.name);
            let message = format!("{what} cannot be told from the branch {earlier_name} in JSON");
            let code = Code::IndistinctBranches;
            let mut diagnostic = two(id, code, message, branch, earlier, resolver);
            if let Some(note) = why_alike(kind, first == own[0]) {
                diagnostic = diagnostic.note(note);
            }
            resolver.sink.push(diagnostic);
        }
        for &kind in &own {
            if kinds.iter().all(|(known, ..)| *known != kind) {
                kinds.push((kind, branch, own[0]));
            }
        }
    }
}

fn two(
    id: EntityId,
    code: Code,
    message: String,
    second: &BranchEntity,
    first: &BranchEntity,
    resolver: &mut Resolver<'_>,
) -> Diagnostic {
    resolver
        .scope(id)
        .diagnostic(code, message)
        .label(second.span, "this branch")
        .label(first.span, "and this one")
}

/// Why two branches share a kind; `alike` if it is what both are, else one is text that may look like it.
fn why_alike(kind: JsonKind, alike: bool) -> Option<&'static str> {
    match (kind, alike) {
        (JsonKind::Null | JsonKind::Bool, true) => None,
        (JsonKind::Number, true) => Some("numbers of all types are one kind"),
        (JsonKind::String, _) => Some("strings and values of enums are one kind"),
        (JsonKind::Array, _) => Some("arrays are one kind, whatever is in them"),
        (JsonKind::Object, _) => Some("objects are one kind, whatever is in them"),
        (JsonKind::Null | JsonKind::Bool | JsonKind::Number, false) => {
            Some("on a command line there is only text, which may look like a number or a boolean")
        }
    }
}

/// The JSON kinds that values of a type can have. On command lines, strings are all there is: so `str` can
/// be mistaken for numbers and booleans, and enum values that look like these too.
fn kinds_of(id: EntityId, resolver: &Resolver<'_>) -> Option<Vec<JsonKind>> {
    Some(match &resolver.table.entity(id).kind {
        EntityKind::Builtin(builtin) => match builtin {
            Builtin::Any => return None,
            Builtin::Null => vec![JsonKind::Null],
            Builtin::Bool => vec![JsonKind::Bool],
            Builtin::Str => vec![JsonKind::String, JsonKind::Number, JsonKind::Bool],
            _ => vec![JsonKind::Number],
        },
        EntityKind::Enum { values, .. } => {
            let mut kinds = vec![JsonKind::String];
            if values
                .iter()
                .any(|value| value.name == "on" || value.name == "off")
            {
                kinds.push(JsonKind::Bool);
            }
            let numeric =
                |name: &str| name.starts_with(|ch: char| ch.is_ascii_digit() || "+-.".contains(ch));
            if values.iter().any(|value| numeric(&value.name)) {
                kinds.push(JsonKind::Number);
            }
            kinds
        }
        EntityKind::Array { .. } => vec![JsonKind::Array],
        EntityKind::Object(_) => vec![JsonKind::Object],
        EntityKind::Alternate { .. } | EntityKind::Command(_) | EntityKind::Event { .. } => {
            return None;
        }
    })
}
