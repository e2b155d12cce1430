//! Structs.

use super::clone;
use super::debug;
use super::docs::Docs;
use super::enums::decode_impl;
use super::layout::{Node, Width, block, function, line, nested};
use super::members::{self, Field};
use super::names;
use super::types::Types;
use crate::schema::{Definition, DefinitionId};

/// A struct: all members, those of its base too.
pub(super) fn emit<'p>(
    id: DefinitionId,
    definition: &'p Definition,
    types: &Types<'_, 'p>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let plan = types.plan;
    let name = names::upper_camel(&definition.name);
    let fields = members::fields(types, id, definition, plan.decodes(id));
    let shown = plan.encodes(id) && !fields.is_empty();
    let mut nodes = vec![Node::Doc(docs.definition(definition))];
    nodes.extend(derives(&fields, shown, types));
    nodes.push(block(
        format!("pub struct {name} {{"),
        members::declare(&fields, types, docs),
    ));
    if plan.encodes(id) && !fields.is_empty() {
        nodes.push(Node::Blank);
        nodes.push(members::constructors(&name, &fields, &[], types));
    }
    if plan.decodes(id) {
        nodes.push(Node::Blank);
        nodes.extend(decode(&name, &fields, plan.decodes_as_branch(id), types));
    }
    if plan.encodes(id) {
        nodes.push(Node::Blank);
        nodes.push(encode(&name, members::write(&fields)));
    }
    if shown {
        nodes.extend(debug::of_type(&name));
    }
    nodes.extend(clone::implement(&name, &fields, &[], types));
    nodes
}

/// What is derived for a struct of these fields; a default too, where nothing is required.
pub(super) fn derives(fields: &[Field<'_>], shown: bool, types: &Types<'_, '_>) -> Option<Node> {
    let defaults = fields.iter().all(|field| field.optional);
    derived(clone::is_derived(fields, types), shown, defaults)
}

/// What is derived: `Debug` unless a value shows what it is encoded to.
pub(super) fn derived(clone: bool, shown: bool, default: bool) -> Option<Node> {
    let all = [("Clone", clone), ("Debug", !shown), ("Default", default)];
    let derived = all.into_iter().filter(|(_, derived)| *derived);
    let names: Vec<&str> = derived.map(|(name, _)| name).collect();
    (!names.is_empty()).then(|| line(format!("#[derive({})]", names.join(", "))))
}

/// Decodes an object; one that can be a branch hands on what it does not know.
pub(super) fn decode(
    name: &str,
    fields: &[Field<'_>],
    as_branch: bool,
    types: &Types<'_, '_>,
) -> Vec<Node> {
    let strict = types.plan.settings.is_strict();
    let value = construct("Self", members::filled(fields));
    let mut body = members::slots(fields, types);
    if !as_branch {
        body.push(members::read(
            strict,
            members::slot_list(fields, None, strict),
        ));
        body.push(value);
        return vec![decode_impl(name, body, types)];
    }
    let method = if strict { "exact_members" } else { "members" };
    let slots = nested(
        "&mut [",
        members::slot_list(fields, None, strict),
        "]",
        Width::Call,
    );
    body.push(nested(
        format!("r.{method}("),
        vec![slots, line("outer")],
        ")?;",
        Width::Call,
    ));
    body.push(value);
    let mut nodes = vec![
        decode_impl(name, vec![line("r.object_of()")], types),
        Node::Blank,
    ];
    nodes.push(decode_members_impl(name, body, types));
    nodes
}

/// `Ok(Self { … })`
pub(super) fn construct(path: &str, fields: Vec<Node>) -> Node {
    match fields.is_empty() {
        true => line(format!("Ok({path} {{}})")),
        false => nested(format!("Ok({path} {{ "), fields, " })", Width::Struct),
    }
}

/// `impl rt::DecodeMembers for NAME { fn decode_members … }`
pub(super) fn decode_members_impl(name: &str, body: Vec<Node>, types: &Types<'_, '_>) -> Node {
    let parameters = ["r: &mut rt::Reader<'_>", "outer: &mut dyn rt::Members"].map(str::to_owned);
    let tail = format!(") -> {}<Self, rt::DecodeError> {{", types.std("Result"));
    block(
        format!("impl rt::DecodeMembers for {name} {{"),
        function("fn decode_members(", parameters, tail, body),
    )
}

/// Encodes an object: `impl rt::Encode for NAME { fn encode_members … }`, or nothing in it where there are no members.
pub(super) fn encode(name: &str, body: Vec<Node>) -> Node {
    let head = format!("impl rt::Encode for {name} {{");
    let method = block(
        "fn encode_members(&self, w: &mut rt::Writer) {",
        body.clone(),
    );
    match body.is_empty() {
        true => line(format!("{head}}}")),
        false => block(head, vec![method]),
    }
}

/// Encodes what is no object: `impl rt::Encode for NAME { fn encode … }`
pub(super) fn encode_impl(name: &str, body: Vec<Node>) -> Node {
    block(
        format!("impl rt::Encode for {name} {{"),
        vec![block("fn encode(&self, w: &mut rt::Writer) {", body)],
    )
}
