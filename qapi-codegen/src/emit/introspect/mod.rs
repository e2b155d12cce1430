//! Introspection: what `query-qmp-schema` returns of a schema.
//!
//! It is the wire's view: commands, events and the types they reach. Types go by numbers in the order of
//! their first mention, all integers are `int`, members are flat. Conditions take things out of the answer
//! and leave the numbers as they are, as QEMU's C compiler does: so the answer of a live machine can be had
//! exactly, once its conditions are known. What is left out because it is unstable, or a branch that was not
//! chosen, is not known to the answer at all.

mod defines;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

pub use defines::{DefinesError, defines};

use crate::schema::{
    Builtin, Condition, Definition, DefinitionId, Entry, Feature, Filter, Kind, Schema, Selection,
    Union,
};

/// The answer of a server that is built from `schema`, as the filter's `defines` settle its conditions.
/// Where they are not settled, everything is in.
///
/// ```
/// use qapi_codegen::schema::Filter;
/// use qapi_codegen::{analyze, emit::introspect, source::MemoryLoader};
///
/// let files = MemoryLoader::new().with("a.json", "{ 'event': 'STOP' }");
/// let schema = analyze("a.json".as_ref(), &files, None)?.schema.ok_or("invalid")?;
/// let answer = introspect::introspect(&schema, &Filter::default());
/// assert_eq!(answer[0]["name"], "STOP");
/// assert_eq!(answer[0]["arg-type"], "0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn introspect(schema: &Schema, filter: &Filter) -> Value {
    introspection(schema, None, filter)
}

/// The answer of a server that has the selected commands and events only.
pub fn introspect_selected(schema: &Schema, selection: &Selection, filter: &Filter) -> Value {
    introspection(schema, Some(selection), filter)
}

fn introspection(schema: &Schema, selection: Option<&Selection>, filter: &Filter) -> Value {
    let mut introspection = Introspection {
        schema,
        selection,
        filter,
        used: Vec::new(),
        known: HashSet::new(),
        numbers: HashMap::new(),
        out: Vec::new(),
    };
    introspection.messages();
    // What is used grows while it is described.
    let mut at = 0;
    while let Some(&ty) = introspection.used.get(at) {
        introspection.describe_type(ty);
        at += 1;
    }
    let mut answer = Value::Array(introspection.out);
    // A tree that keeps the order of its members, as serde_json's may be told to, has the same text then as one that does not.
    answer.sort_all_objects();
    answer
}

/// A type that is described.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Described {
    ty: DefinitionId,
    /// The union among whose branches was chosen, if this is the enum of its discriminator: then it has their names alone.
    chosen: Option<DefinitionId>,
}

impl From<DefinitionId> for Described {
    fn from(ty: DefinitionId) -> Self {
        Described { ty, chosen: None }
    }
}

struct Introspection<'a> {
    schema: &'a Schema,
    /// Without, everything is in.
    selection: Option<&'a Selection>,
    filter: &'a Filter,
    /// Types in the order of their first mention.
    used: Vec<Described>,
    known: HashSet<Described>,
    numbers: HashMap<Described, usize>,
    out: Vec<Value>,
}

impl Introspection<'_> {
    /// Commands and events, in the order of the modules.
    fn messages(&mut self) {
        let schema = self.schema;
        for (_, module) in schema.modules() {
            for entry in &module.entries {
                if let Entry::Definition(id) = entry
                    && self
                        .selection
                        .is_none_or(|selection| selection.contains(*id))
                {
                    self.message(*id);
                }
            }
        }
    }

    fn message(&mut self, id: DefinitionId) {
        let definition = self.schema.definition(id);
        if !self.keeps(None, &definition.features) {
            return;
        }
        let mut object = Map::new();
        let meta = match &definition.kind {
            Kind::Command(command) => {
                let arguments = self.type_or_empty(command.arguments);
                let returns = self.type_or_empty(command.returns);
                object.insert("arg-type".into(), json!(arguments));
                object.insert("ret-type".into(), json!(returns));
                if command.allow_oob {
                    object.insert("allow-oob".into(), json!(true));
                }
                "command"
            }
            Kind::Event(event) => {
                let data = self.type_or_empty(event.data);
                object.insert("arg-type".into(), json!(data));
                "event"
            }
            _ => return,
        };
        let name = definition.name.clone();
        self.add(
            name,
            meta,
            object,
            definition.condition.as_ref(),
            &definition.features,
        );
    }

    fn type_or_empty(&mut self, ty: Option<DefinitionId>) -> String {
        let empty = self.schema.find("q_empty");
        ty.or(empty).map_or(String::new(), |ty| self.mention(ty))
    }

    /// The name a type goes by, and that it is to be described.
    fn mention(&mut self, ty: impl Into<Described>) -> String {
        let mut described = ty.into();
        described.ty = self.plain(described.ty);
        if self.known.insert(described) {
            self.used.push(described);
        }
        let definition = self.schema.definition(described.ty);
        match &definition.kind {
            Kind::Builtin(_) => definition.name.clone(),
            Kind::Array(element) => format!("[{}]", self.mention(*element)),
            _ => self.number(described),
        }
    }

    fn number(&mut self, described: Described) -> String {
        let next = self.numbers.len();
        self.numbers.entry(described).or_insert(next).to_string()
    }

    /// All integer types are one.
    fn plain(&self, ty: DefinitionId) -> DefinitionId {
        let is_integer = |ty: DefinitionId| match self.schema.definition(ty).kind {
            Kind::Builtin(builtin) => json_type(builtin) == "int",
            _ => false,
        };
        let plain = match self.schema.definition(ty).kind {
            Kind::Array(element) if is_integer(element) => "intList",
            _ if is_integer(ty) => "int",
            _ => return ty,
        };
        self.schema.find(plain).unwrap_or(ty)
    }

    fn describe_type(&mut self, described: Described) {
        let Described { ty, chosen } = described;
        let definition = self.schema.definition(ty);
        let mut object = Map::new();
        let (name, meta) = match &definition.kind {
            Kind::Builtin(builtin) => {
                object.insert("json-type".into(), json!(json_type(*builtin)));
                (definition.name.clone(), "builtin")
            }
            Kind::Array(element) => {
                let element = self.mention(*element);
                object.insert("element-type".into(), json!(element));
                (format!("[{element}]"), "array")
            }
            Kind::Enum(kind) => {
                let chosen = chosen.map(|union| self.chosen(union));
                let values = kind.values.iter().filter(|value| {
                    let name = value.name.as_str();
                    self.keeps(value.condition.as_ref(), &value.features)
                        && chosen.as_ref().is_none_or(|chosen| chosen.contains(name))
                });
                let values: Vec<_> = values.collect();
                let members = values.iter().map(|value| {
                    let mut member = Map::new();
                    member.insert("name".into(), json!(value.name));
                    self.add_features(&mut member, &value.features);
                    Value::Object(member)
                });
                object.insert("members".into(), members.collect());
                object.insert(
                    "values".into(),
                    values.iter().map(|value| json!(value.name)).collect(),
                );
                (self.number(described), "enum")
            }
            Kind::Object(kind) => {
                let members = self.members(ty, kind.union.as_ref());
                object.insert("members".into(), members);
                if let Some(union) = &kind.union {
                    object.insert("tag".into(), json!(union.discriminator));
                    let variants = self.branches(definition, true);
                    object.insert("variants".into(), variants);
                }
                (self.number(described), "object")
            }
            Kind::Alternate(_) => {
                let members = self.branches(definition, false);
                object.insert("members".into(), members);
                (self.number(described), "alternate")
            }
            Kind::Command(_) | Kind::Event(_) => return,
        };
        // An array exists wherever its elements do.
        self.add(
            name,
            meta,
            object,
            definition.condition.as_ref(),
            &definition.features,
        );
    }

    /// The members of an object, which may be a union.
    fn members(&mut self, id: DefinitionId, union: Option<&Union>) -> Value {
        let narrowed = union.filter(|_| self.filter.narrows(self.schema.definition(id)));
        let mut out = Vec::new();
        for (_, member) in self.schema.all_members(id) {
            let is_discriminator = narrowed.is_some_and(|one| one.discriminator == member.name);
            if !self.keeps(None, &member.features) {
                continue;
            }
            // Mentioned also when it is left out: the numbers do not depend on conditions.
            let ty = self.mention(Described {
                ty: member.ty,
                chosen: is_discriminator.then_some(id),
            });
            if !self.keeps(member.condition.as_ref(), &[]) {
                continue;
            }
            let mut object = Map::new();
            object.insert("name".into(), json!(member.name));
            object.insert("type".into(), json!(ty));
            if member.optional {
                object.insert("default".into(), Value::Null);
            }
            self.add_features(&mut object, &member.features);
            out.push(Value::Object(object));
        }
        Value::Array(out)
    }

    fn branches(&mut self, owner: &Definition, with_case: bool) -> Value {
        let mut out = Vec::new();
        for branch in owner.branches() {
            // Mentioned as members are, unless it was not chosen: then what it is of may not be in at all.
            if !self.filter.chooses(owner, branch) {
                continue;
            }
            let ty = self.mention(branch.ty);
            if self.filter.keeps_branch(owner, branch) {
                out.push(match with_case {
                    true => json!({ "case": branch.name, "type": ty }),
                    false => json!({ "type": ty }),
                });
            }
        }
        Value::Array(out)
    }

    /// The names of the branches of a union that were chosen.
    fn chosen(&self, union: DefinitionId) -> HashSet<&str> {
        let union = self.schema.definition(union);
        let branches = union.branches().iter();
        let chosen = branches.filter(|branch| self.filter.chooses(union, branch));
        chosen.map(|branch| branch.name.as_str()).collect()
    }

    fn keeps(&self, condition: Option<&Condition>, features: &[Feature]) -> bool {
        self.filter.keeps(condition, features)
    }

    fn add_features(&self, object: &mut Map<String, Value>, features: &[Feature]) {
        let features = features
            .iter()
            .filter(|feature| self.keeps(feature.condition.as_ref(), &[]));
        let names: Vec<Value> = features.map(|feature| json!(feature.name)).collect();
        if !names.is_empty() {
            object.insert("features".into(), Value::Array(names));
        }
    }

    fn add(
        &mut self,
        name: String,
        meta: &str,
        mut object: Map<String, Value>,
        condition: Option<&Condition>,
        features: &[Feature],
    ) {
        if !self.keeps(condition, &[]) {
            return;
        }
        object.insert("name".into(), json!(name));
        object.insert("meta-type".into(), json!(meta));
        self.add_features(&mut object, features);
        self.out.push(Value::Object(object));
    }
}

/// What JSON calls a built-in type.
fn json_type(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Str => "string",
        Builtin::Number => "number",
        Builtin::Bool => "boolean",
        Builtin::Null => "null",
        Builtin::Any => "value",
        _ => "int",
    }
}
