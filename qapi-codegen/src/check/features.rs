//! Features: their list, and what may not be in it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::names::{self, Permit, mangled};
use super::scope::{Named, Scope};
use super::{conditions, keys};
use crate::diagnostic::{Code, quoted};
use crate::schema::Feature;
use crate::syntax::{Expr, Object};

/// At most so many distinct features in a schema.
pub(super) const LIMIT: usize = 64;

/// Features that QEMU itself acts upon, and that types cannot have.
pub(super) const SPECIAL: [&str; 2] = ["deprecated", "unstable"];

/// features = "[" [ feature { "," feature } ] "]" ; feature = NAME | "{" "name" ":" NAME [ "if" ] "}"
pub(super) fn read(object: &Object, scope: &mut Scope<'_>) -> Vec<Feature> {
    let Some(value) = object.get("features") else {
        return Vec::new();
    };
    let Some(items) = keys::array(value, &"`features`", scope) else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| feature(item, scope))
        .collect()
}

fn feature(item: &Expr, scope: &mut Scope<'_>) -> Option<Feature> {
    let what = &"a member of `features`";
    let mut name = item;
    let mut condition = None;
    if let Some(object) = item.as_object() {
        if !keys::check(object, item.span, what, &["name"], &["if"], scope) {
            return None;
        }
        name = object.get("name")?;
        condition = Some(object);
    }
    let text = keys::string(name, &"the name of a member of `features`", scope)?;
    let what = Named("the feature", text);
    names::lower(text, &what, Permit::default(), name.span, scope);
    Some(Feature {
        name: text.to_owned(),
        span: name.span,
        condition: condition.and_then(|object| conditions::read(object, &what, scope)),
    })
}

/// Two features of one name in one place are an error.
pub(super) fn check_clash(features: &[Feature], scope: &mut Scope<'_>) {
    let mut seen: HashMap<Cow<'_, str>, &Feature> = HashMap::new();
    for feature in features {
        if let Some(earlier) = seen.get(&mangled(&feature.name)) {
            let message = format!("the feature {} is given twice", quoted(&feature.name));
            let diagnostic = scope
                .diagnostic(Code::FeatureClash, message)
                .label(feature.span, "here again")
                .label(earlier.span, "first here");
            scope.push(diagnostic);
        } else {
            seen.insert(mangled(&feature.name), feature);
        }
    }
}

/// Types cannot be deprecated or unstable: their members can.
pub(super) fn check_type(features: &[Feature], scope: &mut Scope<'_>) {
    for feature in features
        .iter()
        .filter(|feature| SPECIAL.contains(&feature.name.as_str()))
    {
        let message = format!("a type cannot have the feature {}", quoted(&feature.name));
        let diagnostic = scope
            .diagnostic(Code::SpecialFeature, message)
            .label(feature.span, "")
            .note("commands, events, members and enum values can");
        scope.push(diagnostic);
    }
}
