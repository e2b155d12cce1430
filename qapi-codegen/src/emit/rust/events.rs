//! Events: structs of their data, and the enum of all events.

use super::clone;
use super::commands::{since, unit, wrapped};
use super::debug;
use super::docs::{self, Docs};
use super::layout::{Node, arm, arm_call, block, line};
use super::members;
use super::names::{self, UNRECOGNIZED};
use super::objects;
use super::plan::Plan;
use super::types::Types;
use crate::schema::{Definition, Event, Kind};

/// An event with data given in place is a struct of these, one with a named type wraps that type, one
/// without data is a unit.
pub(super) fn emit<'p>(
    definition: &'p Definition,
    event: &Event,
    types: &Types<'_, 'p>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let plan = types.plan;
    let name = names::upper_camel(&definition.name);
    let settings = plan.settings;
    let (decodes, encodes) = (settings.for_clients(), settings.for_servers());
    let mut nodes = vec![Node::Doc(docs.definition(definition))];
    let deprecated = docs::deprecated(plan, definition, &definition.features).map(Node::Line);
    match event.data {
        Some(ty) if plan.is_implicit(ty) && !plan.is_empty(ty) => {
            let fields = members::fields(types, ty, definition, true);
            nodes.extend(objects::derives(&fields, encodes, types));
            nodes.extend(deprecated);
            let declared = members::declare(&fields, types, docs);
            nodes.push(block(format!("pub struct {name} {{"), declared));
            if decodes {
                nodes.push(Node::Blank);
                nodes.extend(objects::decode(&name, &fields, false, types));
            }
            if encodes {
                nodes.push(Node::Blank);
                nodes.push(members::constructors(&name, &fields, &[], types));
                nodes.push(Node::Blank);
                nodes.push(objects::encode(&name, members::write(&fields)));
                nodes.extend(debug::of_type(&name));
            }
            nodes.extend(clone::implement(&name, &fields, &[], types));
        }
        Some(ty) if !plan.is_implicit(ty) => {
            nodes.push(line("#[derive(Clone, Debug)]"));
            nodes.extend(deprecated);
            nodes.extend(wrapped(&name, &types.of(ty), decodes, encodes, types));
        }
        _ => {
            nodes.push(line("#[derive(Clone, Copy, Debug, Default)]"));
            nodes.extend(deprecated);
            nodes.extend(unit(&name, decodes, encodes, types));
        }
    }
    let mut body = vec![line(format!(
        "const NAME: &'static str = {:?};",
        definition.name
    ))];
    body.extend(since(definition, types));
    if decodes {
        nodes.push(Node::Blank);
        nodes.push(block(format!("impl rt::Event for {name} {{"), body));
    }
    if encodes {
        nodes.push(Node::Blank);
        nodes.push(super::server::report_impl(&name, &definition.name));
    }
    nodes
}

/// `enum Event`: every event, and room for those that the schema does not know.
pub(super) fn all(plan: &Plan<'_>) -> Vec<Node> {
    let open = !plan.settings.is_strict();
    let mut variants = Vec::new();
    let mut names_of = Vec::new();
    let mut decode = Vec::new();
    let events = plan
        .definitions()
        .filter(|(_, definition)| matches!(definition.kind, Kind::Event(_)));
    for (_, definition) in events {
        let (variant, wire) = (names::variant(&definition.name), &definition.name);
        let event = names::upper_camel(wire);
        variants.push(line(format!("/// `{wire}`")));
        variants.push(line(format!("{variant}(events::{event}),")));
        names_of.push(arm(format!("Self::{variant}(_)"), format!("{wire:?}")));
        decode.push(arm_call(
            format!("{wire:?}"),
            "rt::event",
            ["data".to_owned(), format!("Self::{variant}")],
        ));
    }
    let empty = variants.is_empty();
    if open {
        variants.push(line(
            "/// An event that the schema does not know: its name and its data.",
        ));
        variants.push(line(format!("{UNRECOGNIZED}(rt::UnknownEvent),")));
        names_of.push(arm(format!("Self::{UNRECOGNIZED}(event)"), "&event.name"));
        decode.push(arm(
            "name",
            format!("rt::unknown_event(name, data, Self::{UNRECOGNIZED})"),
        ));
    } else {
        decode.push(arm("name", "Err(data.unknown_value(\"Event\", name))"));
    }
    let subject = if empty && !open {
        "match *self {"
    } else {
        "match self {"
    };
    let mut nodes = vec![
        line("/// Any event of the schema."),
        line("#[derive(Clone, Debug)]"),
    ];
    nodes.extend(open.then(|| line("#[non_exhaustive]")));
    nodes.push(block("pub enum Event {", variants));
    nodes.push(Node::Blank);
    nodes.push(block(
        "impl rt::EventSet for Event {",
        vec![
            super::layout::list(
                "fn decode_event(",
                ["name: &str", "data: &mut rt::Reader<'_>"].map(str::to_owned),
                ") -> Result<Self, rt::DecodeError> {",
                super::layout::Width::Line,
            ),
            Node::Block(String::new(), vec![block("match name {", decode)], "}"),
            Node::Blank,
            block("fn name(&self) -> &str {", vec![block(subject, names_of)]),
        ],
    ));
    nodes
}

/// Is anything in the schema an event?
pub(super) fn any(plan: &Plan<'_>) -> bool {
    plan.definitions()
        .any(|(_, definition)| matches!(definition.kind, Kind::Event(_)))
}
