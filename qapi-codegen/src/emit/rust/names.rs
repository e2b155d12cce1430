//! Names: the one place where a name of the schema becomes a name in Rust.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display};

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::Plan;
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::schema::{Definition, DefinitionId, Kind, ModuleId, Schema};
use crate::source::Span;

/// Words that are no identifiers without `r#`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Words that are no identifiers even with `r#`, and names that mean something else where values stand.
const UNFIT: [&str; 9] = [
    "self", "super", "crate", "_", "Self", "Some", "None", "Ok", "Err",
];

/// Methods that generated structs have, or are asked for by generated code, besides one named after each optional member.
const METHODS: [&str; 5] = ["new", "default", "with", "clone", "into"];

/// A type, command or event: `block-commit` and `BLOCK_JOB_READY` become `BlockCommit` and `BlockJobReady`.
pub(super) fn upper_camel(name: &str) -> String {
    fit(name.to_upper_camel_case())
}

/// A member: `node-name` becomes `node_name`, `type` becomes `r#type`.
pub(super) fn snake(name: &str) -> String {
    let name = fit(name.to_snake_case());
    if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else {
        name
    }
}

/// The name without `r#`, for names that are made of it.
pub(super) fn bare(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn fit(mut name: String) -> String {
    if name.is_empty() || name.starts_with(|ch: char| ch.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if UNFIT.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// An enum's value, or a union's branch, or an event among all: `Unrecognized` means something else there, whether this enum
/// has it or not.
pub(super) fn variant(name: &str) -> String {
    let mut name = upper_camel(name);
    if name == UNRECOGNIZED {
        name.push('_');
    }
    name
}

/// The field of a member in what a definition becomes.
pub(super) fn field(member: &str, definition: &Definition) -> String {
    let mut name = snake(member);
    let more = matches!(&definition.kind, Kind::Command(command) if !command.generated);
    if more && name == OTHERS {
        name.push('_');
    }
    name
}

/// The method that sets an optional member, by the name of its field; `is_field` knows the fields beside it.
pub(super) fn setter(field: &str, is_field: impl FnOnce(&str) -> bool) -> String {
    if !METHODS.contains(&field) {
        return field.to_owned();
    }
    let mut name = format!("set_{field}");
    if is_field(&name) {
        name.push('_');
    }
    name
}

/// The types of the unions' branches: named after the union, unless another type of the schema has that name.
pub(super) fn branches(schema: &Schema) -> HashMap<DefinitionId, String> {
    let is_union = |definition: &Definition| matches!(&definition.kind, Kind::Object(object) if object.union.is_some());
    // The name of a type has no underscore, so that another one behind it is enough.
    let ends_alike = |name: &str| name.to_ascii_lowercase().ends_with("branch");
    let others = schema
        .definitions()
        .filter(|(_, one)| ends_alike(&one.name));
    let others: HashSet<String> = others.map(|(_, one)| upper_camel(&one.name)).collect();
    let unions = schema.definitions().filter(|(_, one)| is_union(one));
    let named = unions.map(|(id, union)| {
        let mut name = format!("{}Branch", upper_camel(&union.name));
        if others.contains(&name) {
            name.push('_');
        }
        (id, name)
    });
    named.collect()
}

/// The variant that stands for what the schema does not know.
pub(super) const UNRECOGNIZED: &str = "Unrecognized";

/// The variant of an enum that has no other.
pub(super) const IMPOSSIBLE: &str = "Impossible";

/// The field of a command that takes more arguments than the schema tells.
pub(super) const OTHERS: &str = "others";

/// The Rust modules of the schema's modules: named after their files, unless something else beside them has
/// that name.
pub(super) fn modules(schema: &Schema, runtime: &str) -> HashMap<ModuleId, String> {
    let runtime = runtime.split("::").next().unwrap_or(runtime);
    let others = ["commands", "events", "types", "rt", runtime];
    let mut taken: HashSet<String> = others.map(str::to_owned).into();
    let named = schema.modules().map(|(id, module)| {
        let path = module.name.strip_suffix(".json").unwrap_or(&module.name);
        let mut parts: Vec<&str> = path
            .split('/')
            .filter(|part| !matches!(*part, "." | ".."))
            .collect();
        let mut name = in_ascii(parts.pop().unwrap_or_default());
        // `a/b.json` and `c/b.json` become `b` and `c_b`.
        while KEYWORDS.contains(&bare(&name)) || taken.contains(&name) {
            let prefix = parts.pop().unwrap_or("schema");
            name = in_ascii(&format!("{prefix}_{}", bare(&name)));
        }
        taken.insert(name.clone());
        (id, name)
    });
    named.collect()
}

/// A part of a path as a module, which has a file of its own: what is not ASCII parts words, for not all of it may stand in
/// an identifier, and not every file system tells all of it apart.
fn in_ascii(part: &str) -> String {
    snake(&part.replace(|ch: char| !ch.is_ascii(), "_"))
}

/// Reports names that become one in Rust.
pub(super) fn check(plan: &Plan<'_>) -> Vec<Diagnostic> {
    let mut clashes = Clashes { found: Vec::new() };
    let schema = plan.schema;
    let mut types = Space::new("the types");
    let mut commands = Space::new("the commands");
    let mut events = Space::new("the events");
    for (id, definition) in plan.definitions() {
        // What is built in is in no file, and its names clash with nothing.
        let Some(span) = definition.span else {
            continue;
        };
        let name = definition.name.as_str();
        let space = match definition.kind {
            Kind::Command(_) => &mut commands,
            Kind::Event(_) => &mut events,
            _ => &mut types,
        };
        clashes.add(space, upper_camel(name), name, span);
        variants_and_fields(id, span, plan, schema, &mut clashes);
    }
    clashes.found
}

fn variants_and_fields(
    id: DefinitionId,
    span: Span,
    plan: &Plan<'_>,
    schema: &Schema,
    clashes: &mut Clashes,
) {
    let definition = schema.definition(id);
    let mut variants = Space::within("the variants", &definition.name);
    let mut fields = Space::within("the fields", &definition.name);
    match &definition.kind {
        Kind::Enum(kind) => {
            for value in plan.values(kind) {
                let at = value.span.unwrap_or(span);
                clashes.add(&mut variants, variant(&value.name), &value.name, at);
            }
        }
        Kind::Alternate(_) => {
            for branch in plan.branches(definition) {
                clashes.add(&mut variants, upper_camel(&branch.name), &branch.name, span);
            }
        }
        Kind::Object(_) => {
            for branch in plan.branches(definition) {
                clashes.add(&mut variants, variant(&branch.name), &branch.name, span);
            }
        }
        _ => {}
    }
    let fields_of = match &definition.kind {
        Kind::Object(_) => Some(id),
        Kind::Command(command) => command.arguments,
        Kind::Event(event) => event.data,
        _ => None,
    };
    if let Kind::Object(object) = &definition.kind
        && let Some(union) = &object.union
    {
        let tag = &union.discriminator;
        clashes.add(&mut fields, snake(tag), tag, span);
    }
    for (_, member) in fields_of.map_or(Vec::new(), |id| plan.members(id)) {
        let name = field(&member.name, definition);
        clashes.add(&mut fields, name, &member.name, member.span);
    }
}

/// Names that must differ from one another.
struct Space<'a> {
    what: &'static str,
    /// The definition that they are in, if they are in one.
    of: Option<&'a str>,
    /// The names in Rust, with those in the schema.
    names: HashMap<String, (Cow<'a, str>, Span)>,
}

impl<'a> Space<'a> {
    fn new(what: &'static str) -> Self {
        Space {
            what,
            of: None,
            names: HashMap::new(),
        }
    }

    fn within(what: &'static str, definition: &'a str) -> Self {
        Space {
            of: Some(definition),
            ..Space::new(what)
        }
    }
}

impl fmt::Display for Space<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        self.of
            .map_or(Ok(()), |name| write!(f, " of {}", quoted(name)))
    }
}

struct Clashes {
    found: Vec<Diagnostic>,
}

impl Clashes {
    fn add<'a>(
        &mut self,
        space: &mut Space<'a>,
        rust: String,
        name: impl Into<Cow<'a, str>>,
        span: Span,
    ) {
        let name = name.into();
        if let Some((earlier, at)) = space.names.get(&rust) {
            let clash = clash(&*space, &name, earlier, span, *at);
            self.found.push(clash.note(format!("both become `{rust}`")));
            return;
        }
        space.names.insert(rust, (name, span));
    }
}

fn clash(what: &dyn Display, name: &str, earlier: &str, span: Span, at: Span) -> Diagnostic {
    let message = format!(
        "among {what}, {} and {} are one name in Rust",
        quoted(name),
        quoted(earlier)
    );
    Diagnostic::error(Code::RustNameClash, span, message)
        .label(span, "this one")
        .label(at, "and this one")
        .help("rename one of them, or leave one out with `Config::only`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_idiomatic() {
        let types = [
            "block-commit",
            "BLOCK_JOB_READY",
            "QMPCapability",
            "__org.qemu_x-Enum",
            "2.0",
            "self",
        ];
        let types = types.map(upper_camel);
        assert_eq!(
            types,
            [
                "BlockCommit",
                "BlockJobReady",
                "QmpCapability",
                "OrgQemuXEnum",
                "_20",
                "Self_"
            ]
        );
        let members = ["node-name", "type", "self", "fn", "2-wire", "Capitals"].map(snake);
        assert_eq!(
            members,
            [
                "node_name",
                "r#type",
                "self_",
                "r#fn",
                "_2_wire",
                "capitals"
            ]
        );
        assert_eq!(setter("new", |_| false), "set_new");
        assert_eq!(setter("new", |name| name == "set_new"), "set_new_");
        assert_eq!(
            ["unknown", "unrecognized"].map(variant),
            ["Unknown", "Unrecognized_"]
        );
    }
}
