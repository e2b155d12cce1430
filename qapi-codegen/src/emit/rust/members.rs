//! The members of objects as fields: what structs, unions, commands and events have in common.

use super::arrival;
use super::docs::{self, Docs};
use super::layout::{Node, Width, block, function, line, list, nested};
use super::names;
use super::types::Types;
use crate::schema::{Definition, DefinitionId, Member};

/// A member that becomes a field.
pub(super) struct Field<'p> {
    pub(super) member: &'p Member,
    /// The definition that describes it.
    pub(super) owner: &'p Definition,
    /// The definition whose Rust type it is a field of.
    pub(super) of: DefinitionId,
    /// The field's name.
    pub(super) name: String,
    /// May it be absent, by the schema or for other reasons?
    pub(super) optional: bool,
}

impl Field<'_> {
    /// The type of its values.
    fn ty(&self, types: &Types<'_, '_>) -> String {
        match self.is_impossible(types) {
            true => "rt::Impossible".to_owned(),
            false => types.within(self.of, self.member.ty),
        }
    }

    /// Can it have no value, but has to have one?
    fn is_impossible(&self, types: &Types<'_, '_>) -> bool {
        !self.optional && types.plan.is_impossible(self.member.ty)
    }
}

/// The fields of an object that is emitted as part of `definition`. What is decoded may lack members that
/// the schema requires.
pub(super) fn fields<'p>(
    types: &Types<'_, 'p>,
    object: DefinitionId,
    definition: &'p Definition,
    decodes: bool,
) -> Vec<Field<'p>> {
    let members = types.plan.members(object).into_iter();
    let fields = members.map(|(owner, member)| {
        let owner = owner.unwrap_or(definition);
        Field {
            member,
            owner,
            of: object,
            name: names::field(&member.name, definition),
            optional: types.plan.is_optional(owner, member, decodes),
        }
    });
    fields.collect()
}

/// The declarations of fields.
pub(super) fn declare(
    fields: &[Field<'_>],
    types: &Types<'_, '_>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let mut nodes = Vec::new();
    for field in fields {
        nodes.push(Node::Doc(docs.member(field.owner, field.member)));
        let attribute = docs::deprecated(types.plan, field.owner, &field.member.features);
        nodes.extend(attribute.map(Node::Line));
        let mut ty = field.ty(types);
        if field.optional {
            ty = types.option(&ty);
        }
        nodes.push(line(format!("pub {}: {ty},", field.name)));
    }
    nodes
}

/// `a: BLANK` for every field: what its value is read into.
pub(super) fn blank(fields: &[Field<'_>], types: &Types<'_, '_>) -> Vec<Node> {
    let blank = fields.iter().map(|field| {
        let value = match field.optional {
            true => "None".to_owned(),
            false => types.blank(field.member.ty),
        };
        line(format!("{}: {value}", field.name))
    });
    blank.collect()
}

/// `("a", &mut self.a)` for every field, and for the discriminator of a union, as they arrive; strict bindings look at them
/// in the schema's order.
pub(super) fn slot_list(
    fields: &[Field<'_>],
    discriminator: Option<&str>,
    types: &Types<'_, '_>,
) -> Vec<Node> {
    let places = fields.iter().map(|field| {
        let place = format!("&mut self.{}", field.name);
        (field.member.name.as_str(), place)
    });
    let seen = discriminator.map(|name| (name, "&mut rt::Seen".to_owned()));
    let slots = places.chain(seen).collect();
    let slots = match types.plan.settings.is_strict() {
        true => slots,
        false => arrival::sort(slots, |(name, _)| *name),
    };
    let slots = slots.into_iter().map(|(name, place)| pair(name, place));
    slots.collect()
}

/// `("a", value)`
fn pair(member: &str, value: String) -> Node {
    list("(", [format!("{member:?}"), value], ")", Width::Call)
}

/// `w.member("a", &self.a);` for every field.
pub(super) fn write(fields: &[Field<'_>]) -> Vec<Node> {
    let members = fields
        .iter()
        .map(|field| write_one(&field.member.name, format!("&self.{}", field.name)));
    members.collect()
}

/// `w.member("a", value);`
pub(super) fn write_one(member: &str, value: String) -> Node {
    list(
        "w.member(",
        [format!("{member:?}"), value],
        ");",
        Width::Call,
    )
}

/// `r.object(&mut […])`
pub(super) fn read(slots: Vec<Node>, types: &Types<'_, '_>) -> Node {
    let method = match types.plan.settings.is_strict() {
        true => "exact_object",
        false => "object",
    };
    nested(format!("r.{method}(&mut ["), slots, "])", Width::Call)
}

/// `&mut […]`, among other parameters.
pub(super) fn places(slots: Vec<Node>) -> Node {
    nested("&mut [", slots, "]", Width::Call)
}

/// A field besides those of the schema: its name, its type, and how it begins.
pub(super) struct Extra {
    pub(super) name: String,
    pub(super) ty: String,
    /// What `new` makes of it; without, it is a parameter.
    pub(super) initial: Option<&'static str>,
    /// A method for it.
    pub(super) method: Vec<Node>,
}

/// `impl NAME { new, and a method for every optional field }`.
pub(super) fn constructors(
    name: &str,
    fields: &[Field<'_>],
    extra: &[Extra],
    types: &Types<'_, '_>,
) -> Node {
    let mut parameters = Vec::new();
    let mut values = Vec::new();
    for field in fields {
        if field.optional {
            values.push(line(format!("{}: None", field.name)));
            continue;
        }
        let (ty, conversion) = match field.is_impossible(types) {
            true => (field.ty(types), ""),
            false => types.parameter(field.of, field.member.ty),
        };
        parameters.push(format!("{}: {ty}", field.name));
        values.push(line(match conversion {
            "" => field.name.clone(),
            _ => format!("{0}: {0}{conversion}", field.name),
        }));
    }
    for extra in extra {
        match extra.initial {
            Some(initial) => values.push(line(format!("{}: {initial}", extra.name))),
            None => {
                parameters.push(format!("{}: {}", extra.name, extra.ty));
                values.push(line(&extra.name));
            }
        }
    }
    let what = match parameters.is_empty() {
        true => "/// All members absent.",
        false => "/// The required members; the others are absent.",
    };
    let all_required = fields.iter().all(|field| !field.optional);
    let what = if all_required && !parameters.is_empty() {
        "/// All members."
    } else {
        what
    };
    let mut body = vec![line(what)];
    body.extend(inline(&parameters));
    // Where nothing is required, a default is derived that says the same. It is the trait that is asked, which may go by a longer name.
    let expression = match parameters.is_empty() {
        true => line(format!("{}::default()", types.std("Default"))),
        false => nested("Self { ", values, " }", Width::Struct),
    };
    body.extend(function(
        "pub fn new(",
        parameters,
        ") -> Self {",
        vec![expression],
    ));
    for field in fields.iter().filter(|field| field.optional) {
        body.push(Node::Blank);
        let name = names::setter(&field.name, |name| {
            fields.iter().any(|field| field.name == name)
        });
        body.extend(setter(&name, field, types));
    }
    for extra in extra.iter().filter(|extra| !extra.method.is_empty()) {
        body.push(Node::Blank);
        body.extend(extra.method.iter().cloned());
    }
    block(format!("impl {name} {{"), body)
}

/// What spares a library the code of a method that only moves its parameters; a generic one is compiled where it is called anyway.
fn inline(parameters: &[String]) -> Option<Node> {
    let generic = parameters.iter().any(|one| one.contains(": impl "));
    (!generic).then(|| line("#[inline]"))
}

fn setter(name: &str, field: &Field<'_>, types: &Types<'_, '_>) -> Vec<Node> {
    let (ty, conversion) = types.parameter(field.of, field.member.ty);
    let mut nodes = vec![line(format!("/// Sets `{}`.", field.member.name))];
    let deprecated = field.member.has_feature("deprecated");
    nodes.extend(deprecated.then(|| line("#[deprecated]")));
    let parameters = ["mut self".to_owned(), format!("value: {ty}")];
    nodes.extend(inline(&parameters));
    nodes.extend(function(
        format!("pub fn {name}("),
        parameters,
        ") -> Self {",
        vec![
            line(format!("self.{} = Some(value{conversion});", field.name)),
            line("self"),
        ],
    ));
    nodes
}
