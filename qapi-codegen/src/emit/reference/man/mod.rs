//! The reference as a manual page of section 7.
//!
//! The page is named as QEMU's own is: `qemu-qmp-ref`, `qemu-ga-ref`, `qemu-storage-daemon-qmp-ref`; that of any
//! other schema after its title. Chapters and subjects are its sections and subsections. A definition and a member
//! are each a paragraph with a tag, so that a pager that knows tags goes to them.
//!
//! What is written is ASCII, whatever the schema has, and uses no more of roff than `man`, `mandoc` and `groff`
//! have in common.

mod blocks;
mod inline;
mod roff;

use super::identity::Identity;
use super::layout::{Item, Layout, Mark, Piece, Title, marks};
use super::model::{EntryId, Part, Reference, SubjectId};
use crate::emit::OutputFile;
use crate::markup::Document;
use crate::schema::Version;
use roff::{Date, Roff, Span};

/// The reference as a manual page.
pub fn files(reference: &Reference<'_>) -> Vec<OutputFile> {
    let identity = Identity::of(reference);
    let renderer = Renderer {
        reference,
        layout: Layout::of(reference),
    };
    vec![OutputFile {
        path: format!("{}.7", identity.page),
        text: renderer.page(&identity),
    }]
}

struct Renderer<'r, 'a> {
    reference: &'r Reference<'a>,
    layout: Layout<'r, 'a>,
}

impl Renderer<'_, '_> {
    fn page(&self, identity: &Identity) -> String {
        let mut roff = Roff::default();
        let newest = self.newest();
        let release = newest.map_or_else(String::new, |version| format!("QEMU {version}"));
        let date = newest.map_or_else(Date::unknown, date);
        let name = identity.page.to_uppercase();
        roff.title(&name, date, &release, &identity.about);
        roff.section("NAME");
        roff.words(&[Span::roman(&format!(
            "{} - {}: commands, events, types",
            identity.page, identity.about
        ))]);
        roff.section("DESCRIPTION");
        if let Some(title) = identity.title_besides(self.reference) {
            roff.subsection(title);
        }
        roff.document(&self.reference.introduction);
        for chapter in &self.reference.chapters {
            if let Some(title) = &chapter.title {
                roff.section(title);
            }
            roff.document(&chapter.introduction);
            chapter
                .subjects
                .iter()
                .for_each(|id| self.subject(&mut roff, *id));
        }
        roff.finish()
    }

    /// The newest release that the schema names.
    fn newest(&self) -> Option<Version> {
        let entries = self.reference.entries();
        let versions = entries.filter_map(|(_, entry)| entry.since?.version);
        versions.max()
    }

    fn subject(&self, roff: &mut Roff, id: SubjectId) {
        let subject = self.reference.subject(id);
        roff.subsection(&subject.title);
        for part in &subject.parts {
            match part {
                Part::Text(text) => roff.document(text),
                Part::Entry(id) => self.entry(roff, *id),
            }
        }
    }

    fn entry(&self, roff: &mut Roff, id: EntryId) {
        let entry = self.reference.entry(id);
        let mut tag = vec![Span::bold(entry.name), Span::roman(": ")];
        tag.extend(remarks(None, &marks(entry)));
        roff.tagged(&tag, |roff| {
            for piece in self.layout.pieces(id) {
                self.piece(roff, &piece);
            }
        });
    }

    fn piece(&self, roff: &mut Roff, piece: &Piece<'_, '_>) {
        match piece {
            Piece::Text(text) => roff.document(text),
            Piece::Section { title, ty, text } => {
                let mut tag = vec![Span::roman(&format!("{title}:"))];
                tag.extend(ty.map(|ty| Span::italic(&format!(" {ty}"))));
                roff.tagged(&tag, |roff| roff.document(text));
            }
            Piece::List { title, items } => {
                let tag = match title {
                    Title::Word(word) => vec![Span::roman(&format!("{word}:"))],
                    Title::From(word, id) => vec![
                        Span::roman(&format!("{word} of ")),
                        Span::bold(self.reference.entry(*id).name),
                        Span::roman(":"),
                    ],
                    Title::Choice(member) => vec![
                        Span::roman("Further members by "),
                        Span::italic(member),
                        Span::roman(":"),
                    ],
                };
                let is_short = items.iter().all(|one| text(one).is_none());
                roff.tagged(&tag, |roff| {
                    items.iter().for_each(|one| item(roff, one, is_short));
                });
            }
            Piece::Uses(users) => {
                let names = users.iter().map(|id| self.reference.entry(*id).name);
                let names = names.collect::<Vec<_>>().join(", ");
                roff.paragraph(&[Span::roman(&format!("Used by: {names}"))]);
            }
        }
    }
}

fn text<'r>(item: &Item<'r, '_>) -> Option<&'r Document> {
    item.text.filter(|text| !text.is_empty())
}

/// Writes an item; those of a list without any descriptions are short, lines right below one another.
fn item(roff: &mut Roff, item: &Item<'_, '_>, is_short: bool) {
    let ty = item.ty.map(|ty| ty.to_string());
    let mut tag = vec![Span::bold(item.name)];
    if ty.is_some() || !item.marks.is_empty() {
        tag.push(Span::roman(": "));
        tag.extend(remarks(ty.as_deref(), &item.marks));
    }
    match text(item) {
        Some(text) => roff.tagged(&tag, |roff| roff.document(text)),
        None if is_short => roff.line(&tag),
        None => roff.paragraph(&tag),
    }
}

/// A type and marks, with commas between.
fn remarks(ty: Option<&str>, marks: &[Mark<'_>]) -> Vec<Span> {
    let ty = ty.map(Span::italic);
    let marks = marks.iter().map(|mark| match mark {
        Mark::Warning(word) => Span::bold(word),
        mark => Span::roman(&mark.to_string()),
    });
    let mut out = Vec::new();
    for span in ty.into_iter().chain(marks) {
        if !out.is_empty() {
            out.push(Span::roman(", "));
        }
        out.push(span);
    }
    out
}

/// When QEMU makes a release, for a page has to be dated. Since 4.0 the first number is that of the year, 2015 less,
/// and a year has releases in April, August and December.
fn date(release: Version) -> Date {
    let year = u64::from(release.major) + 2015;
    match (release.major, release.minor) {
        (..4, _) => Date::unknown(),
        (_, 0) => Date::of_month(year, 4),
        (_, 1) => Date::of_month(year, 8),
        _ => Date::of_month(year, 12),
    }
}
