//! What our own description of QEMU's interfaces says of something that a machine has.
//!
//! The machine says what there is; the schema that is built in only lends words: what something is for, since when it is
//! there, what its type is called. It may be older or newer than the machine, so nothing depends on its having any.

use qapi_client::Schema as Live;
use qapi_client::schema::{JsonType, Type};
use qapi_codegen::emit::introspect::introspect;
use qapi_codegen::emit::reference::model::sentence;
use qapi_codegen::markup::{self, Block, Document};
use qapi_codegen::schema::{
    Builtin, Definition, DefinitionId, Doc, DocKind, Filter, Kind, Member, Schema, Version,
};

use crate::embedded;

/// The interfaces that are described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interface {
    Machine,
    StorageDaemon,
    Agent,
}

/// The words for one interface.
#[derive(Debug)]
pub(super) struct Words {
    schema: Schema,
}

/// What is said of a part of the interface.
#[derive(Clone, Debug)]
pub(super) struct Said<'w> {
    part: Part<'w>,
    schema: &'w Schema,
}

/// A part of the interface.
#[derive(Clone, Copy, Debug)]
enum Part<'w> {
    /// A command or event.
    Message(&'w Definition),
    /// What a command takes or returns, or an event tells, or what a branch adds: a type, and the documentation that
    /// describes members which have no type of their own.
    Type(DefinitionId, Option<&'w Doc>),
    Member(&'w Member, Option<&'w Doc>),
    Value(&'w str, Option<&'w Doc>),
    Feature(&'w str, Option<&'w Doc>),
}

impl Interface {
    /// Which one a server has.
    pub(super) fn of(schema: &Live) -> Self {
        match schema {
            schema if schema.has("query-status") => Self::Machine,
            schema if schema.has("guest-sync") => Self::Agent,
            _ => Self::StorageDaemon,
        }
    }

    fn root(self) -> &'static str {
        match self {
            Self::Machine => embedded::ROOT,
            Self::StorageDaemon => "schema/storage-daemon/qapi-schema.json",
            Self::Agent => "schema/qga/qapi-schema.json",
        }
    }
}

impl Words {
    /// Reads and checks the schema that is built in, which takes some twenty milliseconds: only whoever wants words does.
    pub(super) fn of(interface: Interface) -> Option<Self> {
        let root = interface.root().as_ref();
        let analysis = qapi_codegen::analyze(root, &embedded::loader(), None).ok()?;
        let schema = analysis.schema?;
        Some(Self { schema })
    }

    /// What is said of what `path` leads to, a path as [`Live::find`] has it, without wildcards.
    pub(super) fn find(&self, path: &str) -> Option<Said<'_>> {
        let mut steps = path.split('/');
        let first = self.schema.find(steps.next()?)?;
        let first = self.schema.definition(first);
        let mut part = match first.kind {
            Kind::Command(_) | Kind::Event(_) => Part::Message(first),
            _ => return None,
        };
        for step in steps {
            part = self.step(part, step)?;
        }
        let schema = &self.schema;
        Some(Said { part, schema })
    }

    /// What a server of this interface would say of itself that has those commands of which `has` holds: for one that has no
    /// such words.
    pub(super) fn as_told(&self, has: impl Fn(&str) -> bool) -> Option<Live> {
        let mut told = introspect(&self.schema, &Filter::default());
        told.as_array_mut()?.retain(|entity| {
            entity["meta-type"] != "command" || entity["name"].as_str().is_some_and(&has)
        });
        qapi_types::from_str(&told.to_string()).ok()
    }

    fn step<'w>(&'w self, part: Part<'w>, step: &str) -> Option<Part<'w>> {
        if let Some(name) = step.strip_prefix("feature:") {
            return self.feature(part, name);
        }
        match part {
            Part::Message(definition) => {
                let doc = self.schema.doc(definition);
                let ty = match (&definition.kind, step) {
                    (Kind::Command(command), "arg") => command.arguments,
                    (Kind::Command(command), "ret") => command.returns,
                    (Kind::Event(event), "arg") => event.data,
                    _ => None,
                };
                Some(Part::Type(ty?, doc))
            }
            Part::Type(ty, doc) => self.within(ty, doc, step),
            Part::Member(member, _) => self.within(member.ty, None, step),
            Part::Value(..) | Part::Feature(..) => None,
        }
    }

    /// From a type to one of its parts. Lists and alternates are gone through.
    fn within<'w>(
        &'w self,
        ty: DefinitionId,
        doc: Option<&'w Doc>,
        step: &str,
    ) -> Option<Part<'w>> {
        let definition = self.schema.definition(ty);
        let doc = self.schema.doc(definition).or(doc);
        match &definition.kind {
            Kind::Array(element) => self.within(*element, None, step),
            // An alternate has no alternates in it.
            Kind::Alternate(alternate) => {
                let branches = alternate.branches.iter();
                let mut parts = branches.filter_map(|branch| self.within(branch.ty, None, step));
                parts.next()
            }
            Kind::Enum(values) => {
                let value = values.values.iter().find(|value| value.name == step)?;
                Some(Part::Value(&value.name, doc))
            }
            Kind::Object(object) => {
                let members = self.schema.all_members(ty);
                let member = members.into_iter().find(|(_, member)| member.name == step);
                if let Some((owner, member)) = member {
                    return Some(Part::Member(member, self.schema.doc(owner).or(doc)));
                }
                let branches = object.union.iter().flat_map(|union| &union.branches);
                let branch = branches.into_iter().find(|branch| branch.name == step)?;
                Some(Part::Type(branch.ty, None))
            }
            Kind::Builtin(_) | Kind::Command(_) | Kind::Event(_) => None,
        }
    }

    fn feature<'w>(&'w self, part: Part<'w>, name: &str) -> Option<Part<'w>> {
        let of_type = |ty| self.schema.doc(self.schema.definition(ty));
        let doc = match part {
            Part::Message(definition) => self.schema.doc(definition),
            Part::Type(ty, doc) => of_type(ty).or(doc),
            Part::Member(_, doc) | Part::Value(_, doc) | Part::Feature(_, doc) => doc,
        };
        let (name, _) = doc?.features.iter().find(|(own, _)| own == name)?;
        Some(Part::Feature(name, doc))
    }
}

impl<'w> Said<'w> {
    /// What it is and does, without what [`since`](Self::since) says.
    pub(super) fn text(&self) -> Document {
        let member = |doc: Option<&'w Doc>, name: &str| {
            let text = doc?.member(name)?;
            let since = Version::in_description(text);
            Some(since.map_or(text, |since| since.left_out_of(text)))
        };
        let text = match self.part {
            Part::Message(_) | Part::Type(..) => {
                let doc = self.doc();
                return markup::parse_body(doc.map_or("", |doc| &doc.body));
            }
            Part::Member(it, doc) => member(doc, &it.name),
            Part::Value(name, doc) => member(doc, name),
            Part::Feature(name, doc) => doc.and_then(|doc| doc.feature(name)),
        };
        markup::parse(text.unwrap_or_default())
    }

    /// The first sentence of that.
    pub(super) fn summary(&self) -> String {
        sentence(&self.text())
    }

    /// Since which release it is there.
    pub(super) fn since(&self) -> Option<Version> {
        let of_part = |doc: Option<&Doc>, name: &str| {
            let text = doc.and_then(|doc| doc.member(name));
            text.and_then(Version::in_description)
        };
        match self.part {
            Part::Message(definition) => self.schema.since(definition),
            Part::Type(ty, _) => self.schema.since(self.schema.definition(ty)),
            Part::Member(member, doc) => of_part(doc, &member.name),
            Part::Value(name, doc) => of_part(doc, name),
            Part::Feature(..) => None,
        }
    }

    /// What is said of what a command returns.
    pub(super) fn returns(&self) -> Document {
        self.sections(DocKind::Returns)
    }

    /// How a command fails.
    pub(super) fn errors(&self) -> Document {
        self.sections(DocKind::Errors)
    }

    /// What is said besides: notes, examples.
    pub(super) fn details(&self) -> Document {
        self.sections(DocKind::Plain)
    }

    /// The examples alone.
    #[allow(dead_code, reason = "for those who help while one types")]
    pub(super) fn examples(&self) -> Document {
        let is_example = |block: &Block| matches!(block, Block::Example { .. });
        let blocks = [self.text(), self.details()].map(|text| text.blocks);
        Document {
            blocks: blocks.into_iter().flatten().filter(is_example).collect(),
        }
    }

    /// The same of its type: what a member is of, what a command returns.
    pub(super) fn of_type(&self) -> Option<Said<'w>> {
        let part = Part::Type(self.type_id()?, None);
        let schema = self.schema;
        Some(Said { part, schema })
    }

    /// What its type is called, in brackets if it is a list: nothing if that has no name, or is another kind of type than
    /// the machine's.
    pub(super) fn type_name(&self, live: Type<'_>) -> Option<String> {
        let ty = self.schema.definition(self.type_id()?);
        match (&ty.kind, live) {
            (Kind::Array(element), Type::Array(array)) => {
                let element = self.schema.definition(*element);
                let name = fitting_name(element, array.element_type())?;
                Some(format!("[{name}]"))
            }
            _ => fitting_name(ty, live).map(str::to_owned),
        }
    }

    fn type_id(&self) -> Option<DefinitionId> {
        match self.part {
            Part::Type(ty, _) => Some(ty),
            Part::Member(member, _) => Some(member.ty),
            Part::Message(_) | Part::Value(..) | Part::Feature(..) => None,
        }
    }

    fn doc(&self) -> Option<&'w Doc> {
        match self.part {
            Part::Message(definition) => self.schema.doc(definition),
            Part::Type(ty, _) => {
                let mut ty = self.schema.definition(ty);
                if let Kind::Array(element) = ty.kind {
                    ty = self.schema.definition(element);
                }
                self.schema.doc(ty)
            }
            Part::Member(..) | Part::Value(..) | Part::Feature(..) => None,
        }
    }

    fn sections(&self, kind: DocKind) -> Document {
        let sections = self.doc().into_iter().flat_map(|doc| &doc.sections);
        let those = sections.filter(|section| section.kind == kind);
        let blocks = those.flat_map(|section| markup::parse(&section.text).blocks);
        Document {
            blocks: blocks.collect(),
        }
    }
}

/// The name of a type, if it has one and is of the machine's kind.
fn fitting_name<'w>(ty: &'w Definition, live: Type<'_>) -> Option<&'w str> {
    let fits = match (&ty.kind, live) {
        (Kind::Builtin(builtin), Type::Builtin(live)) => json_type(*builtin) == live.json_type(),
        (Kind::Enum(_), Type::Enum(_)) | (Kind::Alternate(_), Type::Alternate(_)) => true,
        (Kind::Object(object), Type::Object(_)) => !object.implicit,
        _ => false,
    };
    fits.then_some(&ty.name)
}

fn json_type(builtin: Builtin) -> JsonType {
    match builtin {
        Builtin::Str => JsonType::String,
        Builtin::Number => JsonType::Number,
        Builtin::Bool => JsonType::Boolean,
        Builtin::Null => JsonType::Null,
        Builtin::Any => JsonType::Value,
        _ => JsonType::Int,
    }
}

#[cfg(test)]
mod tests;
