//! One place: all that there is to know of it.

use std::collections::HashSet;

use qapi_client::Schema;
use qapi_client::schema::{Enum, Item, Member, Object, Place, Type};
use qapi_codegen::emit::reference::text::Writer;
use qapi_codegen::markup::Document;

use crate::qmp::words::{Said, Words};

/// How far elements and alternates are told of what they are. A schema of QEMU's has two levels.
const LEVELS: usize = 4;

/// The page of `place`, in lines of so many columns.
pub(super) fn write(
    schema: &Schema,
    words: Option<&Words>,
    place: &Place<'_>,
    columns: usize,
) -> String {
    let page = Page { schema, words };
    let mut writer = Writer::new(columns);
    match place.item {
        Item::Command(command) => {
            let halves = [command.argument_type(), command.return_type()];
            page.message("command", "Arguments", halves, place, &mut writer);
        }
        Item::Event(event) => {
            let halves = [event.argument_type(), None];
            page.message("event", "Data", halves, place, &mut writer);
        }
        _ => page.part(place, &mut writer),
    }
    writer.finish()
}

/// What type it is: its name where that is known, else what the machine says of it.
pub(super) fn type_word(ty: Type<'_>, said: Option<&Said<'_>>) -> String {
    let name = said.and_then(|said| said.type_name(ty));
    name.unwrap_or_else(|| unnamed(ty, LEVELS))
}

fn unnamed(ty: Type<'_>, levels: usize) -> String {
    match ty {
        _ if levels == 0 => "…".to_owned(),
        Type::Builtin(builtin) => builtin.name().to_owned(),
        Type::Enum(_) => "enum".to_owned(),
        Type::Array(array) => format!("[{}]", unnamed(array.element_type(), levels - 1)),
        Type::Object(_) => "object".to_owned(),
        Type::Alternate(alternate) => {
            let types = alternate.types().map(|ty| unnamed(ty, levels - 1));
            types.collect::<Vec<_>>().join(" or ")
        }
        _ => "unknown".to_owned(),
    }
}

/// What one should know of an item: that it is about to go, that it may be executed out of band.
pub(super) fn marks(item: Item<'_>) -> Vec<String> {
    let oob = matches!(item, Item::Command(command) if command.allow_oob());
    let features = item.features().iter().map(|name| match &**name {
        "deprecated" | "unstable" => name.clone(),
        name => format!("feature {name}"),
    });
    let oob = oob.then(|| "out of band".to_owned());
    features.chain(oob).collect()
}

struct Page<'p> {
    schema: &'p Schema,
    words: Option<&'p Words>,
}

impl Page<'_> {
    /// A command or event: its arguments under a title, and what it returns.
    fn message(
        &self,
        kind: &str,
        title: &str,
        [argument, returned]: [Option<Type<'_>>; 2],
        place: &Place<'_>,
        writer: &mut Writer,
    ) {
        let path = &place.path;
        let said = self.said(path);
        let said = said.as_ref();
        head(path, vec![kind.to_owned()], said, place.item, writer);
        writer.inside(|writer| {
            text_below(said.map(Said::text), writer);
            self.half(title, argument, &format!("{path}/arg"), None, writer);
            let returns = said.map(Said::returns);
            self.half("Returns", returned, &format!("{path}/ret"), returns, writer);
            self.features(path, place.item.features(), writer);
            let errors = said.map(Said::errors).filter(|errors| !errors.is_empty());
            if let Some(errors) = errors {
                titled("Errors", writer, |writer| writer.document(&errors));
            }
            text(said.map(Said::details), writer);
        });
    }

    /// What is no command and no event.
    fn part(&self, place: &Place<'_>, writer: &mut Writer) {
        let Place { path, item, .. } = place;
        let said = self.said(path);
        let said = said.as_ref();
        let mut remarks = Vec::new();
        remarks.extend(item.ty().map(|ty| type_word(ty, said)));
        match item {
            Item::Member(member) if member.is_optional() => remarks.push("optional".to_owned()),
            Item::Value(_) => remarks.push("value".to_owned()),
            Item::Feature(_) => remarks.push("feature".to_owned()),
            _ => {}
        }
        head(path, remarks, said, *item, writer);
        writer.inside(|writer| {
            text_below(said.map(Said::text), writer);
            if let (Item::Member(_), Some(said)) = (item, said) {
                // What says the same of both need not say it twice.
                let of_type = said.of_type().map(|of_type| of_type.text());
                text(of_type.filter(|text| *text != said.text()), writer);
            }
            self.features(path, item.features(), writer);
            match item.ty() {
                Some(ty) => {
                    writer.gap();
                    self.content(ty, path, writer);
                }
                None => self.branch_of_value(place, writer),
            }
            text(said.map(Said::details), writer);
        });
    }

    /// What a command takes or returns, if that is something.
    fn half(
        &self,
        title: &str,
        ty: Option<Type<'_>>,
        path: &str,
        returns: Option<Document>,
        writer: &mut Writer,
    ) {
        let is_something = |ty: &Type<'_>| match ty {
            Type::Object(object) => object.members().len() + object.branches().len() > 0,
            _ => true,
        };
        let returns = returns.filter(|text| !text.is_empty());
        let Some(ty) = ty.filter(|ty| returns.is_some() || is_something(ty)) else {
            return;
        };
        // That members which are given in place are an object goes without saying.
        let said = self.said(path);
        let word = type_word(ty, said.as_ref());
        let remarks = Some(word).filter(|word| word != "object");
        writer.gap();
        writer.named(title, remarks.into_iter().collect());
        writer.inside(|writer| {
            if let Some(returns) = returns {
                writer.document(&returns);
                writer.gap();
            }
            self.content(ty, path, writer);
        });
    }

    /// What a type consists of.
    fn content(&self, ty: Type<'_>, path: &str, writer: &mut Writer) {
        for (at, ty) in leaves(ty).into_iter().enumerate() {
            if at > 0 {
                writer.gap();
            }
            match ty {
                Type::Object(object) => self.object(object, path, writer),
                Type::Enum(ty) => self.values(ty, path, writer),
                _ => {}
            }
        }
    }

    fn object(&self, object: Object<'_>, path: &str, writer: &mut Writer) {
        for (at, member) in object.members().enumerate() {
            if at > 0 {
                writer.gap();
            }
            self.member(member, path, writer);
        }
        let Some(tag) = object.tag() else { return };
        let branches = object.branches();
        let branches = branches.map(|branch| (branch.name(), members(branch.ty())));
        let (with, without): (Vec<_>, Vec<_>) = branches.partition(|(_, names)| !names.is_empty());
        if !with.is_empty() {
            titled(&format!("Further members by {tag}"), writer, |writer| {
                for (name, members) in with {
                    writer.named(name, members);
                }
            });
        }
        if !without.is_empty() {
            let names = without.into_iter().map(|(name, _)| name.to_owned());
            writer.gap();
            writer.named(&format!("No further members by {tag}"), names.collect());
        }
    }

    fn member(&self, member: Member<'_>, path: &str, writer: &mut Writer) {
        let said = self.said(&format!("{path}/{}", member.name()));
        let said = said.as_ref();
        let mut remarks = vec![type_word(member.ty(), said)];
        if member.is_optional() {
            remarks.push("optional".to_owned());
        }
        head(member.name(), remarks, said, Item::Member(member), writer);
        let values = leaves(member.ty()).into_iter().filter_map(|ty| match ty {
            Type::Enum(ty) => Some(ty),
            _ => None,
        });
        let values = values.flat_map(Enum::values);
        let values: Vec<_> = values.map(|value| value.name().to_owned()).collect();
        writer.inside(|writer| {
            text_below(said.map(Said::text), writer);
            if !values.is_empty() {
                writer.named("Values", values);
            }
        });
    }

    fn values(&self, ty: Enum<'_>, path: &str, writer: &mut Writer) {
        writer.named("Values", Vec::new());
        writer.inside(|writer| {
            for value in ty.values() {
                let said = self.said(&format!("{path}/{}", value.name()));
                head(
                    value.name(),
                    Vec::new(),
                    said.as_ref(),
                    Item::Value(value),
                    writer,
                );
                writer.inside(|writer| text_below(said.map(|said| said.text()), writer));
            }
        });
    }

    /// Of a value that chooses the branch of a union what that adds.
    fn branch_of_value(&self, place: &Place<'_>, writer: &mut Writer) {
        let mut steps = place.path.rsplitn(3, '/');
        let (Item::Value(value), Some(_), Some(tag), Some(object)) =
            (place.item, steps.next(), steps.next(), steps.next())
        else {
            return;
        };
        let owners = self.schema.find(object).into_iter();
        let objects = owners.filter_map(|owner| owner.item.ty()).flat_map(leaves);
        let mut objects = objects.filter_map(Type::as_object);
        let union = objects.find(|object| object.tag() == Some(tag));
        let Some(branch) = union.and_then(|union| union.branch(value.name())) else {
            return;
        };
        let path = format!("{object}/{}", value.name());
        let word = type_word(branch.ty(), self.said(&path).as_ref());
        writer.gap();
        match members(branch.ty()).is_empty() {
            true => writer.paragraph("It adds no members."),
            false => {
                writer.named("Further members", vec![word]);
                writer.inside(|writer| self.content(branch.ty(), &path, writer));
            }
        }
    }

    fn features(&self, path: &str, features: &[String], writer: &mut Writer) {
        if features.is_empty() {
            return;
        }
        titled("Features", writer, |writer| {
            for feature in features {
                let said = self.said(&format!("{path}/feature:{feature}"));
                writer.named(feature, Vec::new());
                writer.inside(|writer| text_below(said.map(|said| said.text()), writer));
            }
        });
    }

    fn said(&self, path: &str) -> Option<Said<'_>> {
        self.words.and_then(|words| words.find(path))
    }
}

/// A name with what there is to know of it.
fn head(
    name: &str,
    mut remarks: Vec<String>,
    said: Option<&Said<'_>>,
    item: Item<'_>,
    writer: &mut Writer,
) {
    let since = said.and_then(Said::since);
    remarks.extend(since.map(|version| format!("since {version}")));
    remarks.extend(marks(item));
    writer.named(name, remarks);
}

/// A title with what belongs to it.
fn titled(title: &str, writer: &mut Writer, write: impl FnOnce(&mut Writer)) {
    writer.gap();
    writer.named(title, Vec::new());
    writer.inside(write);
}

/// Text on its own.
fn text(document: Option<Document>, writer: &mut Writer) {
    if document
        .as_ref()
        .is_some_and(|document| !document.is_empty())
    {
        writer.gap();
    }
    text_below(document, writer);
}

/// Text that belongs to the line before.
fn text_below(document: Option<Document>, writer: &mut Writer) {
    if let Some(document) = document {
        writer.document(&document);
    }
}

/// The types that a type can be, lists and alternates gone through, each once.
fn leaves(ty: Type<'_>) -> Vec<Type<'_>> {
    let (mut leaves, mut seen) = (Vec::new(), HashSet::new());
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        match ty {
            _ if !seen.insert(ty.name()) => {}
            Type::Array(array) => open.push(array.element_type()),
            Type::Alternate(alternate) => {
                let begin = open.len();
                open.extend(alternate.types());
                open[begin..].reverse();
            }
            ty => leaves.push(ty),
        }
    }
    leaves
}

/// The names of an object's members, those in brackets that can be left out; and the members by which it goes on.
fn members(ty: Type<'_>) -> Vec<String> {
    let Some(object) = ty.as_object() else {
        return Vec::new();
    };
    let members = object.members().map(|member| match member.is_optional() {
        true => format!("[{}]", member.name()),
        false => member.name().to_owned(),
    });
    let tag = object.tag().map(|tag| format!("and others by {tag}"));
    members.chain(tag).collect()
}
