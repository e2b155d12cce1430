//! Several places: a line for each.

use qapi_client::schema::{Item, Place};

use super::page::{marks, type_word};
use crate::qmp::layout::{cut, legible_word};
use crate::qmp::words::Words;

/// A longer path pushes what is behind it to the right.
const PATH: usize = 40;

/// What is at each place, and what it is for. A line that is wider than `width` is cut.
pub(super) fn lines<'a>(
    words: Option<&'a Words>,
    places: &'a [Place<'a>],
    width: Option<usize>,
) -> impl Iterator<Item = String> + 'a {
    let lengths = places.iter().map(|place| place.path.chars().count());
    let column = lengths.max().unwrap_or(0).min(PATH);
    places.iter().map(move |place| {
        let path = &place.path;
        let line = format!("{path:<column$}  {}", what(words, place));
        let line = legible_word(line.trim_end());
        width.map_or(line.clone(), |width| cut(&line, width))
    })
}

fn what(words: Option<&Words>, place: &Place<'_>) -> String {
    let said = words.and_then(|words| words.find(&place.path));
    let mut remarks = Vec::new();
    if let Some(ty) = place.item.ty() {
        remarks.push(type_word(ty, said.as_ref()));
    }
    if matches!(place.item, Item::Member(member) if member.is_optional()) {
        remarks.push("optional".to_owned());
    }
    remarks.extend(marks(place.item));
    let summary = said.map(|said| said.summary()).unwrap_or_default();
    match (&*remarks, &*summary) {
        ([], summary) => summary.to_owned(),
        (remarks, "") => remarks.join(", "),
        (remarks, summary) => format!("{}: {summary}", remarks.join(", ")),
    }
}
