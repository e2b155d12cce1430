//! The index: where everything is.

use super::link::{INDEX, Links, file, generated};
use crate::emit::OutputFile;
use crate::emit::reference::identity::Identity;
use crate::emit::reference::layout::Layout;
use crate::emit::reference::model::{EntryId, EntryKind, Reference, sentence};
use crate::markup::Inline;

pub(super) fn file_of<'a>(
    layout: &Layout<'_, 'a>,
    reference: &Reference<'a>,
    identity: &Identity,
) -> OutputFile {
    let links = Links {
        reference,
        layout,
        page: None,
        at: None,
    };
    let mut out = generated() + &links.heading(1, &identity.about);
    let mut add = |text: &str| {
        if !text.is_empty() {
            out.push('\n');
            out.push_str(text);
        }
    };
    if let Some(title) = identity.title_besides(reference) {
        add(&links.heading(2, title));
    }
    add(&links.document(&reference.introduction));
    for chapter in &reference.chapters {
        if let Some(title) = &chapter.title {
            add(&links.heading(2, title));
        }
        add(&links.document(&chapter.introduction));
        let subjects = chapter.subjects.iter().map(|id| {
            let link = Inline::Link {
                text: reference.subject(*id).title.clone(),
                url: file(reference, *id),
            };
            format!("- {}\n", links.line(&[link]))
        });
        add(&subjects.collect::<String>());
    }
    for title in ["Commands", "Events", "Types"] {
        let entries = reference.entries();
        let mut names: Vec<(&str, EntryId)> = entries
            .filter(|(_, entry)| list(entry.kind) == title)
            .map(|(id, entry)| (entry.name, id))
            .collect();
        if names.is_empty() {
            continue;
        }
        names.sort_unstable();
        add(&links.heading(2, title));
        let names = names.iter().map(|(_, id)| line(&links, *id));
        add(&names.collect::<String>());
    }
    OutputFile {
        path: INDEX.to_owned(),
        text: out,
    }
}

/// The list that an entry is in.
fn list(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Command => "Commands",
        EntryKind::Event => "Events",
        _ => "Types",
    }
}

/// An entry with what it is in a sentence.
fn line(links: &Links<'_, '_>, id: EntryId) -> String {
    let entry = links.reference.entry(id);
    let about = sentence(&entry.description);
    let about = match about.is_empty() {
        true => String::new(),
        false => format!(
            ": {}",
            links.line(&[Inline::Text(about)]).replace('\n', " ")
        ),
    };
    format!("- {}{about}\n", links.entry(id))
}
