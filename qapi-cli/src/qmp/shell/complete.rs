//! What may be typed next, and what it is.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::rc::Rc;

use qapi_client::schema::Command;
use qapi_types::{Any, AnyMembers, Command as _};

use super::super::arguments::{DeviceListProperties, Field, Form, Property, Takes};
use super::hmp::HmpNames;
use super::knowledge::Knowledge;
use super::live::Names;
use super::own::Own;
use super::place::{Place, Typed};
use super::session::Asker;
use super::statement::Mode;
use super::words::quote;

/// Something that a word may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What stands in its place.
    pub(super) text: String,
    /// What it is, if that is to be said.
    pub(super) about: Option<String>,
}

/// Of so many names at most it is said what they are for.
const EXPLAINED: usize = 16;

/// Whoever knows what may be typed next.
pub(super) struct Completion {
    pub(super) knowledge: Rc<Knowledge>,
    pub(super) mode: Mode,
    asker: Asker,
    hmp: HmpNames,
    /// The properties of drivers, as far as they were asked for.
    properties: RefCell<HashMap<String, Rc<Vec<Property>>>>,
}

impl Completion {
    pub(super) fn new(knowledge: Rc<Knowledge>, asker: Asker) -> Self {
        Self {
            knowledge,
            mode: Mode::default(),
            hmp: HmpNames::new(asker.clone()),
            asker,
            properties: RefCell::default(),
        }
    }

    /// What the word at a place may become, and where in the text that begins.
    pub(super) fn candidates(&self, place: &Place) -> (usize, Vec<Candidate>) {
        match place {
            Place::Name { word, out_of_band } => {
                let names = self.names(*out_of_band);
                (
                    word.start,
                    self.explained(beginning(names, &word.text, " ")),
                )
            }
            Place::Argument { name, before, word } => self.argument(name, before, word),
            Place::Own { own, word, count } => (word.start, self.own(*own, &word.text, *count)),
            Place::Hmp { before, word } => {
                let names = self.hmp.after(before, &word.text);
                (word.start, beginning(names, &word.text, " "))
            }
            Place::Elsewhere => (0, Vec::new()),
        }
    }

    /// The command that the machine has under this name.
    pub(super) fn command_named(&self, name: &str) -> Option<Command<'_>> {
        self.knowledge.schema.as_ref()?.command(name)
    }

    /// The names of all commands, with those of the shell's own; or of those that can be executed out of band.
    fn names(&self, out_of_band: bool) -> Vec<String> {
        let mut names = self.knowledge.commands(out_of_band);
        if !out_of_band {
            names.extend(Own::of(self.mode).map(|own| own.name().to_owned()));
        }
        names.sort();
        names
    }

    /// The names of commands and events with what these are for, if they are so few that there is room for it.
    fn explained(&self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        if (2..=EXPLAINED).contains(&candidates.len()) {
            for candidate in &mut candidates {
                let name = candidate.text.trim_end();
                let summary = match Own::named(name, self.mode) {
                    Some(own) => own.summary(self.mode).to_owned(),
                    None => self.knowledge.summary(name),
                };
                candidate.about = Some(summary);
            }
        }
        candidates
    }

    fn own(&self, own: Own, word: &str, count: usize) -> Vec<Candidate> {
        match (own, count) {
            (Own::Help, 0) => {
                let mut names = self.names(false);
                names.extend(self.events());
                self.explained(beginning(names, word, " "))
            }
            (Own::Events, _) => {
                let mut names = self.events();
                if count == 0 {
                    names.extend(["on".to_owned(), "off".to_owned()]);
                }
                beginning(names, word, " ")
            }
            (Own::Record, 0) => files(word),
            _ => Vec::new(),
        }
    }

    fn events(&self) -> Vec<String> {
        let events = self
            .knowledge
            .schema
            .iter()
            .flat_map(|schema| schema.events());
        events.map(|event| event.name().to_owned()).collect()
    }

    fn argument(&self, name: &str, before: &[String], word: &Typed) -> (usize, Vec<Candidate>) {
        let nothing = (word.start, Vec::new());
        let Some(command) = self.command_named(name) else {
            return nothing;
        };
        let form = filled(Form::new(command), before);
        let properties = form.driver().and_then(|driver| self.properties(&driver));
        let mut form = form;
        if let Some(properties) = &properties {
            form.know(properties);
        }
        // The words of an action have more to them than what is typed.
        let prefix = prefix(&word.text);
        match word.text.split_once('=') {
            Some((key, value)) => {
                let start = word.value.unwrap_or(word.start);
                (start, self.values(name, &form, key, value))
            }
            None => (word.start, self.keys(&form, &word.text, prefix)),
        }
    }

    /// The keys that begin so. What begins with `prefix` has it before what is typed.
    fn keys(&self, form: &Form<'_>, begin: &str, prefix: &str) -> Vec<Candidate> {
        let fields = form.fields(begin).into_iter();
        let open = fields.filter(|field| !field.is_filled || field.takes.has_parts());
        let mut candidates = Vec::new();
        for field in open {
            let key = field.path.strip_prefix(prefix).unwrap_or(&field.path);
            let about = Some(self.about(&field));
            if field.takes.is_word() && !field.is_filled {
                candidates.push(Candidate {
                    text: format!("{key}="),
                    about: about.clone(),
                });
            }
            if field.takes.has_parts() {
                candidates.push(Candidate {
                    text: format!("{key}."),
                    about,
                });
            }
        }
        candidates
    }

    /// What an argument takes and is for, in a few words.
    fn about(&self, field: &Field<'_>) -> String {
        let takes = field.takes;
        let needed = if field.optional { "" } else { "required, " };
        let summary = match takes {
            Takes::Property(property) => property.description.clone().unwrap_or_default(),
            // Values say what they are for better than a sentence of which nothing is seen.
            _ if !takes.values().is_empty() => String::new(),
            _ => self.knowledge.summary(&field.place),
        };
        match &*summary {
            "" => format!("{needed}{takes}"),
            summary => format!("{needed}{takes}: {summary}"),
        }
    }

    /// What a value may become.
    fn values(&self, command: &str, form: &Form<'_>, key: &str, value: &str) -> Vec<Candidate> {
        let Some(field) = form.field(key) else {
            return Vec::new();
        };
        let mut names: Vec<String> = field
            .takes
            .values()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let live = names_of(form, command, key).filter(|_| field.takes.is_word());
        if let Some(live) = live {
            names.extend(live.list(&self.asker, &beside(form, key), value));
        }
        // A path may go on.
        let end = if live == Some(Names::Paths) { "" } else { " " };
        beginning(names, value, end)
    }

    /// The properties of a driver; asked for once.
    fn properties(&self, driver: &str) -> Option<Rc<Vec<Property>>> {
        if let Some(known) = self.known_properties(driver) {
            return Some(known);
        }
        let arguments = Any::from(AnyMembers::from_iter([("typename", driver)]));
        let told = self
            .asker
            .ask(DeviceListProperties::NAME, Some(&arguments))?;
        let properties = Rc::new(told.to().ok()?);
        let mut all = self.properties.borrow_mut();
        all.insert(driver.to_owned(), Rc::clone(&properties));
        Some(properties)
    }

    /// Those that were asked for.
    pub(super) fn known_properties(&self, driver: &str) -> Option<Rc<Vec<Property>>> {
        self.properties.borrow().get(driver).cloned()
    }
}

/// What the argument `key` of `command` is the name of; what an action's argument is, the action says.
pub(super) fn names_of(form: &Form<'_>, command: &str, key: &str) -> Option<Names> {
    let acting = match prefix(key) {
        "" => None,
        action => form.text(&action.replace(".data.", ".type")),
    };
    Names::of_argument(acting.as_deref().unwrap_or(command), key)
}

/// What other arguments beside `key` are.
pub(super) fn beside(form: &Form<'_>, key: &str) -> impl Fn(&str) -> Option<String> {
    let prefix = prefix(key);
    move |name| form.text(&format!("{prefix}{name}"))
}

/// The form with these words filled in, as far as they fit.
pub(super) fn filled<'a>(mut form: Form<'a>, words: &[String]) -> Form<'a> {
    for word in words {
        // One that is no argument will be found fault with when all is there.
        let _ = form.fill(word);
    }
    form
}

/// What stands before the keys of an action's data.
pub(super) fn prefix(key: &str) -> &str {
    let Some(rest) = key.strip_prefix("actions.") else {
        return "";
    };
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    match rest[digits..].starts_with(".data.") {
        true => &key[..key.len() - rest.len() + digits + ".data.".len()],
        false => "",
    }
}

/// Those of the names that begin so, as words, with what follows them.
fn beginning(names: Vec<String>, begin: &str, end: &str) -> Vec<Candidate> {
    let fitting = names.into_iter().filter(|name| name.starts_with(begin));
    let candidate = |name: String| Candidate {
        text: quote(&name) + end,
        about: None,
    };
    fitting.map(candidate).collect()
}

/// The files whose paths begin so.
fn files(begin: &str) -> Vec<Candidate> {
    let folder = begin.rfind('/').map_or("", |at| &begin[..=at]);
    let place = if folder.is_empty() { "." } else { folder };
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let end = if entry.path().is_dir() { "/" } else { "" };
            let hidden = name.starts_with('.') && !begin[folder.len()..].starts_with('.');
            (!hidden).then(|| format!("{folder}{name}{end}"))
        })
        .collect();
    names.sort();
    beginning(names, begin, "")
}
