//! Documentation: that it is for the definition it stands before, that it tells of all there is, and of
//! nothing else.

use std::collections::HashMap;

use super::Input;
use super::entities::{EntityId, EntityKind, Table};
use super::resolve::Resolver;
use super::scope::Scope;
use super::structs::object;
use crate::diagnostic::{Code, Diagnostic, closest, quoted};
use crate::schema::Feature;
use crate::source::Span;
use crate::syntax::{Definition, Description, Document, Key, SectionKind};

/// Looks at a definition's documentation as a whole. Answers which it is, if it is the right one.
pub(super) fn of_definition(
    definition: &Definition,
    name: &str,
    name_is_wrong: bool,
    input: &Input<'_>,
    scope: &mut Scope<'_>,
) -> Option<usize> {
    let Some(at) = definition.doc else {
        if input.pragmas.doc_required && !definition.doc_lost {
            let diagnostic = scope
                .diagnostic(
                    Code::DocRequired,
                    format!("{} has no documentation", quoted(name)),
                )
                .label(first_line(definition, input), "")
                .note("the pragma `doc-required` asks for it")
                .help(format!(
                    "write a comment before it: `##`, `# @{name}:`, …, `##`"
                ));
            scope.push(diagnostic);
        }
        return None;
    };
    let document = &input.docs[at];
    let symbol = document.symbol.as_ref()?;
    // A name that is wrong by itself need not be that of the documentation, too.
    if symbol.text.is_empty() || name_is_wrong {
        return None;
    }
    if symbol.text != name {
        let message = format!("the documentation is for {}", quoted(&symbol.text));
        let diagnostic = scope
            .diagnostic(Code::DocMismatch, message)
            .label(symbol.span, format!("this should be {}", quoted(name)));
        scope.push(diagnostic);
        return None;
    }
    let command = definition.object.get("command").is_some();
    for (kind, tag) in [
        (SectionKind::Returns, "Returns"),
        (SectionKind::Errors, "Errors"),
    ] {
        let Some(section) = document.section(kind) else {
            continue;
        };
        let problem = if !command {
            "only commands have"
        } else if kind == SectionKind::Returns
            && definition.object.get("returns").is_none()
            && !input.dialect.tolerates_empty_returns()
        {
            "the command returns nothing, yet its documentation has"
        } else {
            continue;
        };
        let message = format!("{problem} a section `{tag}:`");
        let mut diagnostic = Diagnostic::error(Code::SectionNotAllowed, section.span, message)
            .label(section.span, "");
        diagnostic.subject = scope.subject.cloned();
        scope.push(diagnostic);
    }
    Some(at)
}

/// The first line of a definition; all of it would be too much to show.
fn first_line(definition: &Definition, input: &Input<'_>) -> Span {
    let text = input.sources.text(definition.span);
    let length = text.find('\n').unwrap_or(text.len()) as u32;
    Span {
        end: definition.span.start + length,
        ..definition.span
    }
}

/// Which descriptions have found what they describe.
#[derive(Default)]
pub(super) struct Described {
    docs: HashMap<usize, Found>,
    undescribed: Undescribed,
}

/// Members that need no description and have none, each with the number of the comment that might have it.
pub(super) type Undescribed = Vec<(usize, String)>;

struct Found {
    entity: EntityId,
    members: Vec<bool>,
    features: Vec<bool>,
}

impl Described {
    /// Looks up the descriptions of an entity's members and features.
    pub(super) fn connect(&mut self, id: EntityId, resolver: &mut Resolver<'_>) {
        let Some(doc) = resolver.table.entity(id).doc else {
            return;
        };
        let document = &resolver.documents[doc];
        let mut found = Found {
            entity: id,
            members: vec![false; document.members.len()],
            features: vec![false; document.features.len()],
        };
        let mut features = Places::of(&document.features);
        let mut undescribed = Vec::new();
        for feature in documented_features(id, resolver.table) {
            match features.find(&feature.name) {
                Some(at) => found.features[at] = true,
                None => undescribed.push(feature.clone()),
            }
        }
        for feature in undescribed {
            reject_undescribed_feature(id, &feature, resolver);
        }
        let mut members = Places::of(&document.members);
        let excepted = resolver
            .pragmas
            .documentation_exceptions
            .contains(&resolver.table.entity(id).name);
        let required = resolver.dialect.requires_descriptions() && !excepted;
        let mut undescribed = Vec::new();
        for (name, span) in documented_members(id, resolver.table) {
            match members.find(name) {
                Some(at) => found.members[at] = true,
                None if required => undescribed.push((name.to_owned(), span)),
                None => self.undescribed.push((doc, name.to_owned())),
            }
        }
        for (name, span) in undescribed {
            let as_feature = features.find(&name);
            match as_feature.filter(|&at| !found.features[at]) {
                Some(at) => {
                    let description = &document.features[at].name;
                    reject_member_as_feature(id, &name, span, description, resolver);
                    found.features[at] = true;
                }
                None => {
                    let misspelt =
                        reject_undescribed_member(id, &name, span, document, &found, resolver);
                    if let Some(at) = misspelt {
                        found.members[at] = true;
                    }
                }
            }
        }
        self.docs.insert(doc, found);
    }

    /// A description that has found nothing is of something that does not exist. Answers what has found none.
    pub(super) fn check(self, resolver: &mut Resolver<'_>) -> Undescribed {
        for (doc, document) in resolver.documents.iter().enumerate() {
            let Some(found) = self.docs.get(&doc) else {
                continue;
            };
            if resolver.table.entity(found.entity).faulty {
                continue;
            }
            for (list, used, kind) in [
                (&document.members, &found.members, Kind::Member),
                (&document.features, &found.features, Kind::Feature),
            ] {
                let unused = list.iter().zip(used).filter(|(_, used)| !**used);
                let unused: Vec<_> = unused.map(|(description, _)| &description.name).collect();
                reject_unknown(found.entity, &unused, list, kind, resolver);
            }
        }
        self.undescribed
    }
}

/// What a description can be of.
#[derive(Clone, Copy)]
enum Kind {
    Member,
    Feature,
}

/// Reports the descriptions of what does not exist.
fn reject_unknown(
    id: EntityId,
    unknown: &[&Key],
    list: &[Description],
    kind: Kind,
    resolver: &mut Resolver<'_>,
) {
    if unknown.is_empty() {
        return;
    }
    let (what, mut undescribed) = match kind {
        Kind::Member => {
            let members = documented_members(id, resolver.table).into_iter();
            let names = members.map(|(name, _)| name.to_owned());
            ("member", names.collect::<Vec<_>>())
        }
        Kind::Feature => {
            let features = documented_features(id, resolver.table).into_iter();
            let names = features.map(|feature| feature.name.clone());
            ("feature", names.collect())
        }
    };
    let described = by_name(list);
    undescribed.retain(|name| !described.contains_key(name.as_str()));
    // What is described again has been told of already.
    let is_first = |name: &&&Key| {
        let first = described.get(name.text.as_str());
        first.is_some_and(|&at| list[at].name.span == name.span)
    };
    let unknown = unknown.iter().filter(is_first);
    for name in unknown.filter(|name| !name.text.is_empty()) {
        let message = format!("there is no {what} {} to be described", quoted(&name.text));
        let mut diagnostic =
            Diagnostic::error(Code::UnknownMember, name.span, message).label(name.span, "");
        if resolver.sink.may_compare(undescribed.len()) {
            diagnostic = diagnostic.suggest(&name.text, undescribed.iter().map(String::as_str));
        }
        diagnostic.subject = resolver.table.entity(id).subject.clone();
        resolver.sink.push(diagnostic);
    }
}

/// Where in a list of descriptions each name is; of two, the first.
fn by_name(list: &[Description]) -> HashMap<&str, usize> {
    let pairs = list.iter().enumerate().rev();
    pairs
        .map(|(at, one)| (one.name.text.as_str(), at))
        .collect()
}

/// Where in a list of descriptions names are.
struct Places<'a> {
    list: &'a [Description],
    /// So many were asked for one after the other as they stand in the list. Nearly always all are.
    in_order: usize,
    /// All of them, once one is asked for out of order.
    by_name: Option<HashMap<&'a str, usize>>,
}

impl<'a> Places<'a> {
    fn of(list: &'a [Description]) -> Self {
        Places {
            list,
            in_order: 0,
            by_name: None,
        }
    }

    /// Where a name is; of two, the first, unless that was found already.
    fn find(&mut self, name: &str) -> Option<usize> {
        let next = self.list.get(self.in_order);
        if self.by_name.is_none() && next.is_some_and(|next| next.name.text == name) {
            self.in_order += 1;
            return Some(self.in_order - 1);
        }
        let by_name = self.by_name.get_or_insert_with(|| by_name(self.list));
        by_name.get(name).copied()
    }
}

/// Reports a member that is described as if it were a feature.
fn reject_member_as_feature(
    id: EntityId,
    name: &str,
    span: Span,
    description: &Key,
    resolver: &mut Resolver<'_>,
) {
    let message = format!("the member {} is described under `Features:`", quoted(name));
    let diagnostic = resolver
        .scope(id)
        .diagnostic(Code::UndocumentedMember, message)
        .label(span, "this member")
        .label(description.span, "its description")
        .help("describe it before `Features:`");
    resolver.sink.push(diagnostic);
}

/// Reports a member without description. Answers which description of no other member may be that of this one, its name
/// being misspelt.
fn reject_undescribed_member(
    id: EntityId,
    name: &str,
    span: Span,
    document: &Document,
    found: &Found,
    resolver: &mut Resolver<'_>,
) -> Option<usize> {
    let mut diagnostic = resolver
        .scope(id)
        .diagnostic(
            Code::UndocumentedMember,
            format!("{} has no description", quoted(name)),
        )
        .label(span, "")
        .help(format!("add `# @{}: …` to the documentation", name));
    let mut misspelt = None;
    if resolver.sink.may_compare(document.members.len()) {
        let unused = document.members.iter().zip(&found.members).enumerate();
        let unused = unused.filter(|(_, (_, used))| !**used);
        let names: Vec<(usize, &Key)> = unused.map(|(at, (it, _))| (at, &it.name)).collect();
        let similar = closest(name, names.iter().map(|(_, key)| key.text.as_str()));
        misspelt = names
            .into_iter()
            .find(|(_, key)| Some(key.text.as_str()) == similar);
    }
    if let Some((_, key)) = misspelt {
        diagnostic = diagnostic
            .label(key.span, "this may be meant to describe it")
            .help(format!(
                "if that is so, name both {} or both {}",
                quoted(name),
                quoted(&key.text)
            ));
    }
    resolver.sink.push(diagnostic);
    misspelt.map(|(at, _)| at)
}

/// Reports a feature without description.
fn reject_undescribed_feature(id: EntityId, feature: &Feature, resolver: &mut Resolver<'_>) {
    let message = format!("the feature {} has no description", quoted(&feature.name));
    let help = format!("add `# @{}: …` under `Features:`", feature.name);
    let diagnostic = resolver
        .scope(id)
        .diagnostic(Code::UndocumentedFeature, message)
        .label(feature.span, "")
        .help(help);
    resolver.sink.push(diagnostic);
}

/// The features that an entity's documentation tells of: its own, and those of what is documented with it.
fn documented_features(id: EntityId, table: &Table) -> Vec<&Feature> {
    let entity = table.entity(id);
    let mut features: Vec<&Feature> = entity.features.iter().collect();
    if let EntityKind::Enum { values, .. } = &entity.kind {
        features.extend(values.iter().flat_map(|value| &value.features));
    }
    for owner in documented_objects(id, table) {
        let members = object(table, owner)
            .into_iter()
            .flat_map(|object| &object.members);
        features.extend(members.flat_map(|member| &member.features));
    }
    features
}

/// The members, values or branches that an entity's documentation describes. Those of a named base and of
/// a union's branches are described where they are defined.
fn documented_members(id: EntityId, table: &Table) -> Vec<(&str, Span)> {
    let entity = table.entity(id);
    let mut members = Vec::new();
    match &entity.kind {
        EntityKind::Enum { values, .. } => members.extend(
            values
                .iter()
                .map(|value| (value.name.as_str(), value.span.unwrap_or(entity.span))),
        ),
        EntityKind::Alternate { branches } => {
            members.extend(
                branches
                    .iter()
                    .map(|branch| (branch.name.as_str(), branch.span)),
            );
        }
        _ => {}
    }
    for owner in documented_objects(id, table) {
        if let Some(object) = object(table, owner) {
            members.extend(
                object
                    .members
                    .iter()
                    .map(|member| (member.name.as_str(), member.span)),
            );
        }
    }
    members
}

/// The objects whose members are documented with an entity: itself, and its implicit base or arguments.
fn documented_objects(id: EntityId, table: &Table) -> Vec<EntityId> {
    let implicit = |id: &EntityId| object(table, *id).is_some_and(|object| object.implicit);
    match &table.entity(id).kind {
        EntityKind::Object(object) => {
            let base = object.base_resolved.filter(|base| implicit(base));
            base.into_iter().chain([id]).collect()
        }
        EntityKind::Command(command) => {
            command.data_resolved.filter(implicit).into_iter().collect()
        }
        EntityKind::Event { resolved, .. } => resolved.filter(implicit).into_iter().collect(),
        _ => Vec::new(),
    }
}
