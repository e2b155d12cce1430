//! Structs.

use super::clone;
use super::debug;
use super::docs::Docs;
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
    let slots = members::slot_list(fields, None, types);
    let blank = blank(fields, types);
    if !as_branch {
        let fill = vec![members::read(slots, types)];
        return vec![decode_impl(name, blank, fill, types)];
    }
    let head = match types.plan.settings.is_strict() {
        true => "r.exact_members(",
        false => "r.members(",
    };
    let items = vec![members::places(slots), line("outer")];
    let fill = vec![nested(head, items, ")", Width::Call)];
    decode_as_branch(name, blank, fill, types)
}

/// What a struct of these fields is before it is read.
fn blank(fields: &[Field<'_>], types: &Types<'_, '_>) -> Node {
    match fields.iter().all(|field| field.optional) {
        // A default is derived, and means the same. It is the trait that is asked, which may go by a longer name.
        true => line(format!("{}::default()", types.std("Default"))),
        false => construct(members::blank(fields, types)),
    }
}

/// `Self { … }`
pub(super) fn construct(fields: Vec<Node>) -> Node {
    nested("Self { ", fields, " }", Width::Struct)
}

/// Decodes an object that can be a branch: `fill` reads its members and hands on the others to `outer`.
pub(super) fn decode_as_branch(
    name: &str,
    blank: Node,
    fill: Vec<Node>,
    types: &Types<'_, '_>,
) -> Vec<Node> {
    let parameters = [
        "&mut self",
        "r: &mut rt::Reader<'_>",
        "outer: &mut dyn rt::Members",
    ];
    let tail = format!(") -> {}<(), rt::DecodeError> {{", types.std("Result"));
    let method = function(
        "fn fill_members(",
        parameters.map(str::to_owned),
        tail,
        fill,
    );
    vec![
        decode_impl(name, blank, vec![line("r.object_of(self)")], types),
        Node::Blank,
        block(format!("impl rt::DecodeMembers for {name} {{"), method),
    ]
}

/// `impl rt::Decode for NAME { fn blank … fn fill … }`
pub(super) fn decode_impl(name: &str, blank: Node, fill: Vec<Node>, types: &Types<'_, '_>) -> Node {
    let parameters = ["&mut self", "r: &mut rt::Reader<'_>"];
    let tail = format!(") -> {}<(), rt::DecodeError> {{", types.std("Result"));
    let mut methods = vec![block("fn blank() -> Self {", vec![blank]), Node::Blank];
    methods.extend(function(
        "fn fill(",
        parameters.map(str::to_owned),
        tail,
        fill,
    ));
    block(format!("impl rt::Decode for {name} {{"), methods)
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
