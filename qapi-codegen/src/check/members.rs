//! Members given in place, and the names of types.

use std::fmt::Display;

use super::names::{self, Permit};
use super::scope::{Named, Scope};
use super::shape::{Data, MemberShape, TypeName};
use super::{conditions, features, keys};
use crate::diagnostic::Code;
use crate::source::Span;
use crate::syntax::{Expr, Key, Object};

/// The value of a key that may be left out. An empty string says as much as that: QEMU's front end asks whether there
/// is a name, and to it an empty one is none.
pub(super) fn given<'a>(object: &'a Object, key: &str) -> Option<&'a Expr> {
    object.get(key).filter(|value| value.as_str() != Some(""))
}

/// type name = string
pub(super) fn type_name(
    value: &Expr,
    what: &dyn Display,
    scope: &mut Scope<'_>,
) -> Option<TypeName> {
    let Some(name) = value.as_str() else {
        keys::wrong_type(value, what, "the name of a type", scope);
        return None;
    };
    Some(TypeName {
        name: name.to_owned(),
        array: false,
        span: value.span,
    })
}

/// type = type name | "[" type name "]"
pub(super) fn type_or_array(
    value: &Expr,
    what: &dyn Display,
    scope: &mut Scope<'_>,
) -> Option<TypeName> {
    let Some(items) = value.as_array() else {
        if value.as_str().is_none() {
            keys::wrong_type(value, what, "the name of a type, or an array of it", scope);
            return None;
        }
        return type_name(value, what, scope);
    };
    let [item] = items else {
        let message = format!("the array type of {what} must hold one name of a type");
        scope.error(Code::WrongType, message, value.span, "expected `['NAME']`");
        return None;
    };
    let element = type_name(item, &format_args!("the element of {what}"), scope)?;
    Some(TypeName {
        array: true,
        ..element
    })
}

/// data = type name | members
pub(super) fn data(
    value: Option<&Expr>,
    what: &dyn Display,
    permit: Permit,
    scope: &mut Scope<'_>,
) -> Data {
    let Some(value) = value else {
        return Data::None;
    };
    match (value.as_str(), value.as_object()) {
        (Some(_), _) => type_name(value, what, scope).map_or(Data::None, Data::Named),
        (_, Some(object)) => Data::Inline(inline(object, permit, scope)),
        _ => {
            keys::wrong_type(value, what, "an object or the name of a type", scope);
            Data::None
        }
    }
}

/// members = "{" [ member { "," member } ] "}"
pub(super) fn inline(object: &Object, permit: Permit, scope: &mut Scope<'_>) -> Vec<MemberShape> {
    let members = object.members.iter();
    members
        .filter_map(|(key, value)| member(key, value, permit, scope))
        .collect()
}

/// member = [ "*" ] NAME ":" ( type | "{" "type" ":" type [ "if" ] [ "features" ] "}" )
fn member(key: &Key, value: &Expr, permit: Permit, scope: &mut Scope<'_>) -> Option<MemberShape> {
    let (name, optional) = match key.text.strip_prefix('*') {
        Some(name) => (name, true),
        None => (key.text.as_str(), false),
    };
    let what = Named("the member", name);
    names::member(name, &what, permit, key.span, scope);
    let long = Long::read(value, key.span, &what, &["if", "features"], scope)?;
    let condition = long
        .object
        .and_then(|object| conditions::read(object, &what, scope));
    let features = long
        .object
        .map_or(Vec::new(), |object| features::read(object, scope));
    Some(MemberShape {
        name: name.to_owned(),
        span: key.span,
        optional,
        ty: type_or_array(long.ty, &what, scope)?,
        condition,
        features,
    })
}

/// The long form of a member or branch, `{ 'type': …, 'if': … }`, or its type alone.
pub(super) struct Long<'a> {
    pub(super) ty: &'a Expr,
    pub(super) object: Option<&'a Object>,
}

impl<'a> Long<'a> {
    pub(super) fn read(
        value: &'a Expr,
        span: Span,
        what: &dyn Display,
        optional: &[&str],
        scope: &mut Scope<'_>,
    ) -> Option<Long<'a>> {
        let Some(object) = value.as_object() else {
            return Some(Long {
                ty: value,
                object: None,
            });
        };
        if !keys::check(object, span, what, &["type"], optional, scope) {
            return None;
        }
        Some(Long {
            ty: object.get("type")?,
            object: Some(object),
        })
    }
}
