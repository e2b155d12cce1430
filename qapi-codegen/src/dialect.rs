//! The dialects of the schema language, and how to tell which one a schema is written in.

use std::fmt;
use std::str::FromStr;

use crate::source::Sources;
use crate::syntax::RawDocument;

/// QEMU's schema language as of a release. Structure hardly changed; the rules for documentation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// QEMU 7.2 to 9.0: sections such as `Note:` and `Example:`, members may go undescribed, a command may
    /// have conditional arguments without `boxed`.
    V7_2,
    /// QEMU 9.1 to 10.1: directives of reStructuredText instead, and headings that begin with `=`.
    V10_0,
    /// QEMU 10.2: headings of reStructuredText, 70 columns, two spaces between sentences.
    V10_2,
}

impl Dialect {
    /// Every dialect, the oldest first.
    pub const ALL: [Dialect; 3] = [Dialect::V7_2, Dialect::V10_0, Dialect::V10_2];

    /// The release that gives it its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::V7_2 => "7.2",
            Dialect::V10_0 => "10.0",
            Dialect::V10_2 => "10.2",
        }
    }

    /// Are the width of documentation lines and the space between sentences checked?
    pub(crate) fn checks_style(self) -> bool {
        self >= Dialect::V10_2
    }

    /// Must every member be described, once a definition has documentation?
    pub(crate) fn requires_descriptions(self) -> bool {
        self >= Dialect::V10_0
    }

    /// May the documentation of a command that returns nothing have `Returns:`?
    pub(crate) fn tolerates_empty_returns(self) -> bool {
        self < Dialect::V10_0
    }

    /// Do conditional arguments need `boxed`?
    pub(crate) fn boxes_conditional_arguments(self) -> bool {
        self >= Dialect::V10_0
    }

    /// The newest dialect that a schema fits. It fits an older one when it uses that dialect's markup, or
    /// when its documentation tells of no QEMU release as new as the next: then the next one's rules did
    /// not exist when it was written.
    pub(crate) fn detect(docs: &[RawDocument], sources: &Sources) -> Dialect {
        let mut newest = None;
        let (mut old_tags, mut old_headings) = (false, false);
        for doc in docs {
            let mut lines = doc.lines(sources.file(doc.span.file).text()).peekable();
            let free_form = doc.symbol.is_none();
            old_headings |= free_form && lines.peek().is_some_and(|line| is_old_heading(line.text));
            for line in lines {
                if newest < NEWEST_RULES {
                    newest = newest.max(versions(line.text).max());
                }
                old_tags |= !free_form && is_old_tag(line.text);
            }
        }
        if old_tags {
            Dialect::V7_2
        } else if old_headings || newest.is_some() && newest < NEWEST_RULES {
            Dialect::V10_0
        } else {
            Dialect::V10_2
        }
    }
}

/// A schema that tells of this release, or a later one, is written by the newest rules.
const NEWEST_RULES: Option<(u32, u32)> = Some((10, 2));

fn is_old_tag(line: &str) -> bool {
    if !line.starts_with(['N', 'E']) {
        return false;
    }
    let tag = line
        .split_once(':')
        .filter(|(_, rest)| !rest.starts_with(':'));
    matches!(tag, Some(("Note" | "Notes" | "Example" | "Examples", _)))
}

fn is_old_heading(line: &str) -> bool {
    let text = line.trim_start_matches('=');
    text.len() < line.len() && text.starts_with(' ')
}

/// The releases that a line tells of: `Since: 2.10`, `(since 8.0)`.
fn versions(line: &str) -> impl Iterator<Item = (u32, u32)> {
    // Nearly no line tells of one, and `contains` finds that out faster.
    let told = line.contains("ince").then(|| line.match_indices("ince"));
    let told = told.into_iter().flatten().filter_map(|(at, _)| {
        let word = line[..at].ends_with(['S', 's']);
        word.then_some(&line[at + "ince".len()..])
    });
    told.filter_map(|rest| {
        let rest = rest
            .strip_prefix(':')
            .unwrap_or(rest)
            .trim_start_matches(' ');
        let mut numbers = rest
            .split(|ch: char| !ch.is_ascii_digit())
            .map(|digits| digits.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    })
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name);
        found.ok_or_else(|| format!("there is no dialect `{name}`: 7.2, 10.0 and 10.2 are known"))
    }
}
