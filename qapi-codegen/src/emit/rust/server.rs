//! What a server is made of: a trait with a method a command, a table that leads from names to methods, and the struct
//! that puts both behind the runtime's own trait.

use super::commands::has_arguments;
use super::docs;
use super::layout::{Node, Width, block, function, line, list, nested};
use super::names;
use super::plan::Plan;
use super::types::Types;
use crate::schema::{Command, Definition, DefinitionId, Kind};

/// Commands that a server answers by itself: one is spoken before any other, one asks for the schema.
const OWN: [&str; 2] = ["qmp_capabilities", "query-qmp-schema"];

/// A command that is a method.
struct Method<'p> {
    id: DefinitionId,
    definition: &'p Definition,
    command: &'p Command,
    /// The method's name: unlike any other's, as the names of the commands' types are.
    name: String,
}

/// The commands that are methods, in the order of the schema.
fn methods<'p>(plan: &Plan<'p>) -> Vec<Method<'p>> {
    let commands = plan.definitions().filter_map(|(id, definition)| {
        let Kind::Command(command) = &definition.kind else {
            return None;
        };
        (!OWN.contains(&definition.name.as_str())).then(|| Method {
            id,
            definition,
            command,
            name: names::snake(&definition.name),
        })
    });
    commands.collect()
}

/// The trait, the table and the struct.
pub(super) fn emit(plan: &Plan<'_>) -> Vec<Node> {
    let methods = methods(plan);
    let types = Types::new(plan, &[]);
    let mut nodes = vec![
        line(
            "/// The commands of the schema, as a server does them: a method each, which has its arguments decoded and checked.",
        ),
        line("///"),
        line(
            "/// One that is not implemented is refused as a command that the server does not have.",
        ),
        block("pub trait Commands {", declarations(&methods, &types)),
        Node::Blank,
    ];
    nodes.extend(table(&methods, plan));
    nodes.push(Node::Blank);
    nodes.extend(service());
    nodes
}

fn declarations(methods: &[Method<'_>], types: &Types<'_, '_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    for method in methods {
        let (name, wire) = (&method.name, &method.definition.name);
        let item = names::upper_camel(wire);
        let returns = match method.command.returns {
            Some(ty) => types.within(method.id, ty),
            None => "()".to_owned(),
        };
        let mut parameters = vec!["&self".to_owned()];
        if has_arguments(method.command, types.plan) {
            parameters.push(format!("_arguments: commands::{item}"));
        }
        nodes.push(Node::Blank);
        let link = format!("[`{wire}`](commands::{item})");
        nodes.push(Node::Doc(
            match docs::summary(types.plan, method.definition) {
                Some(summary) => format!("{summary}\n\n{link}"),
                None => link,
            },
        ));
        nodes.extend(function(
            format!("fn {name}("),
            parameters,
            format!(") -> Result<{returns}, rt::Refusal> {{"),
            vec![not_found(wire)],
        ));
    }
    nodes
}

/// `Err(rt::Refusal::command_not_found("NAME"))`
fn not_found(wire: &str) -> Node {
    let refusal = list(
        "rt::Refusal::command_not_found(",
        [format!("{wire:?}")],
        ")",
        Width::Call,
    );
    nested("Err(", vec![refusal], ")", Width::Call)
}

/// The methods in the order of their names on the wire, in which they are looked up.
fn table(methods: &[Method<'_>], plan: &Plan<'_>) -> Vec<Node> {
    let mut sorted: Vec<&Method<'_>> = methods.iter().collect();
    sorted.sort_by(|a, b| a.definition.name.cmp(&b.definition.name));
    let entries = sorted.iter().map(|method| {
        let run = vec![
            arguments(method, plan),
            list("rt::answer(", [call(method, plan)], ")", Width::Line),
        ];
        let fields = vec![
            line(format!("name: {:?},", method.definition.name)),
            list("flags: &[", flags(method.command), "],", Width::Call),
            Node::Block("run: |machine, r| {".to_owned(), run, "},"),
        ];
        Node::Block("rt::Handler {".to_owned(), fields, "},")
    });
    let body = entries.collect();
    vec![
        line("/// The commands in the order of their names."),
        Node::Block(
            "const HANDLERS: &[rt::Handler<dyn Commands>] = &[".to_owned(),
            body,
            "];",
        ),
    ]
}

/// Reads the arguments, be it to see that there are none.
fn arguments(method: &Method<'_>, plan: &Plan<'_>) -> Node {
    let item = names::upper_camel(&method.definition.name);
    let pattern = match has_arguments(method.command, plan) {
        true => format!("arguments: commands::{item}"),
        false => format!("commands::{item}"),
    };
    line(format!("let {pattern} = rt::arguments(r)?;"))
}

fn call(method: &Method<'_>, plan: &Plan<'_>) -> String {
    let arguments = match has_arguments(method.command, plan) {
        true => "arguments",
        false => "",
    };
    format!("machine.{}({arguments})", method.name)
}

fn flags(command: &Command) -> Vec<String> {
    let flags = [
        (command.allow_oob, "AllowOob"),
        (command.allow_preconfig, "AllowPreconfig"),
        (!command.success_response, "NoSuccessResponse"),
    ];
    let given = flags.iter().filter(|(given, _)| *given);
    given.map(|(_, flag)| format!("rt::Flag::{flag}")).collect()
}

fn service() -> Vec<Node> {
    let introspection = block(
        "fn introspection(&self) -> &str {",
        vec![line("INTROSPECTION")],
    );
    let flags = block(
        "fn flags(&self, command: &str) -> Option<&'static [rt::Flag]> {",
        vec![line(
            "rt::Handler::find(HANDLERS, command).map(|handler| handler.flags)",
        )],
    );
    let execute = function(
        "fn execute(",
        ["&self", "command: &str", "arguments: &mut rt::Reader<'_>"].map(str::to_owned),
        ") -> Result<String, rt::Refusal> {",
        vec![line(
            "rt::Handler::execute(HANDLERS, command, &self.0, arguments)",
        )],
    );
    let mut body = vec![introspection, Node::Blank, flags, Node::Blank];
    body.extend(execute);
    vec![
        line("/// A machine that does the schema's commands, for a server of QMP to ask."),
        line("#[derive(Clone, Copy, Debug, Default)]"),
        line("pub struct Service<M>(pub M);"),
        Node::Blank,
        block(
            "impl<M: Commands + 'static> rt::Service for Service<M> {",
            body,
        ),
    ]
}

/// `impl rt::Report for NAME`: an event that a server reports.
pub(super) fn report_impl(name: &str, wire: &str) -> Node {
    block(
        format!("impl rt::Report for {name} {{"),
        vec![block(
            "fn name(&self) -> &'static str {",
            vec![line(format!("{wire:?}"))],
        )],
    )
}
