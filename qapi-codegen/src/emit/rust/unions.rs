//! Unions: a struct of the base's members, with the discriminator as an enum that holds the branches' data.

use super::clone;
use super::debug;
use super::docs::Docs;
use super::enums::nothing;
use super::layout::{Node, Width, arm, arm_call, block, function, line, nested};
use super::members::{self, Extra, Field};
use super::names::{self, IMPOSSIBLE, UNRECOGNIZED};
use super::objects::{construct, decode_as_branch, decode_impl, derived, encode};
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
        branches: plan.branches(definition).collect(),
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
        if self.has_nothing() {
            variants.extend(nothing());
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

    /// Is there no branch?
    fn has_nothing(&self) -> bool {
        self.branches.is_empty() && !self.open
    }

    /// `name`
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
        if self.has_nothing() {
            arms.push(arm(format!("Self::{IMPOSSIBLE}(_)"), "\"\""));
        }
        let text = if self.open { "&str" } else { "&'static str" };
        let body = vec![
            line("/// The name of the branch on the wire."),
            block(
                format!("pub fn name(&self) -> {text} {{"),
                vec![block("match self {", arms)],
            ),
        ];
        block(format!("impl {} {{", self.branch_type), body)
    }

    /// Decodes the branch that the discriminator names.
    fn decode_branch(&self) -> Node {
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
        let blank = vec![line(format!("Self::{}", self.blank_branch()))];
        let (base, fill) = match self.has_nothing() {
            true => ("_", vec![line(unknown)]),
            false => {
                arms.push(arm("name", unknown));
                let matched = Node::Block("*self = match name {".to_owned(), arms, "}?;");
                ("base", vec![matched, line("Ok(())")])
            }
        };
        let parameters = [
            "&mut self",
            "name: &str",
            "r: &mut rt::Reader<'_>",
            &format!("{base}: &mut dyn rt::Members"),
        ];
        let tail = format!(") -> {}<(), rt::DecodeError> {{", self.types.std("Result"));
        let mut methods = vec![block("fn blank() -> Self {", blank), Node::Blank];
        methods.extend(function(
            "fn fill_branch(",
            parameters.map(str::to_owned),
            tail,
            fill,
        ));
        block(
            format!("impl rt::DecodeBranch for {} {{", self.branch_type),
            methods,
        )
    }

    fn decode(&self) -> Vec<Node> {
        let as_branch = self.types.plan.decodes_as_branch(self.id);
        let discriminator = &self.union.discriminator;
        let slots = members::slot_list(&self.fields, Some(discriminator), self.types);
        let method = match self.late {
            true => "late_discriminator",
            false => "discriminator",
        };
        let ahead = line(format!("let tag = r.{method}({discriminator:?})?;"));
        let branch = line(format!("&mut self.{}", self.tag));
        let mut items = vec![line("&tag"), members::places(slots), branch];
        let head = match as_branch {
            true => "r.union_members(",
            false => "r.union(",
        };
        items.extend(as_branch.then(|| line("outer")));
        let fill = vec![ahead, nested(head, items, ")", Width::Call)];
        let mut blank = members::blank(&self.fields, self.types);
        blank.push(line(format!("{}: rt::DecodeBranch::blank()", self.tag)));
        let blank = construct(blank);
        let mut nodes = match as_branch {
            true => decode_as_branch(&self.name, blank, fill, self.types),
            false => vec![decode_impl(&self.name, blank, fill, self.types)],
        };
        nodes.extend([Node::Blank, self.decode_branch()]);
        nodes
    }

    /// The branch that another is read into.
    fn blank_branch(&self) -> String {
        if self.open {
            return format!("{UNRECOGNIZED}(rt::UnknownBranch::default())");
        }
        match self.branches.get(self.types.plan.first_branch(self.id)) {
            None => format!("{IMPOSSIBLE}(rt::Decode::blank())"),
            Some(branch) if self.types.plan.is_nothing(branch.ty) => names::variant(&branch.name),
            Some(branch) => format!("{}(rt::Decode::blank())", names::variant(&branch.name)),
        }
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
