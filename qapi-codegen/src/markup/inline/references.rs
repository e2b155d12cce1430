//! References by name: to targets, footnotes, and what is put in for a name.

use super::{Scanner, closes, has_scheme, labelled, opens, parse, push_collapsed, unescaped};
use crate::markup::explicit::is_label;
use crate::markup::names::{Meaning, substitution_key, target_key};
use crate::markup::tree::Inline;

/// The longest name that is looked up, in bytes; the bound keeps a text of signs linear.
const LONGEST_NAME: usize = 200;

impl Scanner<'_, '_> {
    /// A reference in backticks, with the address within or with that of its name.
    pub(super) fn phrase(&mut self, text: &str, is_unnamed: bool, end: usize) -> bool {
        let (label, target) = match text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
        {
            Some(url) => (Some(url.to_owned()), url.to_owned()),
            None => labelled(text),
        };
        let Some(label) = label else {
            let meaning = self.names.and_then(|names| match is_unnamed {
                true => names.next_unnamed(),
                false => names.meaning(&target_key(&target)),
            });
            return meaning.is_some_and(|meaning| self.lead(target, meaning, end));
        };
        let url: String = target.split_whitespace().collect();
        if has_scheme(&url) {
            if let Some(names) = self.names.filter(|_| !is_unnamed) {
                names.define(target_key(&label), Meaning::Address(url.clone()));
            }
            return self.push(Inline::Link { text: label, url }, end);
        }
        let name = target.strip_suffix('_');
        let meaning = name.and_then(|name| self.names?.meaning(&target_key(name)));
        meaning.is_some_and(|meaning| self.lead(label, meaning, end))
    }

    /// Text that refers to something, up to `end`.
    fn lead(&mut self, text: String, meaning: Meaning, end: usize) -> bool {
        match meaning {
            Meaning::Address(url) if has_scheme(&url) => self.push(Inline::Link { text, url }, end),
            // What is not on the web is read, not followed.
            Meaning::Address(address) => self.put(&format!("{text} ({address})"), end),
            _ => self.put(&text, end),
        }
    }

    /// Takes text in place of what stands up to `end`.
    pub(super) fn put(&mut self, text: &str, end: usize) -> bool {
        text.chars()
            .for_each(|c| push_collapsed(&mut self.plain, c));
        self.at = end;
        true
    }

    /// A name of one word that ends before the underscore at hand, where that is the name of something.
    pub(super) fn reference(&mut self) -> bool {
        let Some(names) = self.names else {
            return false;
        };
        let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | ':');
        let mut start = self.at;
        for (at, c) in self.text[..self.at].char_indices().rev() {
            if !part(c) || self.at - at > LONGEST_NAME {
                break;
            }
            start = at;
        }
        let name = &self.text[start..self.at];
        let end = self.at + 1 + usize::from(self.rest().starts_with("__"));
        let simple =
            name.starts_with(char::is_alphanumeric) && name.ends_with(char::is_alphanumeric);
        if !simple
            || !opens(self.before(start))
            || !closes(self.after(end))
            || !self.plain.ends_with(name)
        {
            return false;
        }
        let meaning = match end - self.at {
            1 => names.meaning(&target_key(name)),
            _ => names.next_unnamed(),
        };
        let Some(meaning) = meaning else {
            return false;
        };
        self.plain.truncate(self.plain.len() - name.len());
        self.lead(name.to_owned(), meaning, end)
    }

    /// `_`text`: a place that references lead to.
    pub(super) fn target(&mut self) -> bool {
        let tick = self.at + 1;
        if !self.rest().starts_with("_`") || !opens(self.before(self.at)) {
            return false;
        }
        let Some(names) = self.names else {
            return false;
        };
        let text = &self.text[tick + 1..];
        let size = text
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| byte == b'`');
        let Some(size) = size.filter(|size| *size > 0) else {
            return false;
        };
        let (name, end) = (&text[..size], tick + size + 2);
        let apart = !name.starts_with(char::is_whitespace) && !name.ends_with(char::is_whitespace);
        if !apart || !closes(self.after(end)) {
            return false;
        }
        names.define(target_key(name), Meaning::Place);
        self.put(&unescaped(name), end)
    }

    /// `|name|`, where that is defined.
    pub(super) fn substitution(&mut self) -> bool {
        let Some(names) = self.names.filter(|_| opens(self.before(self.at))) else {
            return false;
        };
        let text = &self.rest()[1..];
        let size = text
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| byte == b'|');
        let Some(name) = size.map(|size| &text[..size]) else {
            return false;
        };
        if name.trim() != name || name.is_empty() {
            return false;
        }
        let end = self.at + name.len() + 2;
        let refers = self.text[end..].starts_with('_');
        let end = end + usize::from(refers);
        if !closes(self.after(end)) {
            return false;
        }
        let refers = refers.then(|| names.meaning(&target_key(name))).flatten();
        match (names.meaning(&substitution_key(name)), refers) {
            (Some(Meaning::Text(text)), None) => {
                self.flush();
                // Names in what is put in stay as they are: they could grow without end.
                self.inlines.extend(parse(&text, None));
                self.at = end;
                true
            }
            (Some(Meaning::Text(text) | Meaning::Plain(text)), Some(refers)) => {
                self.lead(text, refers, end)
            }
            (Some(Meaning::Plain(text)), None) => self.put(&text, end),
            _ => false,
        }
    }

    /// `[label]_`, where there is such a footnote: its label as it is shown.
    pub(super) fn footnote(&mut self) -> bool {
        let Some(names) = self.names.filter(|_| opens(self.before(self.at))) else {
            return false;
        };
        let text = &self.rest()[1..];
        let Some(size) = text
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| byte == b']')
        else {
            return false;
        };
        let end = self.at + size + 3;
        if !text[size..].starts_with("]_") || !closes(self.after(end)) || !is_label(&text[..size]) {
            return false;
        }
        match names.label(&text[..size]) {
            Some(label) => self.put(&format!("[{label}]"), end),
            None => false,
        }
    }
}
