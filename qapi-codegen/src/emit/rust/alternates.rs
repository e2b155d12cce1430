//! Alternates: enums whose branch is told by the JSON kind.

use super::debug;
use super::docs::Docs;
use super::enums::nothing;
use super::layout::{Node, arm, arm_call, block, line};
use super::names::{self, IMPOSSIBLE};
use super::objects::{decode_impl, derived, encode_impl};
use super::types::Types;
use crate::schema::{Branch, Builtin, Definition, DefinitionId, Kind};

pub(super) fn emit(
    id: DefinitionId,
    definition: &Definition,
    types: &Types<'_, '_>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let plan = types.plan;
    let name = names::upper_camel(&definition.name);
    let branches: Vec<&Branch> = plan.branches(definition).collect();
    let mut variants = Vec::new();
    for branch in &branches {
        variants.push(Node::Doc(docs.branch(definition, branch)));
        let ty = types.within(id, branch.ty);
        variants.push(line(format!("{}({ty}),", names::upper_camel(&branch.name))));
    }
    let is_nothing = branches.is_empty();
    if is_nothing {
        variants.extend(nothing());
    }
    let mut nodes = vec![Node::Doc(docs.definition(definition))];
    nodes.extend(derived(true, plan.encodes(id), false));
    nodes.push(block(format!("pub enum {name} {{"), variants));
    if plan.encodes(id) {
        for branch in &branches {
            nodes.push(Node::Blank);
            nodes.extend(conversions(id, &name, branch, types));
        }
    }
    if plan.decodes(id) {
        nodes.push(Node::Blank);
        nodes.push(decode(id, &name, &branches, types));
    }
    if plan.encodes(id) {
        nodes.push(Node::Blank);
        nodes.push(encode_impl(
            &name,
            vec![block("match self {", encode_arms(&branches, is_nothing))],
        ));
        nodes.extend(debug::of_type(&name));
    }
    nodes
}

fn encode_arms(branches: &[&Branch], is_nothing: bool) -> Vec<Node> {
    let variants = branches
        .iter()
        .map(|branch| names::upper_camel(&branch.name));
    let nothing = is_nothing.then(|| IMPOSSIBLE.to_owned());
    let arms = variants.chain(nothing).map(|variant| {
        arm(
            format!("Self::{variant}(value)"),
            "rt::Encode::encode(value, w)",
        )
    });
    arms.collect()
}

/// What a branch holds becomes the alternate. Two branches never have one type: their JSON kinds differ.
fn conversions(id: DefinitionId, name: &str, branch: &Branch, types: &Types<'_, '_>) -> Vec<Node> {
    let variant = names::upper_camel(&branch.name);
    let (ty, boxed) = (types.of(branch.ty), types.plan.is_boxed(id, branch.ty));
    let value = if boxed { "value.into()" } else { "value" };
    let mut nodes = vec![types.from(&ty, name, &format!("Self::{variant}({value})"))];
    if matches!(
        types.plan.schema.definition(branch.ty).kind,
        Kind::Builtin(Builtin::Str)
    ) {
        nodes.push(Node::Blank);
        let owned = format!("Self::{variant}(value.to_owned())");
        nodes.push(types.from("&str", name, &owned));
    }
    nodes
}

fn decode(id: DefinitionId, name: &str, branches: &[&Branch], types: &Types<'_, '_>) -> Node {
    let mut arms = Vec::new();
    let mut expected: Vec<&str> = Vec::new();
    for branch in branches {
        let variant = names::upper_camel(&branch.name);
        let (kind, words) = json_kind(&types.plan.schema.definition(branch.ty).kind);
        expected.push(words);
        arms.push(arm_call(
            format!("rt::Kind::{kind}"),
            "rt::alternative",
            ["r".to_owned(), format!("Self::{variant}")],
        ));
    }
    let first = branches.get(types.plan.first_branch(id));
    let first = first.map_or(IMPOSSIBLE.to_owned(), |branch| {
        names::upper_camel(&branch.name)
    });
    let blank = line(format!("Self::{first}(rt::Decode::blank())"));
    let fill = match branches.is_empty() {
        true => vec![line("Err(r.unexpected(\"nothing\"))")],
        false => {
            let expected = expected.join(" or ");
            arms.push(line(format!("_ => Err(r.unexpected({expected:?})),")));
            let matched = Node::Block("*self = match r.kind()? {".to_owned(), arms, "}?;");
            vec![matched, line("Ok(())")]
        }
    };
    decode_impl(name, blank, fill, types)
}

/// The JSON kind of values of a type, which the checker has proven to be fixed, and a word for it.
fn json_kind(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Builtin(Builtin::Null) => ("Null", "null"),
        Kind::Builtin(Builtin::Bool) => ("Bool", "a boolean"),
        Kind::Builtin(Builtin::Str) | Kind::Enum(_) => ("String", "a string"),
        Kind::Builtin(_) => ("Number", "a number"),
        Kind::Array(_) => ("Array", "an array"),
        _ => ("Object", "an object"),
    }
}
