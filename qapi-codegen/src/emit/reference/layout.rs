//! How an entry is laid out, whatever the format: what is shown of it, under which titles, in which order.
//!
//! Text, manual page and Markdown are three ways to write down these [`Piece`]s. So each of them shows the same
//! things in the same order, and what is shown here is left out nowhere.

use std::collections::HashMap;
use std::fmt;

use super::model::{
    Content, Entry, EntryId, EntryKind, Feature, Features, JsonKind, Member, Object, Reference,
    TypeRef, plain,
};
use crate::markup::{self, Document};
use crate::schema::{Condition, Version};

/// A piece of an entry.
pub(super) enum Piece<'r, 'a> {
    /// Running documentation.
    Text(&'r Document),
    /// Documentation under a title, with a type: what is returned, how it fails.
    Section {
        /// The title.
        title: &'static str,
        /// The type that it is about.
        ty: Option<TypeRef<'a>>,
        /// What is said.
        text: &'r Document,
    },
    /// Members and the like, under a title.
    List {
        /// The title.
        title: Title<'a>,
        /// What is listed.
        items: Vec<Item<'r, 'a>>,
    },
    /// What uses a type, each once.
    Uses(Vec<EntryId>),
}

/// The title of a list.
pub(super) enum Title<'a> {
    /// A word.
    Word(&'static str),
    /// Members that a type brings with it.
    From(&'static str, EntryId),
    /// The branches that a member chooses among.
    Choice(&'a str),
}

/// Something with a name.
pub(super) struct Item<'r, 'a> {
    /// The name.
    pub(super) name: &'a str,
    /// Its id within the reference, if it has one.
    pub(super) anchor: Option<String>,
    /// Its type.
    pub(super) ty: Option<TypeRef<'a>>,
    /// What stands behind the type.
    pub(super) marks: Vec<Mark<'a>>,
    /// What is said of it; what is inherited is described where it comes from.
    pub(super) text: Option<&'r Document>,
}

/// What one should know of something besides its name and type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark<'a> {
    /// A plain remark.
    Word(&'static str),
    /// It is about to go, or may.
    Warning(&'static str),
    /// It came with this release.
    Since(String),
    /// It exists in builds with this.
    If(&'a Condition),
    /// It has this feature, which is none of the two that warn.
    Feature(&'a str),
    /// It is a feature of these members, and not of the whole.
    Of(Vec<&'a str>),
    /// It is told from others by this kind of JSON value.
    Json(JsonKind),
}

impl fmt::Display for Mark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mark::Word(word) | Mark::Warning(word) => f.write_str(word),
            Mark::Since(text) => write!(f, "since {text}"),
            Mark::If(condition) => write!(f, "if {condition}"),
            Mark::Feature(name) => write!(f, "feature {name}"),
            Mark::Of(names) => write!(f, "of {}", names.join(", ")),
            Mark::Json(kind) => write!(f, "JSON: {}", kind.word()),
        }
    }
}

/// What stands behind the name of an entry: what it is first.
pub(super) fn marks<'a>(entry: &Entry<'a>) -> Vec<Mark<'a>> {
    let mut marks = vec![Mark::Word(entry.kind.word())];
    if let Some(since) = &entry.since {
        marks.push(Mark::Since(plain(&markup::parse(since.text))));
    }
    add_features(&mut marks, &entry.features);
    marks.extend(entry.condition.map(Mark::If));
    let flags = [
        (entry.flags.out_of_band, "may be sent out of band"),
        (
            entry.flags.preconfig,
            "may be sent before the machine is built",
        ),
        (
            entry.flags.more_arguments,
            "takes more arguments than are listed",
        ),
        (entry.flags.silent, "answered on failure only"),
    ];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
    marks.extend(flags.map(|(_, text)| Mark::Word(text)));
    marks
}

/// Lays out the entries of a reference.
pub(super) struct Layout<'r, 'a> {
    reference: &'r Reference<'a>,
    /// Of which entries what they inherit is shown with them.
    repeats: Vec<bool>,
}

impl<'r, 'a> Layout<'r, 'a> {
    /// What is inherited is repeated as far as an allowance goes: a schema whose types repeat one another's members
    /// without end does not make files without end.
    pub(super) fn of(reference: &'r Reference<'a>) -> Self {
        let mut allowance = 10_000 + 16 * reference.parts();
        let repeats = reference.entries().map(|(_, entry)| {
            let left = allowance.checked_sub(inherited(reference, entry));
            allowance = left.unwrap_or(allowance);
            left.is_some()
        });
        Layout {
            reference,
            repeats: repeats.collect(),
        }
    }

    /// Is a member, value or alternative shown with an entry that has it?
    pub(super) fn shows(&self, id: EntryId, name: &str) -> bool {
        let is_own = || match &self.reference.entry(id).content {
            Content::Object(object) => object.members.iter().any(|member| member.name == name),
            Content::Enum(_) | Content::Alternate(_) => true,
        };
        self.repeats[id.index()] || is_own()
    }

    /// Everything about an entry but its name and [`marks`].
    pub(super) fn pieces(&self, id: EntryId) -> Vec<Piece<'r, 'a>> {
        let entry = self.reference.entry(id);
        let mut pieces = Vec::new();
        text(&mut pieces, &entry.description);
        match &entry.content {
            Content::Enum(values) => {
                let items = values.iter().map(|value| Item {
                    name: value.name,
                    anchor: Some(entry.member_anchor(value.name)),
                    ty: None,
                    marks: part_marks(value.since, &value.features, value.condition),
                    text: Some(&value.description),
                });
                list(&mut pieces, Title::Word("Values"), items.collect());
            }
            Content::Alternate(alternatives) => {
                let items = alternatives.iter().map(|one| {
                    let mut marks = vec![Mark::Json(one.json)];
                    marks.extend(one.since.map(since));
                    marks.extend(one.condition.map(Mark::If));
                    Item {
                        name: one.name,
                        anchor: Some(entry.member_anchor(one.name)),
                        ty: Some(one.ty),
                        marks,
                        text: Some(&one.description),
                    }
                });
                list(&mut pieces, Title::Word("Alternatives"), items.collect());
            }
            Content::Object(object) => self.members(&mut pieces, id, object),
        }
        features(&mut pieces, entry);
        section(&mut pieces, "Returns", entry.returns, &entry.returns_text);
        section(&mut pieces, "Errors", None, &entry.errors);
        text(&mut pieces, &entry.details);
        let mut users: Vec<EntryId> = entry.used_by.iter().map(|one| one.by).collect();
        users.dedup();
        if !users.is_empty() {
            pieces.push(Piece::Uses(users));
        }
        pieces
    }

    /// Members, with a list for each type that they come from, and branches. What is inherited beyond the allowance
    /// is a title that names the type.
    fn members(&self, pieces: &mut Vec<Piece<'r, 'a>>, id: EntryId, object: &'r Object<'a>) {
        let entry = self.reference.entry(id);
        let word = match entry.kind {
            EntryKind::Command => "Arguments",
            EntryKind::Event => "Data",
            _ => "Members",
        };
        let may_repeat = self.repeats[id.index()];
        if may_repeat {
            let all = self.reference.members(id);
            let inherited = all.into_iter().filter(|one| one.owner != id);
            let inherited: Vec<_> = inherited.collect();
            for group in inherited.chunk_by(|one, next| one.owner == next.owner) {
                let items = group.iter().map(|one| item(entry, one.member, false));
                list(pieces, Title::From(word, group[0].owner), items.collect());
            }
        } else if let Some(base) = object.base {
            let title = Title::From(word, base);
            let items = Vec::new();
            pieces.push(Piece::List { title, items });
        }
        let own = object
            .members
            .iter()
            .map(|member| item(entry, member, true));
        list(pieces, Title::Word(word), own.collect());
        let inherited = || self.reference.union(id).filter(|_| may_repeat);
        if let Some(union) = object.union.as_ref().or_else(inherited) {
            let items = union.branches.iter().map(|branch| {
                let nothing = branch.ty.is_none();
                let nothing = nothing.then_some(Mark::Word("no further members"));
                let condition = branch.condition.map(Mark::If);
                Item {
                    name: branch.value,
                    anchor: Some(entry.branch_anchor(union, branch.value)),
                    ty: branch.ty.map(|ty| named(self.reference, ty)),
                    marks: nothing.into_iter().chain(condition).collect(),
                    text: None,
                }
            });
            list(pieces, Title::Choice(union.discriminator), items.collect());
        }
    }
}

/// How many members and branches an entry inherits.
fn inherited(reference: &Reference<'_>, entry: &Entry<'_>) -> usize {
    let mut count = 0;
    let mut content = &entry.content;
    while let Content::Object(Object { base: Some(id), .. }) = content {
        content = &reference.entry(*id).content;
        if let Content::Object(base) = content {
            let branches = base.union.as_ref().map_or(0, |union| union.branches.len());
            count += base.members.len() + branches;
        }
    }
    count
}

fn text<'r, 'a>(pieces: &mut Vec<Piece<'r, 'a>>, text: &'r Document) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

fn section<'r, 'a>(
    pieces: &mut Vec<Piece<'r, 'a>>,
    title: &'static str,
    ty: Option<TypeRef<'a>>,
    text: &'r Document,
) {
    if ty.is_some() || !text.is_empty() {
        pieces.push(Piece::Section { title, ty, text });
    }
}

fn list<'r, 'a>(pieces: &mut Vec<Piece<'r, 'a>>, title: Title<'a>, items: Vec<Item<'r, 'a>>) {
    if !items.is_empty() {
        pieces.push(Piece::List { title, items });
    }
}

fn item<'r, 'a>(entry: &Entry<'a>, member: &'r Member<'a>, is_own: bool) -> Item<'r, 'a> {
    let optional = member.optional.then_some(Mark::Word("optional"));
    let others = part_marks(member.since, &member.features, member.condition);
    Item {
        name: member.name,
        anchor: Some(entry.member_anchor(member.name)),
        ty: Some(member.ty),
        marks: optional.into_iter().chain(others).collect(),
        text: is_own.then_some(&member.description),
    }
}

fn named<'a>(reference: &Reference<'a>, id: EntryId) -> TypeRef<'a> {
    TypeRef {
        name: reference.entry(id).name,
        arrays: 0,
        entry: Some(id),
        builtin: None,
    }
}

fn since<'a>(version: Version) -> Mark<'a> {
    Mark::Since(version.to_string())
}

fn part_marks<'a>(
    version: Option<Version>,
    features: &Features<'a>,
    condition: Option<&'a Condition>,
) -> Vec<Mark<'a>> {
    let mut marks = Vec::new();
    marks.extend(version.map(since));
    add_features(&mut marks, features);
    marks.extend(condition.map(Mark::If));
    marks
}

fn add_features<'a>(marks: &mut Vec<Mark<'a>>, features: &Features<'a>) {
    for feature in &features.0 {
        marks.push(match feature.name {
            "deprecated" => Mark::Warning("deprecated"),
            "unstable" => Mark::Warning("unstable"),
            name => Mark::Feature(name),
        });
    }
}

/// The features of an entry and of its parts. What several parts have is described once.
fn features<'r, 'a>(pieces: &mut Vec<Piece<'r, 'a>>, entry: &'r Entry<'a>) {
    let own = entry.features.0.iter().map(|feature| (None, feature));
    let mut all: Vec<(Option<&'a str>, &'r Feature<'a>)> = own.collect();
    let mut add = |name: &'a str, features: &'r Features<'a>| {
        all.extend(features.0.iter().map(|feature| (Some(name), feature)));
    };
    match &entry.content {
        Content::Enum(values) => values.iter().for_each(|one| add(one.name, &one.features)),
        Content::Object(object) => {
            let members = object.members.iter();
            members.for_each(|one| add(one.name, &one.features));
        }
        Content::Alternate(_) => {}
    }
    let mut groups: Vec<(&'r Feature<'a>, bool, Vec<&'a str>)> = Vec::new();
    let mut known = HashMap::new();
    for (of, feature) in all {
        let at = *known
            .entry((feature.name, feature.condition))
            .or_insert_with(|| {
                groups.push((feature, of.is_none(), Vec::new()));
                groups.len() - 1
            });
        groups[at].2.extend(of);
    }
    let items = groups.into_iter().map(|(feature, is_own, names)| {
        let of = (!is_own && !names.is_empty()).then_some(Mark::Of(names));
        Item {
            name: feature.name,
            anchor: is_own.then(|| entry.feature_anchor(feature.name)),
            ty: None,
            marks: of
                .into_iter()
                .chain(feature.condition.map(Mark::If))
                .collect(),
            text: Some(&feature.description),
        }
    });
    list(pieces, Title::Word("Features"), items.collect());
}
