//! Commands: structs of their arguments.

use super::clone;
use super::debug;
use super::docs::{self, Docs};
use super::layout::{Node, Width, block, function, line, nested};
use super::members::{self, Extra, Field};
use super::names::{self, OTHERS};
use super::objects::{self, decode, decode_impl, derives, encode_impl};
use super::plan::Plan;
use super::types::Types;
use crate::schema::{Command, Definition, DefinitionId};

/// A command with arguments given in place is a struct of these, one with a named type wraps that type, one
/// without arguments is a unit.
pub(super) fn emit<'p>(
    id: DefinitionId,
    definition: &'p Definition,
    command: &Command,
    types: &Types<'_, 'p>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let plan = types.plan;
    let name = names::upper_camel(&definition.name);
    let mut nodes = vec![Node::Doc(docs.definition(definition))];
    let deprecated = docs::deprecated(plan, definition, &definition.features);
    let settings = plan.settings;
    let (decodes, encodes) = (settings.for_servers(), settings.for_clients());
    match command.arguments {
        Some(ty) if has_arguments(command, plan) && plan.is_implicit(ty) => {
            let fields = members::fields(types, ty, definition, decodes);
            nodes.extend(derives(&fields, encodes, types));
            nodes.extend(deprecated.map(Node::Line));
            nodes.extend(arguments(&name, &fields, command, types, docs));
        }
        Some(ty) if has_arguments(command, plan) => {
            nodes.push(line("#[derive(Clone, Debug)]"));
            nodes.extend(deprecated.map(Node::Line));
            nodes.extend(wrapped(&name, &types.of(ty), decodes, encodes, types));
        }
        _ => {
            nodes.push(line("#[derive(Clone, Copy, Debug, Default)]"));
            nodes.extend(deprecated.map(Node::Line));
            nodes.extend(unit(&name, decodes, encodes, types));
        }
    }
    if encodes {
        nodes.push(Node::Blank);
        nodes.push(command_impl(id, &name, definition, command, types));
    }
    nodes
}

fn arguments(
    name: &str,
    fields: &[Field<'_>],
    command: &Command,
    types: &Types<'_, '_>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let mut declared = members::declare(fields, types, docs);
    let mut extra = Vec::new();
    if !command.generated {
        declared.push(line(
            "/// Further arguments, which the schema does not tell.",
        ));
        declared.push(line(format!("pub {OTHERS}: rt::AnyMembers,")));
        extra.push(Extra {
            name: OTHERS.to_owned(),
            ty: "rt::AnyMembers".to_owned(),
            initial: Some("rt::AnyMembers::new()"),
            method: add_other(types),
        });
    }
    let mut nodes = vec![block(format!("pub struct {name} {{"), declared)];
    if types.plan.settings.for_clients() {
        nodes.push(Node::Blank);
        nodes.push(members::constructors(name, fields, &extra, types));
        nodes.push(Node::Blank);
        if command.generated {
            nodes.push(objects::encode(name, members::write(fields)));
        } else {
            let mut body = members::write(fields);
            body.push(line(format!("w.members_of(&self.{OTHERS});")));
            nodes.push(objects::encode(name, body));
        }
        nodes.extend(debug::of_type(name));
    }
    if types.plan.settings.for_servers() {
        nodes.push(Node::Blank);
        if command.generated {
            nodes.extend(decode(name, fields, false, types));
        } else {
            nodes.push(decode_open(name, fields, types));
        }
    }
    let more: &[&str] = if command.generated { &[] } else { &[OTHERS] };
    nodes.extend(clone::implement(name, fields, more, types));
    nodes
}

/// The method that adds an argument which the schema does not tell.
fn add_other(types: &Types<'_, '_>) -> Vec<Node> {
    let mut nodes = vec![line("/// Adds an argument that the schema does not tell.")];
    let parameters = [
        "mut self".to_owned(),
        format!("name: {}", types.into(types.std("String"))),
        format!("value: {}", types.into("rt::Any")),
    ];
    nodes.extend(function(
        "pub fn with(",
        parameters,
        ") -> Self {",
        vec![
            line(format!("self.{OTHERS}.push(name, value);")),
            line("self"),
        ],
    ));
    nodes
}

/// Decodes a command with further arguments: they are what no slot takes.
fn decode_open(name: &str, fields: &[Field<'_>], types: &Types<'_, '_>) -> Node {
    let slots = members::slot_list(fields, None, types);
    let others = line(format!("&mut self.{OTHERS}"));
    let items = vec![members::places(slots), others];
    let fill = vec![nested("r.object_and(", items, ")", Width::Call)];
    let mut blank = members::blank(fields, types);
    blank.push(line(format!("{OTHERS}: rt::AnyMembers::new()")));
    decode_impl(name, objects::construct(blank), fill, types)
}

/// A struct around a named type.
pub(super) fn wrapped(
    name: &str,
    ty: &str,
    decodes: bool,
    encodes: bool,
    types: &Types<'_, '_>,
) -> Vec<Node> {
    let mut nodes = wrapper(name, ty, types);
    if encodes {
        nodes.push(Node::Blank);
        let body = vec![line("rt::Encode::encode(&self.0, w);")];
        nodes.push(encode_impl(name, body));
    }
    if decodes {
        nodes.push(Node::Blank);
        nodes.push(decode_wrapped(name, types));
    }
    nodes
}

/// The struct itself, and how it is made of the type it wraps.
fn wrapper(name: &str, ty: &str, types: &Types<'_, '_>) -> Vec<Node> {
    vec![
        line(format!("pub struct {name}(pub {ty});")),
        Node::Blank,
        types.from(ty, name, "Self(value)"),
    ]
}

fn decode_wrapped(name: &str, types: &Types<'_, '_>) -> Node {
    let blank = line("Self(rt::Decode::blank())");
    let fill = vec![line("rt::Decode::fill(&mut self.0, r)")];
    decode_impl(name, blank, fill, types)
}

/// A struct without members.
pub(super) fn unit(name: &str, decodes: bool, encodes: bool, types: &Types<'_, '_>) -> Vec<Node> {
    let mut nodes = vec![line(format!("pub struct {name};"))];
    if encodes {
        nodes.push(Node::Blank);
        nodes.push(objects::encode(name, vec![]));
    }
    if decodes {
        nodes.push(Node::Blank);
        nodes.push(decode_unit(name, types));
    }
    nodes
}

fn decode_unit(name: &str, types: &Types<'_, '_>) -> Node {
    let fill = vec![members::read(vec![], types)];
    decode_impl(name, line("Self"), fill, types)
}

fn command_impl(
    id: DefinitionId,
    name: &str,
    definition: &Definition,
    command: &Command,
    types: &Types<'_, '_>,
) -> Node {
    let returns = match command.returns {
        Some(ty) => types.within(id, ty),
        None => "()".to_owned(),
    };
    let mut body = vec![
        line(format!("type Return = {returns};")),
        line(format!("const NAME: &'static str = {:?};", definition.name)),
    ];
    let mut flag = |given: bool, text: &str| body.extend(given.then(|| line(text)));
    flag(command.allow_oob, "const ALLOW_OOB: bool = true;");
    flag(
        command.allow_preconfig,
        "const ALLOW_PRECONFIG: bool = true;",
    );
    flag(
        !command.success_response,
        "const SUCCESS_RESPONSE: bool = false;",
    );
    body.extend(since(definition, types));
    block(format!("impl rt::Command for {name} {{"), body)
}

/// Has the command arguments? One without is a unit.
pub(super) fn has_arguments(command: &Command, plan: &Plan<'_>) -> bool {
    command
        .arguments
        .is_some_and(|ty| !plan.is_implicit(ty) || !command.generated || !plan.is_empty(ty))
}

/// The release that a command or event came with.
pub(super) fn since(definition: &Definition, types: &Types<'_, '_>) -> Option<Node> {
    let since = types.plan.schema.since(definition)?;
    let option = types.option("&'static str");
    Some(line(format!("const SINCE: {option} = Some(\"{since}\");")))
}
