//! The files of the bindings: a module for every file of the schema, and the root that gathers them.

use super::docs::Docs;
#[cfg(feature = "json")]
use super::introspection;
use super::layout::{Node, block, line, print};
use super::plan::Plan;
use super::types::Types;
use super::{
    Bindings, Layout, alternates, commands, enums, events, names, objects, server, unions,
};
use crate::emit::{GENERATED, OutputFile, side_by_side};
use crate::markup;
use crate::schema::{Definition, DefinitionId, Entry, Kind, ModuleId};

/// The kinds of modules within a module, in the order of their standing.
const KINDS: [&str; 3] = ["commands", "events", "types"];

/// What generated code may do that rustc and clippy would remark upon, and why; `#!` is `#` before a module.
const ALLOWED: [&str; 18] = [
    "// A schema decides on names, sizes and numbers of members, what it deprecates still has to be",
    "// decoded, and a program uses a part of it only.",
    "#![allow(",
    "    dead_code,",
    "    deprecated,",
    "    unreachable_pub,",
    "    unused_imports,",
    "    clippy::disallowed_names,",
    "    clippy::enum_variant_names,",
    "    clippy::large_enum_variant,",
    "    clippy::module_inception,",
    "    clippy::pedantic,",
    "    clippy::self_named_constructors,",
    "    clippy::should_implement_trait,",
    "    clippy::too_many_arguments,",
    "    clippy::type_complexity,",
    "    clippy::wrong_self_convention",
    ")]",
];

/// A module of the schema as Rust.
struct Subject {
    name: String,
    /// What it tells of itself, as Markdown.
    introduction: String,
    body: Vec<Node>,
    /// Which of the three kinds it has.
    kinds: Vec<&'static str>,
}

/// Makes all files.
pub(super) fn bindings(plan: &Plan<'_>, layout: Layout) -> Bindings {
    let modules = plan.schema.modules().map(|(id, _)| id).collect();
    let subjects = side_by_side(modules, |id| subject(plan, id));
    let mut subjects: Vec<Subject> = subjects.into_iter().flatten().collect();
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    let count = |wanted: &str| {
        plan.definitions()
            .filter(|(_, one)| kind(one) == wanted)
            .count()
    };
    let mut bindings = Bindings {
        files: Vec::new(),
        commands: count("commands"),
        events: count("events"),
        types: count("types"),
    };
    let gathered = gathered(&subjects);
    let mut root = Vec::new();
    match layout {
        Layout::Files => {
            let modules = subjects.iter().map(|one| format!("mod {};", one.name));
            root.extend(modules.map(line));
            bindings.files = side_by_side(subjects, file);
        }
        Layout::Single => {
            for subject in subjects {
                root.push(Node::Blank);
                root.push(Node::Doc(subject.introduction));
                root.push(block(format!("mod {} {{", subject.name), subject.body));
            }
        }
    }
    root.extend(gathered);
    if has_event(plan) || plan.settings.server {
        root.extend([
            Node::Blank,
            line(format!("use {} as rt;", plan.settings.runtime)),
        ]);
    }
    if has_event(plan) {
        root.push(Node::Blank);
        root.extend(events::all(plan));
    }
    if plan.settings.server {
        root.push(Node::Blank);
        root.extend(server::emit(plan));
    }
    #[cfg(feature = "json")]
    root.extend(introspection::constant(plan));
    bindings.files.insert(0, root_file(plan, root, layout));
    bindings
}

/// Is there an enum of all events, to decode them?
fn has_event(plan: &Plan<'_>) -> bool {
    plan.settings.for_clients() && events::any(plan)
}

/// The root: a module's file by itself; or, for a file to be included, which cannot have attributes of its
/// own, a module and its names.
fn root_file(plan: &Plan<'_>, root: Vec<Node>, layout: Layout) -> OutputFile {
    let mut nodes = vec![line(format!("// {GENERATED}")), Node::Blank];
    let path = match layout {
        Layout::Files => {
            nodes.extend([
                line("//! Bindings generated from a QAPI schema."),
                Node::Blank,
            ]);
            nodes.extend(ALLOWED.map(line));
            nodes.push(Node::Blank);
            nodes.extend(root);
            "mod.rs"
        }
        Layout::Single => {
            let (reason, attribute) = ALLOWED.split_at(2);
            nodes.extend(reason.iter().copied().map(line));
            nodes.extend(attribute.iter().map(|text| line(text.replace("#!", "#"))));
            nodes.push(block("mod bindings {", root));
            nodes.push(Node::Blank);
            let mut names: Vec<&str> = Vec::new();
            names.extend(plan.settings.server.then_some("Commands"));
            names.extend(has_event(plan).then_some("Event"));
            #[cfg(feature = "json")]
            names.extend(introspection::name(plan));
            names.extend(plan.settings.server.then_some("Service"));
            let has = |wanted: &str| plan.definitions().any(|(_, one)| kind(one) == wanted);
            names.extend(KINDS.into_iter().filter(|wanted| has(wanted)));
            if !names.is_empty() {
                nodes.push(line("#[allow(unreachable_pub, unused_imports)]"));
            }
            nodes.extend(match names.as_slice() {
                [] => None,
                [name] => Some(line(format!("pub use bindings::{name};"))),
                names => Some(line(format!("pub use bindings::{{{}}};", names.join(", ")))),
            });
            "bindings.rs"
        }
    };
    OutputFile {
        path: path.to_owned(),
        text: print(&nodes),
    }
}

fn file(subject: Subject) -> OutputFile {
    let mut nodes = vec![line(format!("// {GENERATED}")), Node::Blank];
    nodes.extend(subject.introduction.lines().map(|text| {
        let space = if text.is_empty() { "" } else { " " };
        line(format!("//!{space}{text}"))
    }));
    nodes.push(Node::Blank);
    nodes.extend(subject.body);
    OutputFile {
        path: format!("{}.rs", subject.name),
        text: print(&nodes),
    }
}

/// `pub mod commands { pub use super::block::commands::*; … }`, and so for events and types.
fn gathered(subjects: &[Subject]) -> Vec<Node> {
    let titles = [
        "The commands.",
        "The events.",
        "The types that commands and events reach.",
    ];
    let mut nodes = Vec::new();
    for (kind, title) in KINDS.into_iter().zip(titles) {
        let with = subjects
            .iter()
            .filter(|subject| subject.kinds.contains(&kind));
        let uses: Vec<Node> = with
            .map(|subject| line(format!("pub use super::{}::{kind}::*;", subject.name)))
            .collect();
        if !uses.is_empty() {
            nodes.push(Node::Blank);
            nodes.push(line(format!("/// {title}")));
            nodes.push(block(format!("pub mod {kind} {{"), uses));
        }
    }
    nodes
}

fn subject(plan: &Plan<'_>, id: ModuleId) -> Option<Subject> {
    let mut subject = Subject {
        name: plan.modules[&id].clone(),
        introduction: String::new(),
        body: vec![],
        kinds: vec![],
    };
    for kind in KINDS {
        let definitions: Vec<(DefinitionId, &Definition)> = entries(plan, id, kind);
        if definitions.is_empty() {
            continue;
        }
        subject.kinds.push(kind);
        subject.body.push(Node::Blank);
        subject.body.push(module(plan, id, kind, &definitions));
    }
    if subject.kinds.is_empty() {
        return None;
    }
    subject.introduction = introduction(plan, id);
    Some(subject)
}

fn entries<'p>(
    plan: &Plan<'p>,
    module: ModuleId,
    wanted: &str,
) -> Vec<(DefinitionId, &'p Definition)> {
    let entries = plan
        .schema
        .module(module)
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Definition(id) => Some((*id, plan.schema.definition(*id))),
            Entry::Include(_) => None,
        });
    entries
        .filter(|(id, definition)| plan.emits(*id) && kind(definition) == wanted)
        .collect()
}

fn kind(definition: &Definition) -> &'static str {
    match definition.kind {
        Kind::Command(_) => "commands",
        Kind::Event(_) => "events",
        _ => "types",
    }
}

fn module(
    plan: &Plan<'_>,
    id: ModuleId,
    kind: &'static str,
    definitions: &[(DefinitionId, &Definition)],
) -> Node {
    let own: Vec<String> = definitions
        .iter()
        .map(|(_, definition)| names::upper_camel(&definition.name))
        .collect();
    let types = Types::new(plan, &own);
    let docs = Docs::new(plan, id, kind);
    let mut items = Vec::new();
    for &(id, definition) in definitions {
        items.push(Node::Blank);
        items.extend(match &definition.kind {
            Kind::Command(command) => commands::emit(id, definition, command, &types, &docs),
            Kind::Event(event) => events::emit(definition, event, &types, &docs),
            Kind::Enum(kind) => enums::emit(id, definition, kind, &types, &docs),
            Kind::Alternate(_) => alternates::emit(id, definition, &types, &docs),
            Kind::Object(object) => match &object.union {
                Some(union) => unions::emit(id, definition, union, &types, &docs),
                None => objects::emit(id, definition, &types, &docs),
            },
            Kind::Builtin(_) | Kind::Array(_) => Vec::new(),
        });
    }
    let mut body = vec![line(format!("use {} as rt;", plan.settings.runtime))];
    if types.uses_types() {
        body.extend([Node::Blank, line("use super::super::types;")]);
    }
    body.extend(items);
    block(format!("pub(super) mod {kind} {{"), body)
}

/// What a module tells of itself: the first heading of its free-form text, or its name.
fn introduction(plan: &Plan<'_>, id: ModuleId) -> String {
    let free_form = plan
        .schema
        .docs()
        .filter(|(module, doc)| *module == id && doc.symbol.is_none());
    let first = free_form
        .map(|(_, doc)| markup::markdown(&markup::parse_body(&doc.body), &|_| None))
        .next();
    first.unwrap_or_else(|| format!("Definitions of `{}`.\n", plan.schema.module(id).name))
}
