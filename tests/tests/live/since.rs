//! `schema/qmp` is the interface of one release, and a live machine has that of its own. Where the two differ, the
//! documentation tells why: every command, event, member, value, branch and feature that the machine lacks came
//! later than it.
//!
//! How late something came is told where it is described: a definition in its section `Since:`, a member, value or
//! feature in its description, as `(since 10.1)`; a branch goes with its value and its type. What has changed about
//! something, that it is no longer optional or that emulators of other architectures have it too, is told in the same
//! places, and so the newest release told there counts.
//!
//! The model is gone through beside the machine's answer, type by type from the commands and events on, for
//! introspection has no documentation; names of types do not matter.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use qapi_codegen::emit::introspect::defines;
use qapi_codegen::schema::{
    Branch, Builtin, Condition, Definition, DefinitionId, DocKind, Feature, Filter, Kind, Object,
    Schema, Version,
};
use qapi_codegen::source::DiskLoader;
use qapi_tests::live::{self, MONITOR, machine};
use qapi_types::{Command, qmp::commands};
use serde_json::Value;

use super::introspection::KNOWN;

/// What 10.0 has and the schema has not, since it is gone from 10.2: a command or event, or a type with its member.
const GONE: [(&str, &str); 3] = [
    ("x-query-opcount", ""),
    ("ChardevSocket", "reconnect"),
    ("NetdevStreamOptions", "reconnect"),
];

#[test]
fn what_a_machine_lacks_came_later() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let server = client.greeting().version.clone();
    let server = (server.major, server.minor);
    if !KNOWN.contains(&server) {
        let (major, minor) = server;
        live::say(&format!(
            "left out: schema/qmp against QEMU {major}.{minor}: another release"
        ));
        return;
    }
    let answer = client.execute_raw(commands::QueryQmpSchema::NAME, None);
    let answer = answer.unwrap().to_value().unwrap();
    let schema = own_schema();
    let found = compare(&schema, server, &answer);
    assert!(found.compared > 1_000, "{}", found.compared);
    assert_eq!(found.unexplained, [""; 0], "QEMU {server:?}");
    if server <= (10, 0) {
        let gone: BTreeSet<(String, String)> = GONE
            .iter()
            .map(|(definition, member)| (definition.to_string(), member.to_string()))
            .collect();
        assert_eq!(found.gone, gone);
    }
}

/// What is not explained is found: of an answer that lacks this and that, and that is said to be of the schema's own
/// release.
#[test]
fn what_is_not_explained_is_found() {
    let schema = own_schema();
    let mut answer = qapi_codegen::emit::introspect::introspect(&schema, &Filter::default());
    let all = compare(&schema, (10, 2), &answer);
    assert_eq!(all.unexplained, [""; 0]);

    let entries = answer.as_array_mut().expect("it is an array");
    let of = |entries: &mut Vec<Value>, name: &str| {
        let found = entries.iter().position(|entry| entry["name"] == name);
        found.expect("it is there")
    };
    let stop = of(entries, "stop");
    entries.remove(stop);
    let resize = of(entries, "block_resize");
    entries[resize]["features"] = serde_json::json!(["new"]);
    let arguments = entries[resize]["arg-type"]
        .as_str()
        .expect("a type")
        .to_owned();
    let arguments = of(entries, &arguments);
    let members = entries[arguments]["members"]
        .as_array_mut()
        .expect("members");
    members.retain(|member| member["name"] != "size");
    members[0]["name"] = "x".into();
    let changed = compare(&schema, (10, 2), &answer);
    assert_eq!(
        changed.unexplained,
        [
            "the schema alone has `stop`",
            "`block_resize`: the machine alone has the feature `new`",
            "`block_resize`: the schema alone has the member `device`",
            "`block_resize`: the schema alone has the member `size`",
            "`block_resize`: the machine alone has the member `x`",
        ]
    );
}

fn own_schema() -> Schema {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/qmp/qapi-schema.json");
    let analysis = qapi_codegen::analyze(&root, &DiskLoader, None).expect("it can be read");
    analysis.schema.expect("it is valid")
}

/// What a comparison has found.
#[derive(Default)]
struct Found {
    /// How many things were held against one another.
    compared: usize,
    unexplained: Vec<String>,
    gone: BTreeSet<(String, String)>,
}

fn compare(schema: &Schema, server: (u32, u32), answer: &Value) -> Found {
    let filter = Filter {
        defines: Some(defines(schema, answer).expect("the conditions can be found")),
        ..Filter::default()
    };
    let entries = list(answer).iter();
    let mut comparison = Comparison {
        schema,
        filter,
        server,
        entries: entries.map(|entry| (name(entry), entry)).collect(),
        seen: HashSet::new(),
        found: Found::default(),
    };
    comparison.messages();
    comparison.found
}

/// The elements of an array; nothing for what is absent.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn name(entry: &Value) -> &str {
    entry["name"].as_str().unwrap_or_default()
}

struct Comparison<'a> {
    schema: &'a Schema,
    /// The conditions of the machine's build.
    filter: Filter,
    server: (u32, u32),
    entries: HashMap<&'a str, &'a Value>,
    seen: HashSet<(DefinitionId, &'a str)>,
    found: Found,
}

impl<'a> Comparison<'a> {
    fn messages(&mut self) {
        let schema = self.schema;
        let mut named = HashSet::new();
        for (_, definition) in schema.definitions() {
            let types = match &definition.kind {
                Kind::Command(command) => [
                    ("arg-type", Some(command.arguments)),
                    ("ret-type", Some(command.returns)),
                ],
                Kind::Event(event) => [("arg-type", Some(event.data)), ("ret-type", None)],
                _ => continue,
            };
            if !self.holds(&definition.condition) {
                continue;
            }
            named.insert(definition.name.as_str());
            let Some(&entry) = self.entries.get(definition.name.as_str()) else {
                let since = self.of_definition(definition);
                self.lacking(since, || {
                    format!("the schema alone has `{}`", definition.name)
                });
                continue;
            };
            self.features(definition, &definition.features, entry);
            if let Kind::Command(command) = &definition.kind {
                let theirs = entry["allow-oob"] == true;
                self.same(
                    definition,
                    command.allow_oob == theirs,
                    "out-of-band execution",
                );
            }
            for (key, ty) in types {
                if let Some(ty) = ty {
                    let ty = ty.or(schema.find("q_empty")).expect("it is built in");
                    self.ty(ty, &entry[key], definition);
                }
            }
        }
        let mut theirs: Vec<&str> = self.entries.values().copied().filter_map(message).collect();
        theirs.sort_unstable();
        for name in theirs.into_iter().filter(|name| !named.contains(name)) {
            self.surplus(name, "", || format!("the machine alone has `{name}`"));
        }
    }

    /// Compares a type with the entry of a name. `owner` documents it, if it has no name of its own.
    fn ty(&mut self, ty: DefinitionId, entry: &'a Value, owner: &'a Definition) {
        let entry = entry.as_str().unwrap_or_default();
        if !self.seen.insert((ty, entry)) {
            return;
        }
        let definition = self.schema.definition(ty);
        let Some(&entry) = self.entries.get(entry) else {
            self.same(owner, false, &format!("the type `{}`", definition.name));
            return;
        };
        let implicit = matches!(&definition.kind, Kind::Object(object) if object.implicit);
        let owner = if implicit { owner } else { definition };
        let meta = match &definition.kind {
            Kind::Builtin(builtin) => {
                let expected = if is_integer(*builtin) {
                    "int"
                } else {
                    &definition.name
                };
                self.same(owner, name(entry) == expected, "the built-in type");
                "builtin"
            }
            Kind::Array(element) => {
                self.ty(*element, &entry["element-type"], owner);
                "array"
            }
            Kind::Enum(kind) => {
                let ours = kind
                    .values
                    .iter()
                    .filter(|value| self.holds(&value.condition));
                let ours: Vec<_> = ours.collect();
                let names: Vec<&str> = ours.iter().map(|value| &*value.name).collect();
                let both = self.pair(owner, "value", &names, list(&entry["members"]), "name");
                for (at, theirs) in both {
                    self.features(owner, &ours[at].features, theirs);
                }
                "enum"
            }
            Kind::Object(object) => {
                self.members(ty, entry, owner);
                self.branches(object, entry, owner);
                "object"
            }
            Kind::Alternate(alternate) => {
                self.alternate(&alternate.branches, list(&entry["members"]), owner);
                "alternate"
            }
            Kind::Command(_) | Kind::Event(_) => return,
        };
        self.same(owner, entry["meta-type"] == meta, "the kind of type");
        self.features(owner, &definition.features, entry);
    }

    fn members(&mut self, ty: DefinitionId, entry: &'a Value, owner: &'a Definition) {
        let mut ours = self.schema.all_members(ty);
        ours.retain(|(_, member)| self.holds(&member.condition));
        // A base that is written in place is documented with its union.
        let owner_of = |definition: &'a Definition| match &definition.kind {
            Kind::Object(object) if object.implicit => owner,
            _ => definition,
        };
        let theirs = list(&entry["members"]);
        for (definition, member) in &ours {
            let documented = owner_of(definition);
            let since = self.of_member(documented, &member.name);
            let Some(found) = theirs.iter().find(|theirs| name(theirs) == member.name) else {
                self.lacking(since, || {
                    format!(
                        "`{}`: the schema alone has the member `{}`",
                        owner.name, member.name
                    )
                });
                continue;
            };
            let optional = found.get("default").is_some();
            if optional != member.optional {
                self.lacking(since, || {
                    format!(
                        "`{}`: only one has `{}` as optional",
                        owner.name, member.name
                    )
                });
            }
            self.features(documented, &member.features, found);
            self.ty(member.ty, &found["type"], documented);
        }
        for theirs in theirs.iter().map(name) {
            if !ours.iter().any(|(_, member)| member.name == theirs) {
                self.surplus(&owner.name, theirs, || {
                    format!(
                        "`{}`: the machine alone has the member `{theirs}`",
                        owner.name
                    )
                });
            }
        }
    }

    fn branches(&mut self, object: &'a Object, entry: &'a Value, owner: &'a Definition) {
        let Some(union) = &object.union else {
            self.same(owner, entry.get("tag").is_none(), "being no union");
            return;
        };
        self.same(
            owner,
            entry["tag"] == *union.discriminator,
            "the discriminator",
        );
        let ours = union
            .branches
            .iter()
            .filter(|branch| self.holds(&branch.condition));
        let ours: Vec<&Branch> = ours.collect();
        let names: Vec<&str> = ours.iter().map(|branch| &*branch.name).collect();
        let values = self.schema.definition(union.discriminator_type);
        let both = self.pair(values, "branch", &names, list(&entry["variants"]), "case");
        for (at, theirs) in both {
            // A branch that a machine knows no members of may have got its type later.
            let since = self.of_definition(self.schema.definition(ours[at].ty));
            match since.is_some_and(|since| self.is_later(since)) {
                true => self.found.compared += 1,
                false => self.ty(ours[at].ty, &theirs["type"], owner),
            }
        }
    }

    /// The branches of an alternate have no names: those that the machine can have are in their order.
    fn alternate(&mut self, branches: &'a [Branch], theirs: &'a [Value], owner: &'a Definition) {
        let ours = branches.iter().filter(|branch| {
            let since = self.of_member(owner, &branch.name);
            self.holds(&branch.condition) && !since.is_some_and(|since| self.is_later(since))
        });
        let ours: Vec<&Branch> = ours.collect();
        self.same(owner, ours.len() == theirs.len(), "the number of branches");
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            self.ty(ours.ty, &theirs["type"], owner);
        }
    }

    /// The values or branches that both have, as the number of ours and theirs; what only one has is told.
    fn pair(
        &mut self,
        values: &'a Definition,
        what: &str,
        ours: &[&str],
        theirs: &'a [Value],
        key: &str,
    ) -> Vec<(usize, &'a Value)> {
        let mut both = Vec::new();
        for (at, ours) in ours.iter().enumerate() {
            match theirs.iter().find(|theirs| theirs[key] == **ours) {
                Some(theirs) => both.push((at, theirs)),
                None => {
                    let since = self.of_member(values, ours);
                    self.lacking(since, || {
                        format!(
                            "`{}`: the schema alone has the {what} `{ours}`",
                            values.name
                        )
                    });
                }
            }
        }
        for theirs in theirs.iter().filter_map(|theirs| theirs[key].as_str()) {
            if !ours.contains(&theirs) {
                self.surplus(&values.name, theirs, || {
                    format!(
                        "`{}`: the machine alone has the {what} `{theirs}`",
                        values.name
                    )
                });
            }
        }
        both
    }

    fn features(&mut self, owner: &Definition, features: &[Feature], entry: &Value) {
        let features = features
            .iter()
            .filter(|feature| self.holds(&feature.condition));
        let ours: Vec<&str> = features.map(|feature| &*feature.name).collect();
        let theirs = list(&entry["features"]);
        for ours in &ours {
            if !theirs.iter().any(|theirs| theirs == ours) {
                let doc = self.schema.doc(owner).and_then(|doc| doc.feature(ours));
                let since = doc.and_then(Version::newest_told);
                self.lacking(since, || {
                    format!(
                        "`{}`: the schema alone has the feature `{ours}`",
                        owner.name
                    )
                });
            }
        }
        for theirs in theirs.iter().filter_map(Value::as_str) {
            if !ours.contains(&theirs) {
                self.surplus(&owner.name, theirs, || {
                    format!(
                        "`{}`: the machine alone has the feature `{theirs}`",
                        owner.name
                    )
                });
            }
        }
    }

    fn holds(&self, condition: &Option<Condition>) -> bool {
        self.filter.holds(condition.as_ref()) != Some(false)
    }

    /// The release that a definition came with, or the newest that the text about it as a whole tells of.
    fn of_definition(&self, definition: &Definition) -> Option<Version> {
        let doc = self.schema.doc(definition);
        let sections = doc.into_iter().flat_map(|doc| &doc.sections);
        let plain = sections.filter(|section| section.kind == DocKind::Plain);
        let texts = plain
            .map(|section| &section.text)
            .chain(doc.map(|doc| &doc.body));
        let told = texts.filter_map(|text| Version::newest_told(text)).max();
        told.max(self.schema.since(definition))
    }

    /// The same of a member, value or branch.
    fn of_member(&self, owner: &Definition, member: &str) -> Option<Version> {
        let doc = self.schema.doc(owner)?;
        Version::newest_told(doc.member(member)?)
    }

    fn is_later(&self, since: Version) -> bool {
        (since.major, since.minor) > self.server
    }

    /// The machine lacks something that came with a release.
    fn lacking(&mut self, since: Option<Version>, what: impl FnOnce() -> String) {
        self.found.compared += 1;
        if !since.is_some_and(|since| self.is_later(since)) {
            self.found.unexplained.push(what());
        }
    }

    /// The machine has something that the schema has not.
    fn surplus(&mut self, definition: &str, member: &str, what: impl FnOnce() -> String) {
        self.found.compared += 1;
        match GONE.contains(&(definition, member)) {
            true => drop(
                self.found
                    .gone
                    .insert((definition.to_owned(), member.to_owned())),
            ),
            false => self.found.unexplained.push(what()),
        }
    }

    fn same(&mut self, owner: &Definition, same: bool, what: &str) {
        self.found.compared += 1;
        if !same {
            self.found
                .unexplained
                .push(format!("`{}`: {what} is another", owner.name));
        }
    }
}

/// The name of a command or an event.
fn message(entry: &Value) -> Option<&str> {
    let is_message = entry["meta-type"] == "command" || entry["meta-type"] == "event";
    is_message.then(|| name(entry))
}

fn is_integer(builtin: Builtin) -> bool {
    let others = [
        Builtin::Str,
        Builtin::Number,
        Builtin::Bool,
        Builtin::Null,
        Builtin::Any,
    ];
    !others.contains(&builtin)
}
