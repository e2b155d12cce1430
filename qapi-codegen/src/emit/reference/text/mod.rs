//! The reference as plain text, to be read anywhere and searched with `grep`.
//!
//! `PREFIX-commands.txt` has the chapters' texts, the commands and the types, `PREFIX-events.txt` the events and
//! what types only they have. `PREFIX` is `qmp` for the schemas of QEMU and its storage daemon, `qga` for the
//! guest agent, and made of the title for any other.
//!
//! A definition begins in the first column with its name; nothing else begins there but headings, which have `=`
//! in front. Members are indented by [`STEP`] columns, one on a line with its type and what one should know of it.
//! No line is longer than [`WIDTH`] columns unless a word or a line of an example is.

mod blocks;
mod table;
mod writer;

use super::identity::Identity;
use super::layout::{Item, Layout, Piece, Title, marks};
use super::model::{EntryId, EntryKind, Part, Reference, SubjectId};
use crate::emit::{GENERATED, OutputFile};
use crate::markup::Document;

pub use writer::Writer;

/// Columns of a line.
pub const WIDTH: usize = 80;

/// Columns by which what belongs to something is indented.
pub const STEP: usize = 4;

/// The reference as text: a file of commands and, if there are events, one of events.
pub fn files(reference: &Reference<'_>) -> Vec<OutputFile> {
    let identity = Identity::of(reference);
    let of_events = of_events(reference);
    let layout = Layout::of(reference);
    let mut files = Vec::new();
    for (name, title, events) in [
        ("commands", "commands and types", false),
        ("events", "events", true),
    ] {
        let renderer = Renderer {
            reference,
            layout: &layout,
            shown: of_events.iter().map(|one| *one == events).collect(),
            with_texts: !events,
        };
        if events && !renderer.shown.contains(&true) {
            continue;
        }
        files.push(OutputFile {
            path: format!("{}-{name}.txt", identity.prefix),
            text: renderer.file(&identity, title),
        });
    }
    files
}

/// Which entries belong to the events: these, and the types that nothing else reaches.
fn of_events(reference: &Reference<'_>) -> Vec<bool> {
    let mut needs = vec![Vec::new(); reference.entries().count()];
    for (id, entry) in reference.entries() {
        entry
            .used_by
            .iter()
            .for_each(|one| needs[one.by.index()].push(id));
    }
    let reach = |start: Vec<EntryId>| {
        let mut reached = vec![false; needs.len()];
        let mut left = start;
        while let Some(id) = left.pop() {
            if !std::mem::replace(&mut reached[id.index()], true) {
                left.extend(&needs[id.index()]);
            }
        }
        reached
    };
    let of = |kind: EntryKind| {
        let entries = reference.entries();
        let those = entries.filter(|(_, entry)| entry.kind == kind);
        those.map(|(id, _)| id).collect::<Vec<_>>()
    };
    let commands = reach(of(EntryKind::Command));
    let events = reach(of(EntryKind::Event));
    let both = commands.iter().zip(events);
    both.map(|(command, event)| event && !command).collect()
}

struct Renderer<'r, 'a> {
    reference: &'r Reference<'a>,
    layout: &'r Layout<'r, 'a>,
    /// The entries that are in this file.
    shown: Vec<bool>,
    /// Whether free-form text is in it.
    with_texts: bool,
}

impl Renderer<'_, '_> {
    fn file(&self, identity: &Identity, title: &str) -> String {
        let mut writer = Writer::default();
        writer.inside(|writer| writer.line(GENERATED));
        writer.heading(1, &format!("{}: {title}", identity.about));
        let about = "A definition begins in the first column with its name. What is indented below belongs to it.";
        writer.inside(|writer| writer.paragraph(about));
        writer.gap();
        if let Some(title) = identity
            .title_besides(self.reference)
            .filter(|_| self.with_texts)
        {
            writer.heading(1, title);
        }
        self.free_text(&mut writer, &self.reference.introduction);
        for chapter in &self.reference.chapters {
            let subjects = chapter.subjects.iter();
            let subjects: Vec<_> = subjects.filter(|id| self.shows(**id)).collect();
            let has_text = self.with_texts && !chapter.introduction.is_empty();
            if let Some(title) = chapter
                .title
                .as_ref()
                .filter(|_| has_text || !subjects.is_empty())
            {
                writer.heading(1, title);
            }
            self.free_text(&mut writer, &chapter.introduction);
            for id in subjects {
                self.subject(&mut writer, *id);
            }
        }
        writer.finish()
    }

    /// Is there anything of a subject in this file?
    fn shows(&self, id: SubjectId) -> bool {
        let parts = &self.reference.subject(id).parts;
        parts.iter().any(|part| match part {
            Part::Text(_) => self.with_texts,
            Part::Entry(id) => self.shown[id.index()],
        })
    }

    fn subject(&self, writer: &mut Writer, id: SubjectId) {
        let subject = self.reference.subject(id);
        writer.heading(2, &subject.title);
        for part in &subject.parts {
            match part {
                Part::Text(text) => self.free_text(writer, text),
                Part::Entry(id) if self.shown[id.index()] => self.entry(writer, *id),
                Part::Entry(_) => {}
            }
        }
    }

    fn free_text(&self, writer: &mut Writer, text: &Document) {
        if self.with_texts {
            writer.inside(|writer| writer.document(text));
        }
    }

    fn entry(&self, writer: &mut Writer, id: EntryId) {
        let entry = self.reference.entry(id);
        let marks = marks(entry);
        let marks = marks.iter().map(ToString::to_string);
        writer.gap();
        writer.named(entry.name, marks.collect());
        writer.inside(|writer| {
            for piece in self.layout.pieces(id) {
                self.piece(writer, &piece);
            }
        });
    }

    fn piece(&self, writer: &mut Writer, piece: &Piece<'_, '_>) {
        writer.gap();
        match piece {
            Piece::Text(text) => writer.document(text),
            Piece::Section { title, ty, text } => {
                let ty = ty.map(|ty| ty.to_string());
                writer.named(title, ty.into_iter().collect());
                writer.inside(|writer| writer.document(text));
            }
            Piece::List { title, items } => {
                match title {
                    Title::Word(word) => writer.named(word, Vec::new()),
                    Title::From(word, id) => {
                        let from = self.reference.entry(*id).name;
                        writer.named(&format!("{word} of {from}"), Vec::new());
                    }
                    Title::Choice(member) => {
                        writer.named(&format!("Further members by {member}"), Vec::new());
                    }
                }
                writer.inside(|writer| items.iter().for_each(|one| item(writer, one)));
            }
            Piece::Uses(users) => {
                let users = users.iter().map(|id| self.reference.entry(*id).name);
                writer.named("Used by", vec![users.collect::<Vec<_>>().join(", ")]);
            }
        }
    }
}

fn item(writer: &mut Writer, item: &Item<'_, '_>) {
    let ty = item.ty.map(|ty| ty.to_string());
    let marks = item.marks.iter().map(ToString::to_string);
    let text = item.text.filter(|text| !text.is_empty());
    writer.named(item.name, ty.into_iter().chain(marks).collect());
    if let Some(text) = text {
        writer.inside(|writer| writer.document(text));
        writer.gap();
    }
}
