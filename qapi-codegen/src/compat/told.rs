//! What a server tells of its interface, in `query-qmp-schema`: for whoever has no schema of it.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value as Json;

use super::Change;
use super::comparison::Comparison;
use super::messages::NOTHING;
use crate::schema::{
    Alternate, Branch, Builtin, Command, Definition, DefinitionId, Enum, Event, Feature, Kind,
    Member, Module, ModuleId, Object, Schema, Union, Value,
};
use crate::source::{FileId, Span};

/// An interface as a server tells it. It is of one build, and its types have no names; integers are all of one type.
#[derive(Clone, Debug)]
pub struct Told(Schema);

/// Why an answer tells of no interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToldError {
    /// It is no answer to `query-qmp-schema`.
    NoAnswer,
    /// An entry cannot be read.
    Entry {
        /// Its name, if it has one, or else its number.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Told {
    /// Reads what `query-qmp-schema` returns.
    ///
    /// ```
    /// use qapi_codegen::compat::{Rule, Told, compare_told};
    /// use serde_json::json;
    ///
    /// let answer = |arguments| json!([
    ///     { "name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "1" },
    ///     { "name": "0", "meta-type": "object", "members": arguments },
    ///     { "name": "1", "meta-type": "object", "members": [] },
    ///     { "name": "str", "meta-type": "builtin", "json-type": "string" },
    /// ]);
    /// let old = Told::read(&answer(json!([])))?;
    /// let new = Told::read(&answer(json!([{ "name": "reason", "type": "str" }])))?;
    /// assert_eq!(compare_told(&old, &new)[0].rule, Rule::InputRequiredMemberAdded);
    /// # Ok::<(), qapi_codegen::compat::ToldError>(())
    /// ```
    ///
    /// # Errors
    /// It is no such answer, or one that contradicts itself.
    pub fn read(answer: &Json) -> Result<Self, ToldError> {
        let entries = answer.as_array().filter(|entries| !entries.is_empty());
        let entries = entries.ok_or(ToldError::NoAnswer)?;
        let mut ids = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let id = u32::try_from(at).map_err(|_| ToldError::NoAnswer)?;
            let name = entry["name"].as_str().ok_or_else(|| {
                let name = format!("#{at}");
                wrong(&name, "it has no name")
            })?;
            if ids.insert(name, DefinitionId(id)).is_some() {
                return Err(wrong(name, "there are two of this name"));
            }
        }
        let reader = Reader { entries, ids: &ids };
        let mut definitions = Vec::with_capacity(entries.len() + 1);
        for entry in entries {
            let name = entry["name"].as_str().unwrap_or_default();
            let kind = reader
                .kind(entry)
                .map_err(|problem| wrong(name, &problem))?;
            definitions.push(definition(name, features(entry), kind));
        }
        let nothing = Kind::Object(object(Vec::new(), None));
        definitions.push(definition(NOTHING, Vec::new(), nothing));
        let numbered = definitions.iter().zip(0..);
        let by_name = numbered.map(|(one, at)| (one.name.clone(), DefinitionId(at)));
        Ok(Self(Schema {
            modules: vec![Module {
                name: "query-qmp-schema".to_owned(),
                entries: Vec::new(),
            }],
            by_name: by_name.collect(),
            definitions,
            docs: Vec::new(),
        }))
    }
}

/// All that has changed from what a server has told to what another tells, as [`compare`](super::compare) tells it; places are
/// not known, and a member of a type that has no name is told by its path.
pub fn compare_told(old: &Told, new: &Told) -> Vec<Change> {
    let mut comparison = Comparison::of(&old.0, &new.0);
    comparison.messages();
    let changes = comparison.finish().into_iter();
    let nowhere = changes.map(|change| Change {
        old: None,
        new: None,
        ..change
    });
    nowhere.collect()
}

/// The entries that are being read.
struct Reader<'a> {
    entries: &'a [Json],
    ids: &'a HashMap<&'a str, DefinitionId>,
}

impl Reader<'_> {
    fn kind(&self, entry: &Json) -> Result<Kind, String> {
        let meta = entry["meta-type"].as_str().unwrap_or_default();
        Ok(match meta {
            "builtin" => Kind::Builtin(match entry["json-type"].as_str() {
                Some("string") => Builtin::Str,
                Some("number") => Builtin::Number,
                Some("int") => Builtin::Int,
                Some("boolean") => Builtin::Bool,
                Some("null") => Builtin::Null,
                Some("value") => Builtin::Any,
                _ => return Err("its `json-type` is unknown".to_owned()),
            }),
            "array" => Kind::Array(self.ty(entry, "element-type", &["array"])?),
            "enum" => Kind::Enum(Enum {
                prefix: None,
                values: values(entry),
            }),
            "object" => Kind::Object(self.object(entry)?),
            "alternate" => {
                let branches = list(entry, "members").iter().map(|branch| {
                    let ty = self.ty(branch, "type", &["alternate"])?;
                    Ok(self::branch(String::new(), ty))
                });
                let branches = branches.collect::<Result<_, String>>()?;
                Kind::Alternate(Alternate { branches })
            }
            "command" => Kind::Command(Command {
                arguments: Some(self.ty(entry, "arg-type", &[])?),
                returns: Some(self.ty(entry, "ret-type", &[])?),
                generated: true,
                success_response: true,
                boxed: false,
                allow_oob: entry["allow-oob"].as_bool().unwrap_or_default(),
                allow_preconfig: false,
                coroutine: false,
            }),
            "event" => Kind::Event(Event {
                data: Some(self.ty(entry, "arg-type", &[])?),
                boxed: false,
            }),
            _ => return Err("its `meta-type` is unknown".to_owned()),
        })
    }

    fn object(&self, entry: &Json) -> Result<Object, String> {
        let members = list(entry, "members").iter().map(|member| {
            Ok(Member {
                name: text(member, "name")?.to_owned(),
                span: NOWHERE,
                ty: self.ty(member, "type", &[])?,
                optional: member.get("default").is_some(),
                condition: None,
                features: features(member),
            })
        });
        let members: Vec<Member> = members.collect::<Result<_, String>>()?;
        let Some(discriminator) = entry["tag"].as_str() else {
            return Ok(object(members, None));
        };
        let mut by_name = members.iter().filter(|member| member.name == discriminator);
        let chosen_by = by_name.next();
        let chosen_by = chosen_by.ok_or_else(|| format!("it has no member `{discriminator}`"))?;
        let branches = list(entry, "variants").iter().map(|variant| {
            let ty = self.ty(variant, "type", &[])?;
            Ok(branch(text(variant, "case")?.to_owned(), ty))
        });
        let union = Union {
            discriminator: discriminator.to_owned(),
            discriminator_type: chosen_by.ty,
            branches: branches.collect::<Result<_, String>>()?,
        };
        Ok(object(members, Some(union)))
    }

    /// The type that a key names, which may not be one of these.
    fn ty(&self, of: &Json, key: &str, not: &[&str]) -> Result<DefinitionId, String> {
        let name = text(of, key)?;
        let id = self.ids.get(name).copied();
        let id = id.ok_or_else(|| format!("`{key}` names `{name}`, which is not there"))?;
        let meta = self.entries[id.index()]["meta-type"].as_str();
        match meta {
            Some(meta) if meta == "command" || meta == "event" || not.contains(&meta) => {
                Err(format!("`{key}` names `{name}`, which is the wrong type"))
            }
            _ => Ok(id),
        }
    }
}

fn text<'a>(of: &'a Json, key: &str) -> Result<&'a str, String> {
    of[key].as_str().ok_or_else(|| format!("it has no `{key}`"))
}

fn list<'a>(of: &'a Json, key: &str) -> &'a [Json] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

fn features(of: &Json) -> Vec<Feature> {
    let names = list(of, "features").iter().filter_map(Json::as_str);
    let features = names.map(|name| Feature {
        name: name.to_owned(),
        span: NOWHERE,
        condition: None,
    });
    features.collect()
}

/// The values of an enum: with features, or as older servers tell them.
fn values(of: &Json) -> Vec<Value> {
    let value = |name: &str, features| Value {
        name: name.to_owned(),
        span: None,
        condition: None,
        features,
    };
    match list(of, "members") {
        [] => {
            let names = list(of, "values").iter().filter_map(Json::as_str);
            names.map(|name| value(name, Vec::new())).collect()
        }
        members => {
            let members = members.iter();
            let members =
                members.filter_map(|one| Some(value(one["name"].as_str()?, features(one))));
            members.collect()
        }
    }
}

fn definition(name: &str, features: Vec<Feature>, kind: Kind) -> Definition {
    Definition {
        name: name.to_owned(),
        span: None,
        module: ModuleId(0),
        condition: None,
        features,
        doc: None,
        kind,
    }
}

fn object(members: Vec<Member>, union: Option<Union>) -> Object {
    Object {
        implicit: true,
        base: None,
        members,
        union,
    }
}

fn branch(name: String, ty: DefinitionId) -> Branch {
    Branch {
        name,
        ty,
        condition: None,
        unstable: false,
    }
}

/// An answer has no places.
const NOWHERE: Span = Span {
    file: FileId(0),
    start: 0,
    end: 0,
};

fn wrong(name: &str, problem: &str) -> ToldError {
    ToldError::Entry {
        name: name.to_owned(),
        problem: problem.to_owned(),
    }
}

impl fmt::Display for ToldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer => f.write_str("expected an array of the entries of query-qmp-schema"),
            Self::Entry { name, problem } => write!(f, "the entry `{name}`: {problem}"),
        }
    }
}

impl std::error::Error for ToldError {}
