//! The first pass: each definition by itself. Names of types are still names.

use super::scope::Scope;
use super::{
    Input, alternates, commands, conditions, docs, enums, features, keys, names, structs, unions,
};
use crate::diagnostic::{Code, Sink, Subject};
use crate::schema::{Condition, Feature, Value};
use crate::source::{FileId, Span};
use crate::syntax::{Definition, Expr, Item};

/// A definition, read but not resolved.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) subject: Subject,
    pub(super) name_span: Span,
    pub(super) span: Span,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Feature>,
    pub(super) doc: Option<usize>,
    pub(super) data: ShapeData,
    /// Something in it could not be read: what seems to be missing may just have been lost.
    pub(super) faulty: bool,
}

pub(super) enum ShapeData {
    Enum {
        prefix: Option<String>,
        values: Vec<Value>,
    },
    Struct {
        base: Option<TypeName>,
        members: Vec<MemberShape>,
    },
    Union {
        base: Data,
        discriminator: Option<(String, Span)>,
        branches: Vec<BranchShape>,
    },
    Alternate {
        branches: Vec<BranchShape>,
    },
    Command {
        data: Data,
        returns: Option<TypeName>,
        generated: bool,
        success_response: bool,
        boxed: bool,
        allow_oob: bool,
        allow_preconfig: bool,
        coroutine: bool,
    },
    Event {
        data: Data,
        boxed: bool,
    },
}

/// The name of a type, or of an array's elements.
#[derive(Clone)]
pub(super) struct TypeName {
    pub(super) name: String,
    pub(super) array: bool,
    pub(super) span: Span,
}

pub(super) struct MemberShape {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) optional: bool,
    pub(super) ty: TypeName,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Feature>,
}

pub(super) struct BranchShape {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) ty: TypeName,
    pub(super) condition: Option<Condition>,
}

/// Arguments, an event's data, or a union's base.
pub(super) enum Data {
    None,
    Named(TypeName),
    Inline(Vec<MemberShape>),
}

/// What stands at the top level, read.
pub(super) enum Shaped {
    Definition(Box<Shape>),
    Include { file: FileId, target: FileId },
}

const KINDS: [&str; 6] = ["enum", "struct", "union", "alternate", "command", "event"];

/// Reads every definition.
pub(super) fn all(input: &Input<'_>, sink: &mut Sink) -> Vec<Shaped> {
    let shaped = input.items.iter().filter_map(|item| match item {
        Item::Include { file, target } => Some(Shaped::Include {
            file: *file,
            target: *target,
        }),
        Item::Definition(definition) => {
            let shape = definition_shape(definition, input, sink)?;
            Some(Shaped::Definition(Box::new(shape)))
        }
    });
    shaped.collect()
}

fn definition_shape(definition: &Definition, input: &Input<'_>, sink: &mut Sink) -> Option<Shape> {
    // Of what is cut short nothing is told but its name.
    let mut unheard = Sink::default();
    let sink = match definition.cut_short {
        true => &mut unheard,
        false => sink,
    };
    let errors = sink.errors();
    let mut scope = Scope {
        span: definition.span,
        subject: None,
        pragmas: input.pragmas,
        sink,
    };
    let (kind, name) = kind_and_name(definition, &mut scope)?;
    let text = keys::string(
        name,
        &format_args!("the name of {}", names::Article(kind)),
        &mut scope,
    )?;
    let subject = Subject::new(kind, text);
    let mut scope = Scope {
        subject: Some(&subject),
        ..scope
    };
    match kind {
        "event" => names::event(text, name.span, &mut scope),
        "command" => {
            let permit = names::Permit {
                upper: false,
                underscore: input.pragmas.command_name_exceptions.contains(text),
            };
            names::lower(text, &"this command", permit, name.span, &mut scope);
        }
        _ => names::camel(text, kind, name.span, &mut scope),
    }
    let object = &definition.object;
    let name_is_wrong = scope.sink.errors() > errors;
    let doc = docs::of_definition(definition, text, name_is_wrong, input, &mut scope);
    let data = match kind {
        "enum" => enums::shape(object, text, &mut scope),
        "struct" => structs::shape(object, text, &mut scope),
        "union" => unions::shape(object, text, &mut scope),
        "alternate" => alternates::shape(object, &mut scope),
        "command" => commands::command(object, &mut scope),
        _ => commands::event(object, &mut scope),
    };
    let condition = conditions::read(object, &names::Article(kind), &mut scope);
    let features = features::read(object, &mut scope);
    keys::flags(object, &mut scope);
    let faulty = definition.cut_short || scope.sink.errors() > errors;
    Some(Shape {
        name: text.to_owned(),
        subject,
        name_span: name.span,
        span: definition.span,
        condition,
        features,
        doc,
        data,
        faulty,
    })
}

/// A definition has exactly one key that says what it defines.
fn kind_and_name<'a>(
    definition: &'a Definition,
    scope: &mut Scope<'_>,
) -> Option<(&'static str, &'a Expr)> {
    let object = &definition.object;
    let given: Vec<_> = KINDS
        .iter()
        .filter_map(|kind| object.get(kind).map(|name| (*kind, name)))
        .collect();
    if let [only] = given[..] {
        return Some(only);
    }
    let message = "a definition has exactly one of the keys `enum`, `struct`, `union`, `alternate`, \
                   `command`, `event`";
    let mut diagnostic = scope.diagnostic(Code::DefinitionKind, message);
    if given.is_empty() {
        diagnostic = match object.members.first() {
            Some((key, _)) => diagnostic
                .label(key.span, "none of them is here")
                .suggest(&key.text, KINDS),
            None => diagnostic.label(definition.span, "none of them is here"),
        };
    }
    for (kind, _) in &given {
        if let Some((key, _)) = object.entry(kind) {
            diagnostic = diagnostic.label(key.span, "");
        }
    }
    scope.push(diagnostic);
    None
}
