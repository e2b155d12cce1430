//! Enums.

use super::docs::{self, Docs};
use super::layout::{Node, arm, block, line};
use super::names::{self, UNRECOGNIZED};
use super::types::Types;
use crate::schema::{Definition, DefinitionId, Enum};

/// An enum with its names. One that a server sends keeps a name that the schema does not know.
pub(super) fn emit(
    id: DefinitionId,
    definition: &Definition,
    kind: &Enum,
    types: &Types<'_, '_>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let plan = types.plan;
    let name = names::upper_camel(&definition.name);
    let open = plan.opens(id);
    let mut variants = Vec::new();
    let mut by_name = Vec::new();
    let mut by_variant = Vec::new();
    for value in plan.values(kind) {
        let (variant, wire) = (names::variant(&value.name), &value.name);
        variants.push(Node::Doc(docs.value(definition, value)));
        variants.extend(docs::deprecated(plan, definition, &value.features).map(Node::Line));
        variants.push(line(format!("{variant},")));
        by_name.push(arm(format!("{wire:?}"), format!("Self::{variant}")));
        by_variant.push(arm(format!("Self::{variant}"), format!("{wire:?}")));
    }
    let empty = by_variant.is_empty();
    if open {
        variants.push(line("/// A value that the schema does not know."));
        variants.push(line(format!("{UNRECOGNIZED}({}),", types.std("String"))));
        let unknown = format!("Self::{UNRECOGNIZED}(name.to_owned())");
        by_name.push(arm("name", unknown));
        by_variant.push(arm(format!("Self::{UNRECOGNIZED}(name)"), "name"));
    }
    let derives = if open { "" } else { "Copy, " };
    let mut nodes = vec![Node::Doc(docs.definition(definition))];
    nodes.push(line(format!(
        "#[derive(Clone, {derives}Debug, PartialEq, Hash)]"
    )));
    if open {
        nodes.push(line("#[non_exhaustive]"));
    }
    nodes.push(block(format!("pub enum {name} {{"), variants));
    nodes.push(Node::Blank);
    // Derived, it would have a method that rustc has to check.
    nodes.push(line(format!("impl {} for {name} {{}}", types.std("Eq"))));
    nodes.push(Node::Blank);
    let text = if open { "&str" } else { "&'static str" };
    let subject = if empty && !open { "*self" } else { "self" };
    nodes.push(block(
        format!("impl {name} {{"),
        vec![
            line("/// The name on the wire."),
            block(
                format!("pub fn as_str(&self) -> {text} {{"),
                vec![block(format!("match {subject} {{"), by_variant)],
            ),
        ],
    ));
    if plan.decodes(id) {
        nodes.push(Node::Blank);
        nodes.push(decode(&name, open, by_name, types));
    }
    if plan.encodes(id) {
        nodes.push(Node::Blank);
        nodes.push(block(
            format!("impl rt::Encode for {name} {{"),
            vec![
                line("#[inline]"),
                block(
                    "fn encode(&self, w: &mut rt::Writer) {",
                    vec![line("w.string(self.as_str());")],
                ),
            ],
        ));
    }
    nodes
}

fn decode(name: &str, open: bool, mut arms: Vec<Node>, types: &Types<'_, '_>) -> Node {
    let known = arms.len() - usize::from(open);
    let body = match (open, known == 0) {
        (true, true) => vec![line(format!(
            "Ok(Self::{UNRECOGNIZED}(r.string()?.into_owned()))"
        ))],
        (true, false) => vec![Node::Block(
            "Ok(match &*r.string()? {".to_owned(),
            arms,
            "})",
        )],
        (false, true) => vec![
            line("let name = r.string()?;"),
            line(format!("Err(r.unknown_value({name:?}, &name))")),
        ],
        (false, false) => {
            arms.push(arm(
                "name",
                format!("return Err(r.unknown_value({name:?}, name))"),
            ));
            let matched = Node::Block("Ok(match &*name {".to_owned(), arms, "})");
            vec![line("let name = r.string()?;"), matched]
        }
    };
    decode_impl(name, body, types)
}

/// `impl rt::Decode for NAME { fn decode … }`
pub(super) fn decode_impl(name: &str, body: Vec<Node>, types: &Types<'_, '_>) -> Node {
    let result = types.std("Result");
    block(
        format!("impl rt::Decode for {name} {{"),
        vec![block(
            format!("fn decode(r: &mut rt::Reader<'_>) -> {result}<Self, rt::DecodeError> {{"),
            body,
        )],
    )
}
