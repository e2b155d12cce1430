//! Unions: a struct of the base's members, with the discriminator as an enum that holds the branches' data.

use super::clone;
use super::debug;
use super::docs::Docs;
use super::enums::decode_impl;
use super::layout::{Node, arm, arm_call, block, function, let_slots, line};
use super::members::{self, Extra, Field};
use super::names::{self, UNRECOGNIZED};
use super::objects::{construct, decode_members_impl, derived, encode};
use super::types::Types;
use crate::schema::{Branch, Definition, DefinitionId, Union};

/// What the parts of a union's code share.
struct Parts<'a, 'b, 'p> {
    id: DefinitionId,
    name: String,
    /// The enum of branches.
    branch_type: String,
    union: &'a Union,
    branches: Vec<&'a Branch>,
    fields: Vec<Field<'p>>,
    /// The field of the discriminator.
    tag: String,
    open: bool,
    /// May the discriminator be missing in what is decoded?
    late: bool,
    types: &'a Types<'b, 'p>,
}

pub(super) fn emit<'p>(
    id: DefinitionId,
    definition: &'p Definition,
    union: &Union,
    types: &Types<'_, 'p>,
    docs: &Docs<'_, '_>,
) -> Vec<Node> {
    let plan = types.plan;
    let parts = Parts {
        id,
        name: names::upper_camel(&definition.name),
        branch_type: plan.branch_types[&id].clone(),
        union,
        branches: plan.branches(&union.branches).collect(),
        fields: members::fields(types, id, definition, plan.decodes(id)),
        tag: names::snake(&union.discriminator),
        open: plan.opens(id),
        late: plan.opens(id) && plan.has_late_discriminator(id, union),
        types,
    };
    let mut nodes = parts.declare(definition, docs);
    nodes.push(Node::Blank);
    nodes.extend(parts.declare_branches(definition, docs));
    if plan.encodes(id) {
        nodes.push(Node::Blank);
        let tag = Extra {
            name: parts.tag.clone(),
            ty: parts.branch_path(),
            initial: None,
            method: Vec::new(),
        };
        nodes.push(members::constructors(
            &parts.name,
            &parts.fields,
            &[tag],
            types,
        ));
    }
    nodes.push(Node::Blank);
    nodes.push(parts.branch_methods());
    if plan.decodes(id) {
        nodes.push(Node::Blank);
        nodes.extend(parts.decode());
    }
    if plan.encodes(id) {
        nodes.push(Node::Blank);
        nodes.extend(parts.encode());
    }
    let tag = [parts.tag.as_str()];
    nodes.extend(clone::implement(&parts.name, &parts.fields, &tag, types));
    nodes
}

impl Parts<'_, '_, '_> {
    fn branch_path(&self) -> String {
        self.types.named(&self.branch_type)
    }

    fn declare(&self, definition: &Definition, docs: &Docs<'_, '_>) -> Vec<Node> {
        let mut fields = members::declare(&self.fields, self.types, docs);
        let described = self.types.plan.schema.all_members(self.id).into_iter();
        let discriminator = described.filter(|(_, member)| member.name == self.union.discriminator);
        for (owner, member) in discriminator {
            let implicit = owner.name.starts_with("q_obj_");
            fields.push(Node::Doc(
                docs.member(if implicit { definition } else { owner }, member),
            ));
        }
        fields.push(line(format!("pub {}: {},", self.tag, self.branch_path())));
        let cloned = clone::is_derived(&self.fields, self.types);
        let mut nodes = vec![Node::Doc(docs.definition(definition))];
        nodes.extend(derived(cloned, self.types.plan.encodes(self.id), false));
        nodes.push(block(format!("pub struct {} {{", self.name), fields));
        nodes
    }

    fn declare_branches(&self, definition: &Definition, docs: &Docs<'_, '_>) -> Vec<Node> {
        let tag_type = self
            .types
            .plan
            .schema
            .definition(self.union.discriminator_type);
        let mut variants = Vec::new();
        for branch in &self.branches {
            let variant = names::variant(&branch.name);
            variants.push(Node::Doc(docs.branch(tag_type, branch)));
            variants.push(line(match self.types.plan.is_nothing(branch.ty) {
                true => format!("{variant},"),
                false => format!("{variant}({}),", self.types.within(self.id, branch.ty)),
            }));
        }
        if self.open {
            variants.push(line("/// A branch that the schema does not know."));
            variants.push(line(format!("{UNRECOGNIZED}(rt::UnknownBranch),")));
        }
        let mut nodes = vec![line(format!(
            "/// The branches of `{}`, chosen by `{}`.",
            definition.name, self.union.discriminator
        ))];
        nodes.extend(derived(true, self.types.plan.encodes(self.id), false));
        nodes.extend(self.open.then(|| line("#[non_exhaustive]")));
        nodes.push(block(format!("pub enum {} {{", self.branch_type), variants));
        nodes
    }

    /// `name`, and what reads the branch that the discriminator names.
    fn branch_methods(&self) -> Node {
        let mut arms = Vec::new();
        for branch in &self.branches {
            let (variant, wire) = (names::variant(&branch.name), &branch.name);
            let data = if self.types.plan.is_nothing(branch.ty) {
                ""
            } else {
                "(_)"
            };
            arms.push(arm(format!("Self::{variant}{data}"), format!("{wire:?}")));
        }
        if self.open {
            arms.push(arm(format!("Self::{UNRECOGNIZED}(branch)"), "&branch.name"));
        }
        let text = if self.open { "&str" } else { "&'static str" };
        let mut body = vec![
            line("/// The name of the branch on the wire."),
            block(
                format!("pub fn name(&self) -> {text} {{"),
                vec![block("match self {", arms)],
            ),
        ];
        if self.types.plan.decodes(self.id) {
            body.push(Node::Blank);
            body.extend(self.decode_branch());
        }
        block(format!("impl {} {{", self.branch_type), body)
    }

    fn decode_branch(&self) -> Vec<Node> {
        let strict = self.types.plan.settings.is_strict();
        let mut arms = Vec::new();
        for branch in &self.branches {
            let (variant, wire) = (names::variant(&branch.name), &branch.name);
            let reader = match (self.types.plan.is_nothing(branch.ty), strict) {
                (false, _) => "branch",
                (true, false) => "bare_branch",
                (true, true) => "exact_bare_branch",
            };
            let items = [
                "r".to_owned(),
                "base".to_owned(),
                format!("Self::{variant}"),
            ];
            arms.push(arm_call(
                format!("{wire:?}"),
                format!("rt::{reader}"),
                items,
            ));
        }
        let unknown = match self.open {
            true => format!("rt::unknown_branch(name, r, base, Self::{UNRECOGNIZED})"),
            false => format!("Err(r.unknown_value({:?}, name))", self.name),
        };
        arms.push(arm("name", unknown));
        let parameters = [
            "name: &str",
            "r: &mut rt::Reader<'_>",
            "base: &mut dyn rt::Members",
        ];
        let tail = format!(
            ") -> {}<Self, rt::DecodeError> {{",
            self.types.std("Result")
        );
        function(
            "fn decode(",
            parameters.map(str::to_owned),
            tail,
            vec![block("match name {", arms)],
        )
    }

    fn decode(&self) -> Vec<Node> {
        let as_branch = self.types.plan.decodes_as_branch(self.id);
        let strict = self.types.plan.settings.is_strict();
        let discriminator = &self.union.discriminator;
        let slots = members::slot_list(&self.fields, Some(discriminator), strict);
        let mut body = members::slots(&self.fields, self.types);
        let method = if self.late {
            "late_discriminator"
        } else {
            "discriminator"
        };
        body.push(line(format!("let tag = r.{method}({discriminator:?})?;")));
        if as_branch {
            body.push(let_slots("base: &mut rt::Slots<'_>", slots));
            body.push(line("let mut base = rt::Chain::new(base, outer);"));
        } else {
            body.push(let_slots("mut base: &mut rt::Slots<'_>", slots));
        }
        let call = format!("{}::decode(&tag, r, &mut base)?", self.branch_path());
        body.push(Node::Let(self.tag.clone(), call));
        let mut fields = members::filled(&self.fields);
        fields.push(line(&self.tag));
        body.push(construct("Self", fields));
        if !as_branch {
            return vec![decode_impl(&self.name, body, self.types)];
        }
        let whole = decode_impl(&self.name, vec![line("r.object_of()")], self.types);
        vec![
            whole,
            Node::Blank,
            decode_members_impl(&self.name, body, self.types),
        ]
    }

    fn encode(&self) -> Vec<Node> {
        let mut body = members::write(&self.fields);
        let tag = match self.late {
            true => format!("&rt::LateTag(self.{}.name())", self.tag),
            false => format!("self.{}.name()", self.tag),
        };
        body.push(members::write_one(&self.union.discriminator, tag));
        body.push(line(format!("w.members_of(&self.{});", self.tag)));
        let mut nodes = vec![encode(&self.name, body)];
        nodes.extend(debug::of_type(&self.name));
        nodes.extend([Node::Blank, self.encode_branch()]);
        nodes.extend(debug::implement(&self.branch_type, "self.name()"));
        nodes
    }

    fn encode_branch(&self) -> Node {
        let mut arms = Vec::new();
        for branch in &self.branches {
            let variant = names::variant(&branch.name);
            arms.push(match self.types.plan.is_nothing(branch.ty) {
                true => line(format!("Self::{variant} => {{}}")),
                false => arm(format!("Self::{variant}(branch)"), "w.members_of(branch)"),
            });
        }
        if self.open {
            arms.push(arm(
                format!("Self::{UNRECOGNIZED}(branch)"),
                "w.members_of(branch)",
            ));
        }
        if self
            .branches
            .iter()
            .all(|branch| self.types.plan.is_nothing(branch.ty))
            && !self.open
        {
            return encode(&self.branch_type, vec![]);
        }
        encode(&self.branch_type, vec![block("match self {", arms)])
    }
}
