//! What is known of something, subject by subject: lines for people, one object for scripts.

use std::io::{self, Write};

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers};

use super::layout::{Layout, legible_word, write_json};

/// What is known of one subject.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    /// As data.
    pub(super) value: Any,
    /// For people, a line each; without any there is nothing to say.
    pub(super) lines: Vec<String>,
}

impl Fact {
    /// A fact that is one word.
    pub(super) fn word(word: String) -> Self {
        Self {
            value: Any::from(&*word),
            lines: vec![word],
        }
    }
}

/// Finds out what there is to know of a subject; nobody may know anything of it.
pub(super) type Question = fn(&mut Client) -> Result<Option<Fact>, Error>;

/// What is known, in the order in which it was asked.
#[derive(Debug, Default)]
pub(super) struct Facts(Vec<(&'static str, Fact)>);

impl Facts {
    /// Asks all the questions. What nobody knows is left out.
    ///
    /// # Errors
    /// Those of the session.
    pub(super) fn gather(
        client: &mut Client,
        questions: &[(&'static str, Question)],
    ) -> Result<Self, Error> {
        let mut known = Vec::new();
        for (subject, question) in questions {
            let fact = question(client)?;
            known.extend(
                fact.filter(|fact| !fact.lines.is_empty())
                    .map(|fact| (*subject, fact)),
            );
        }
        Ok(Self(known))
    }

    /// One object, with a member for each subject.
    fn object(&self) -> Any {
        let members = self.0.iter();
        AnyMembers::from_iter(members.map(|(subject, fact)| (*subject, fact.value.clone()))).into()
    }

    /// The same with one more.
    pub(super) fn with(&self, subject: &'static str, fact: Fact) -> Self {
        Self([&self.0[..], &[(subject, fact)]].concat())
    }

    /// The lines for people, without what ends them.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.0
            .iter()
            .flat_map(|(subject, fact)| lines(subject, fact))
    }

    /// The lines of what was not known `before` as it is now, and a line for each subject of which nothing is known any more.
    pub(super) fn changes(&self, before: &Self) -> Vec<String> {
        let changed = self.0.iter().filter(|(subject, fact)| {
            let before = before.about(subject);
            before.is_none_or(|before| before.lines != fact.lines)
        });
        let gone = before.0.iter();
        let gone = gone.filter(|(subject, _)| self.about(subject).is_none());
        let gone = gone.map(|(subject, _)| format!("{subject:<10} none"));
        changed
            .flat_map(|(subject, fact)| lines(subject, fact))
            .chain(gone)
            .collect()
    }

    fn about(&self, subject: &str) -> Option<&Fact> {
        let mut facts = self.0.iter();
        facts.find(|(own, _)| *own == subject).map(|(_, fact)| fact)
    }

    /// Shows all of it, as an object or as lines.
    pub(super) fn show(&self, json: bool, out: &mut dyn Write) -> io::Result<()> {
        if json {
            write_json(self.object().as_json(), Layout::Compact, out)?;
            return writeln!(out);
        }
        self.lines().try_for_each(|line| writeln!(out, "{line}"))
    }
}

/// The lines of a subject, whose name is before the first.
fn lines<'a>(subject: &'a str, fact: &'a Fact) -> impl Iterator<Item = String> + 'a {
    fact.lines.iter().enumerate().map(move |(at, line)| {
        let subject = if at == 0 { subject } else { "" };
        format!("{subject:<10} {}", legible_word(line))
    })
}

/// What a query answers; `None` if the server does not have it, or cannot answer now.
pub(super) fn ask(client: &mut Client, query: &str) -> Result<Option<Any>, Error> {
    match client.execute_raw(query, None) {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
