//! Enums.

use super::docs::{self, Docs};
use super::layout::{Node, arm, block, line};
use super::names::{self, IMPOSSIBLE, UNRECOGNIZED};
use super::objects::decode_impl;
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
    let known = plan
        .values(kind)
        .map(|value| names::variant(&value.name))
        .next();
    let blank = match known {
        _ if open => format!("{UNRECOGNIZED}({}::new())", types.std("String")),
        Some(variant) => variant,
        None => format!("{IMPOSSIBLE}(rt::Decode::blank())"),
    };
    if open {
        variants.push(line("/// A value that the schema does not know."));
        variants.push(line(format!("{UNRECOGNIZED}({}),", types.std("String"))));
        let unknown = format!("Self::{UNRECOGNIZED}(rt::owned(name))");
        by_name.push(arm("name", unknown));
        by_variant.push(arm(format!("Self::{UNRECOGNIZED}(name)"), "name"));
    }
    if by_variant.is_empty() {
        variants.extend(nothing());
        by_variant.push(arm(format!("Self::{IMPOSSIBLE}(_)"), "\"\""));
    }
    let mut nodes = vec![Node::Doc(docs.definition(definition))];
    nodes.push(line(match open {
        true => "#[derive(Clone)]",
        false => "#[derive(Clone, Copy, PartialEq, Hash)]",
    }));
    if open {
        nodes.push(line("#[non_exhaustive]"));
    }
    nodes.push(block(format!("pub enum {name} {{"), variants));
    nodes.push(Node::Blank);
    let text = if open { "&str" } else { "&'static str" };
    nodes.push(block(
        format!("impl {name} {{"),
        vec![
            line("/// The name on the wire."),
            block(
                format!("pub fn as_str(&self) -> {text} {{"),
                vec![block("match self {", by_variant)],
            ),
        ],
    ));
    nodes.extend(by_name_alone(&name, open, types));
    if plan.decodes(id) {
        nodes.push(Node::Blank);
        nodes.push(decode(&name, &blank, open, by_name, types));
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

/// What an enum has by its name: it shows itself by it, and if it keeps names that the schema does not know, values are the same
/// that have the same name. Derived, all these go through the variants one by one, which is most of what rustc had to do
/// for an enum.
fn by_name_alone(name: &str, open: bool, types: &Types<'_, '_>) -> Vec<Node> {
    let implement = |of: &str, head: &str, body: &str| {
        let method = vec![line("#[inline]"), block(head, vec![line(body)])];
        [
            Node::Blank,
            block(format!("impl {of} for {name} {{"), method),
        ]
    };
    let mut nodes = Vec::new();
    nodes.extend(implement(
        "std::fmt::Debug",
        "fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {",
        "std::fmt::Debug::fmt(self.as_str(), f)",
    ));
    if open {
        nodes.extend(implement(
            types.std("PartialEq"),
            "fn eq(&self, other: &Self) -> bool {",
            "self.as_str() == other.as_str()",
        ));
        nodes.extend(implement(
            "std::hash::Hash",
            "fn hash<H: std::hash::Hasher>(&self, state: &mut H) {",
            "std::hash::Hash::hash(self.as_str(), state);",
        ));
    }
    // Derived, it would have a method that rustc has to check.
    let eq = format!("impl {} for {name} {{}}", types.std("Eq"));
    nodes.extend([Node::Blank, line(eq)]);
    nodes
}

/// The variant of an enum that has no other: what is decoded has to be read into something, and what follows from a value that
/// cannot be is code that rustc warns of.
pub(super) fn nothing() -> [Node; 2] {
    [
        line("/// There is no value, and none can be made."),
        line(format!("{IMPOSSIBLE}(rt::Impossible),")),
    ]
}

fn decode(name: &str, blank: &str, open: bool, mut arms: Vec<Node>, types: &Types<'_, '_>) -> Node {
    let known = arms.len() > usize::from(open);
    let done = line("Ok(())");
    let body = match (open, known) {
        (true, false) => {
            let value = format!("*self = Self::{UNRECOGNIZED}(rt::owned(r.name()?));");
            vec![line(value), done]
        }
        (true, true) => {
            let head = "*self = match r.name()? {".to_owned();
            vec![Node::Block(head, arms, "};"), done]
        }
        (false, false) => vec![
            line("let name = r.string()?;"),
            line(format!("Err(r.unknown_value({name:?}, &name))")),
        ],
        (false, true) => {
            let unknown = format!("return Err(r.unknown_value({name:?}, name))");
            arms.push(arm("name", unknown));
            let matched = Node::Block("*self = match &*name {".to_owned(), arms, "};");
            vec![line("let name = r.string()?;"), matched, done]
        }
    };
    let blank = line(format!("Self::{blank}"));
    decode_impl(name, blank, body, types)
}
