//! Enums.

use std::collections::HashMap;

use super::entities::{EntityId, EntityKind};
use super::names::{self, Permit, mangled};
use super::resolve::Resolver;
use super::scope::{Named, Scope};
use super::shape::ShapeData;
use super::{conditions, features, keys};
use crate::diagnostic::{Code, quoted};
use crate::schema::Value;
use crate::syntax::{Expr, Object};

/// enum = "{" "enum" ":" NAME "," "data" ":" values [ "prefix" ] [ "if" ] [ "features" ] "}"
pub(super) fn shape(object: &Object, name: &str, scope: &mut Scope<'_>) -> ShapeData {
    let optional = ["if", "features", "prefix"];
    keys::check(
        object,
        scope.span,
        &"an enum",
        &["enum", "data"],
        &optional,
        scope,
    );
    let permissive = scope.pragmas.member_name_exceptions.contains(name);
    let permit = Permit::all_if(permissive);
    let data = object
        .get("data")
        .and_then(|data| keys::array(data, &"`data`", scope));
    let prefix = object
        .get("prefix")
        .and_then(|prefix| keys::string(prefix, &"`prefix`", scope));
    let values = data.unwrap_or_default().iter();
    ShapeData::Enum {
        prefix: prefix.map(str::to_owned),
        values: values
            .filter_map(|item| value(item, permit, scope))
            .collect(),
    }
}

/// value = NAME | "{" "name" ":" NAME [ "if" ] [ "features" ] "}"
fn value(item: &Expr, permit: Permit, scope: &mut Scope<'_>) -> Option<Value> {
    let what = &"a member of `data`";
    let long = item.as_object();
    let mut name = item;
    if let Some(object) = long {
        if !keys::check(
            object,
            item.span,
            what,
            &["name"],
            &["if", "features"],
            scope,
        ) {
            return None;
        }
        name = object.get("name")?;
    }
    let text = keys::string(name, &"the name of a member of `data`", scope)?;
    let what = Named("the value", text);
    names::value(text, &what, permit, name.span, scope);
    Some(Value {
        name: text.to_owned(),
        span: Some(name.span),
        condition: long.and_then(|object| conditions::read(object, &what, scope)),
        features: long.map_or(Vec::new(), |object| features::read(object, scope)),
    })
}

/// Values must differ, in C too.
pub(super) fn resolve(id: EntityId, resolver: &mut Resolver<'_>) {
    let (entity, mut scope) = resolver.entity_and_scope(id);
    let EntityKind::Enum { values, .. } = &entity.kind else {
        return;
    };
    features::check_clash(&entity.features, &mut scope);
    features::check_type(&entity.features, &mut scope);
    let mut seen = HashMap::with_capacity(values.len());
    for value in values {
        features::check_clash(&value.features, &mut scope);
        let Some(earlier) = seen.insert(mangled(&value.name), value) else {
            continue;
        };
        let (name, other) = (quoted(&value.name), quoted(&earlier.name));
        let message = format!("the value {name} clashes with the value {other}");
        let mut diagnostic = scope.diagnostic(Code::NameClash, message);
        for (value, label) in [(value, "here again"), (earlier, "first here")] {
            if let Some(span) = value.span {
                diagnostic = diagnostic.label(span, label);
            }
        }
        scope.push(diagnostic.note_mangled(&value.name, &earlier.name));
    }
}
