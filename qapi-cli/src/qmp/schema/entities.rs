//! What the machine says, in its own form.

use std::collections::HashSet;

use qapi_client::Schema;
use qapi_client::schema::{Item, Place, Type};
use qapi_types::Any;

/// The names of the commands and events that `places` are.
pub(super) fn named<'a>(places: &[Place<'a>]) -> HashSet<&'a str> {
    let names = places.iter().filter_map(|place| match place.item {
        Item::Command(command) => Some(command.name()),
        Item::Event(event) => Some(event.name()),
        _ => None,
    });
    names.collect()
}

/// The names of all that `places` reach: commands and events with their types, types with theirs. A value or a feature is
/// part of what is before it in its path.
pub(super) fn reached<'a>(schema: &'a Schema, places: &[Place<'a>]) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    let mut open = Vec::new();
    for place in places {
        let owners = match place.item {
            Item::Value(_) | Item::Feature(_) => {
                let owner = place.path.rsplit_once('/');
                owner.map_or_else(Vec::new, |(owner, _)| schema.find(owner))
            }
            _ => vec![place.clone()],
        };
        names.extend(named(&owners));
        for item in owners.iter().map(|owner| owner.item) {
            match item {
                Item::Command(command) => {
                    open.extend([command.argument_type(), command.return_type()]);
                }
                Item::Event(event) => open.push(event.argument_type()),
                item => open.push(item.ty()),
            }
        }
    }
    while let Some(ty) = open.pop() {
        let Some(ty) = ty.filter(|ty| names.insert(ty.name())) else {
            continue;
        };
        match ty {
            Type::Array(array) => open.push(Some(array.element_type())),
            Type::Alternate(alternate) => open.extend(alternate.types().map(Some)),
            Type::Object(object) => {
                open.extend(object.members().map(|member| Some(member.ty())));
                open.extend(object.branches().map(|branch| Some(branch.ty())));
            }
            _ => {}
        }
    }
    names
}

/// Those of the entities in `told` that have these names, in their order.
pub(super) fn of(told: &Any, names: &HashSet<&str>) -> Vec<Any> {
    let entities: Vec<Any> = told.to().unwrap_or_default();
    let is_one = |entity: &Any| {
        let name = entity.get("name").and_then(|name| name.to::<String>().ok());
        name.is_some_and(|name| names.contains(&*name))
    };
    entities.into_iter().filter(is_one).collect()
}
