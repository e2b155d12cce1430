//! What names stand for: targets of links, substitutions, footnotes.
//!
//! A definition may stand below what refers to it. So a text that has any is read twice: first to find them, then
//! with what was found.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::blocks::MAX_DEPTH;
use super::inline;
use super::tree::Inline;

/// Characters that the texts put in for names may have in any case, besides as many as the text itself has.
const ALLOWANCE: usize = 10_000;

/// The container at hand: how deep it is nested, and what the names in it stand for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'n> {
    depth: usize,
    pub(super) names: &'n Names,
}

impl<'n> Scope<'n> {
    pub(super) fn outermost(names: &'n Names) -> Self {
        Scope { depth: 0, names }
    }

    pub(super) fn is_outermost(self) -> bool {
        self.depth == 0
    }

    /// The scope of a container inside, unless that is nested too deep.
    pub(super) fn inner(self) -> Option<Self> {
        let depth = self.depth + 1;
        (depth <= MAX_DEPTH).then_some(Scope { depth, ..self })
    }

    /// Parses running text.
    pub(super) fn inlines(self, text: &str) -> Vec<Inline> {
        inline::parse(text, Some(self.names))
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An address, on the web or elsewhere.
    Address(String),
    /// The same as another name.
    Name(String),
    /// A place in the text.
    Place,
    /// Running text.
    Text(String),
    /// Characters without meaning to the markup.
    Plain(String),
}

impl Meaning {
    /// Bytes that it adds to a text.
    fn size(&self) -> usize {
        match self {
            Meaning::Address(text) | Meaning::Text(text) | Meaning::Plain(text) => text.len(),
            Meaning::Name(_) | Meaning::Place => 0,
        }
    }
}

/// Names and their meanings in one text.
#[derive(Default)]
pub(super) struct Names {
    /// Whether all definitions are known.
    complete: bool,
    meanings: RefCell<HashMap<String, Meaning>>,
    /// The names that are referred to.
    used: RefCell<HashSet<String>>,
    /// Those whose meaning has been put in.
    shown: RefCell<HashSet<String>>,
    /// The addresses that have no name, in their order, and how many references there are to such.
    unnamed: RefCell<Vec<String>>,
    unnamed_used: Cell<usize>,
    /// The labels of footnotes as they are written, in their order; once complete, as they are shown.
    footnotes: RefCell<Vec<String>>,
    /// The labels as shown by those written, and those of footnotes that only their order tells apart.
    labels: HashMap<String, String>,
    numbered: Vec<String>,
    symbols: Vec<String>,
    /// How many definitions, and references of either kind, have been passed.
    at_footnote: Cell<usize>,
    at_unnamed: Cell<usize>,
    at_unnamed_definition: Cell<usize>,
    at_number: Cell<usize>,
    at_symbol: Cell<usize>,
    /// What may still be put in for names that were put in before.
    allowance: Cell<usize>,
}

impl Names {
    /// Whether there is something that a second reading would do otherwise.
    pub(super) fn matter(&self) -> bool {
        let meanings = self.meanings.borrow();
        !self.footnotes.borrow().is_empty()
            || !self.unnamed.borrow().is_empty()
            || self
                .used
                .borrow()
                .iter()
                .any(|name| meanings.contains_key(name))
    }

    /// The same for the second reading of a text of so many bytes.
    pub(super) fn completed(self, size: usize) -> Self {
        let written = self.footnotes.into_inner();
        let shown = labels(&written);
        let of = |kind: &str| {
            let those = written
                .iter()
                .zip(&shown)
                .filter(|(written, _)| *written == kind);
            those.map(|(_, shown)| shown.clone()).collect()
        };
        let (numbered, symbols) = (of("#"), of("*"));
        let meanings = self.meanings.into_inner();
        let mut used = self.used.into_inner();
        // Who uses a name uses those that it is the same as.
        for name in used.clone() {
            let mut name = &name;
            while let Some(Meaning::Name(other)) = meanings.get(name) {
                if !used.insert(other.clone()) {
                    break;
                }
                name = other;
            }
        }
        Names {
            complete: true,
            labels: written
                .iter()
                .map(|one| folded(one))
                .zip(shown.iter().cloned())
                .collect(),
            numbered,
            symbols,
            footnotes: RefCell::new(shown),
            meanings: RefCell::new(meanings),
            used: RefCell::new(used),
            unnamed: self.unnamed,
            unnamed_used: Cell::new(self.unnamed_used.get()),
            allowance: Cell::new(size + ALLOWANCE),
            ..Names::default()
        }
    }

    /// Notes a definition. Returns whether it is to be hidden, as what it says is shown where its name is.
    pub(super) fn define(&self, key: String, meaning: Meaning) -> bool {
        let is_place = matches!(meaning, Meaning::Place);
        if !self.complete {
            self.meanings.borrow_mut().entry(key).or_insert(meaning);
            return is_place;
        }
        // Of several definitions the first counts.
        let counts = self.meanings.borrow().get(&key) == Some(&meaning);
        is_place || counts && self.used.borrow().contains(&key)
    }

    /// Notes an address without a name. Returns whether it is to be hidden.
    pub(super) fn define_unnamed(&self, address: &str) -> bool {
        if !self.complete {
            self.unnamed.borrow_mut().push(address.to_owned());
        }
        next(&self.at_unnamed_definition) < self.unnamed_used.get()
    }

    /// Notes a footnote. Returns its label as it is shown.
    pub(super) fn define_footnote(&self, label: &str) -> String {
        if !self.complete {
            self.footnotes.borrow_mut().push(label.to_owned());
            return label.to_owned();
        }
        let at = next(&self.at_footnote);
        let labels = self.footnotes.borrow();
        labels.get(at).cloned().unwrap_or_else(|| label.to_owned())
    }

    /// What a name stands for, if that is known and may be put in.
    pub(super) fn meaning(&self, key: &str) -> Option<Meaning> {
        if !self.complete {
            self.used.borrow_mut().insert(key.to_owned());
            return None;
        }
        let meanings = self.meanings.borrow();
        let mut meaning = meanings.get(key)?;
        let mut key = key;
        // A circle of names ends nowhere.
        for _ in 0..8 {
            let Meaning::Name(other) = meaning else { break };
            (key, meaning) = (other, meanings.get(other)?);
        }
        if matches!(meaning, Meaning::Name(_)) {
            return None;
        }
        let first = self.shown.borrow_mut().insert(key.to_owned());
        let left = self
            .allowance
            .get()
            .checked_sub(if first { 0 } else { meaning.size() })?;
        self.allowance.set(left);
        Some(meaning.clone())
    }

    /// Where a reference leads that has no name: to the next address without one.
    pub(super) fn next_unnamed(&self) -> Option<Meaning> {
        if !self.complete {
            self.unnamed_used.set(self.unnamed_used.get() + 1);
            return None;
        }
        let at = next(&self.at_unnamed);
        self.unnamed.borrow().get(at).cloned().map(Meaning::Address)
    }

    /// The label of a footnote as it is shown, by how it is written where it is referred to.
    pub(super) fn label(&self, label: &str) -> Option<String> {
        let those = match label {
            "#" => self.numbered.get(next(&self.at_number)),
            "*" => self.symbols.get(next(&self.at_symbol)),
            label => self.labels.get(&folded(label)),
        };
        those.cloned()
    }
}

/// Counts up, and returns what the count was.
fn next(count: &Cell<usize>) -> usize {
    count.replace(count.get() + 1)
}

/// The name of a target as a key: names are the same whatever their case and white space.
pub(super) fn target_key(name: &str) -> String {
    format!("_{}", folded(&name.replace('\\', "")))
}

/// The name of a substitution as a key.
pub(super) fn substitution_key(name: &str) -> String {
    format!("|{}", name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn folded(name: &str) -> String {
    let words = name.split_whitespace().collect::<Vec<_>>();
    words.join(" ").to_lowercase()
}

/// Footnotes' labels as they are shown: `#` and `#name` are the next number that none has, `*` is the next sign.
fn labels(written: &[String]) -> Vec<String> {
    const SIGNS: [&str; 10] = ["*", "†", "‡", "§", "¶", "#", "♠", "♥", "♦", "♣"];
    let taken: HashSet<&str> = written.iter().map(String::as_str).collect();
    let mut number = 0;
    let mut sign = 0;
    let label = |label: &String| {
        if label.starts_with('#') {
            number += 1;
            while taken.contains(&*number.to_string()) {
                number += 1;
            }
            return number.to_string();
        }
        if label == "*" {
            sign += 1;
            return SIGNS[(sign - 1) % SIGNS.len()].repeat(1 + (sign - 1) / SIGNS.len());
        }
        label.clone()
    };
    written.iter().map(label).collect()
}
