//! The declarations of a definition's Rust items alone: what the reference shows beside the wire form.

use super::Settings;
use super::layout::{Node, block, line, print};
use super::members::{self, Field};
use super::names::{self, OTHERS, UNRECOGNIZED};
use super::plan::Plan;
use super::types::Types;
use crate::schema::{Definition, DefinitionId, Kind, Schema, Selection, Union};

/// Declares items without documentation, attributes and implementations.
pub(crate) struct Outlines<'a> {
    plan: Plan<'a>,
}

impl<'a> Outlines<'a> {
    /// For the bindings of what is selected.
    pub(crate) fn new(
        schema: &'a Schema,
        selection: &'a Selection,
        settings: &'a Settings,
    ) -> Self {
        Outlines {
            plan: Plan::new(schema, selection, settings),
        }
    }

    /// The items that a command, event or type becomes.
    pub(crate) fn of(&self, id: DefinitionId) -> String {
        let types = Types::new(&self.plan, &[]);
        let definition = self.plan.schema.definition(id);
        let name = names::upper_camel(&definition.name);
        let nodes = match &definition.kind {
            Kind::Builtin(_) | Kind::Array(_) => Vec::new(),
            Kind::Enum(kind) => {
                let values = self.plan.values(kind);
                let variants = values.map(|value| format!("{},", names::variant(&value.name)));
                let open = self.plan.opens(id);
                let open = open.then(|| format!("{UNRECOGNIZED}(String),"));
                vec![declared("enum", &name, variants.chain(open))]
            }
            Kind::Alternate(_) => {
                let variants = self.plan.branches(definition).map(|branch| {
                    let ty = types.within(id, branch.ty);
                    format!("{}({ty}),", names::upper_camel(&branch.name))
                });
                vec![declared("enum", &name, variants)]
            }
            Kind::Object(object) => match &object.union {
                Some(union) => self.union(id, definition, union, &types),
                None => {
                    let decodes = self.plan.decodes(id);
                    let fields = members::fields(&types, id, definition, decodes);
                    vec![declared("struct", &name, field_lines(&fields, &types))]
                }
            },
            Kind::Command(command) => {
                let mut nodes = self.message(definition, command.arguments, false, &types);
                if let (false, Some(Node::Block(_, fields, _))) =
                    (command.generated, nodes.first_mut())
                {
                    fields.push(line(format!("pub {OTHERS}: rt::AnyMembers,")));
                }
                let returns = command.returns.map(|ty| types.within(id, ty));
                let returns = returns.unwrap_or_else(|| "()".to_owned());
                nodes.push(Node::Blank);
                nodes.push(block(
                    format!("impl rt::Command for {name} {{"),
                    vec![line(format!("type Return = {returns};"))],
                ));
                nodes
            }
            Kind::Event(event) => self.message(definition, event.data, true, &types),
        };
        print(&nodes)
    }

    /// A struct of members that are given in place, a wrapper of a named type, or a unit.
    fn message(
        &self,
        definition: &'a Definition,
        data: Option<DefinitionId>,
        decodes: bool,
        types: &Types<'_, 'a>,
    ) -> Vec<Node> {
        let name = names::upper_camel(&definition.name);
        let Some(ty) = data else {
            return vec![line(format!("pub struct {name};"))];
        };
        if !self.plan.is_implicit(ty) {
            return vec![line(format!("pub struct {name}(pub {});", types.of(ty)))];
        }
        let fields = members::fields(types, ty, definition, decodes);
        vec![declared("struct", &name, field_lines(&fields, types))]
    }

    fn union(
        &self,
        id: DefinitionId,
        definition: &'a Definition,
        union: &Union,
        types: &Types<'_, 'a>,
    ) -> Vec<Node> {
        let name = names::upper_camel(&definition.name);
        let branches = self.plan.branch_types[&id].as_str();
        let fields = members::fields(types, id, definition, self.plan.decodes(id));
        let mut lines = field_lines(&fields, types);
        let tag = names::snake(&union.discriminator);
        lines.push(format!("pub {tag}: {},", types.named(branches)));
        let variants = self.plan.branches(definition).map(|branch| {
            let variant = names::variant(&branch.name);
            match self.plan.is_nothing(branch.ty) {
                true => format!("{variant},"),
                false => format!("{variant}({}),", types.within(id, branch.ty)),
            }
        });
        let open = self.plan.opens(id);
        let open = open.then(|| format!("{UNRECOGNIZED}(rt::UnknownBranch),"));
        let variants = variants.chain(open);
        vec![
            declared("struct", &name, lines),
            Node::Blank,
            declared("enum", branches, variants),
        ]
    }
}

fn declared(word: &str, name: &str, lines: impl IntoIterator<Item = String>) -> Node {
    let lines = lines.into_iter().map(line).collect();
    block(format!("pub {word} {name} {{"), lines)
}

fn field_lines(fields: &[Field<'_>], types: &Types<'_, '_>) -> Vec<String> {
    let lines = fields.iter().map(|field| {
        let mut ty = types.within(field.of, field.member.ty);
        if field.optional {
            ty = types.option(&ty);
        }
        format!("pub {}: {ty},", field.name)
    });
    lines.collect()
}
