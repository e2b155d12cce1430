//! What is still missing, beside what is typed.

use super::super::arguments::Form;
use super::super::layout::legible_word;
use super::complete::{Completion, filled, prefix};
use super::own::Own;
use super::place::{Place, Typed};

/// So many optional arguments are named.
const NAMED: usize = 8;

/// What is shown behind the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) shown: String,
    /// What of it is typed when the cursor is moved over it.
    pub(super) typed: Option<String>,
}

impl Completion {
    /// What is to be said at a place; nothing that the machine would have to be asked for.
    pub(super) fn hint(&self, place: &Place) -> Option<Hint> {
        match place {
            Place::Argument { name, before, word } => self.argument_hint(name, before, word),
            Place::Own { own, word, count } => own_hint(*own, word, *count),
            Place::Name { .. } | Place::Hmp { .. } | Place::Elsewhere => None,
        }
    }

    fn argument_hint(&self, name: &str, before: &[String], word: &Typed) -> Option<Hint> {
        let command = self.command_named(name)?;
        let form = filled(Form::new(command), before);
        let known = form.driver().and_then(|it| self.known_properties(&it));
        let mut form = form;
        if let Some(properties) = &known {
            form.know(properties);
        }
        let prefix = prefix(&word.text);
        match word.text.split_once('=') {
            Some((key, "")) => {
                let field = form.field(key)?;
                Some(said(&format!(" {}", field.takes)))
            }
            Some((key, value)) => {
                let fits = form.field(key)?;
                let values = fits.takes.values();
                // A value that is being typed is not a place to speak of others.
                let done = values.is_empty() || values.contains(&value);
                form.fill(&word.text).ok()?;
                if done {
                    missing(&form, prefix, "  ")
                } else {
                    None
                }
            }
            None if word.text == prefix => missing(&form, prefix, ""),
            None => {
                let mut fields = form.fields(&word.text).into_iter();
                let first = fields.find(|field| !field.is_filled)?;
                let rest = first.path.strip_prefix(&*word.text)?.to_owned();
                let end = match (first.takes.is_word(), first.takes.has_parts()) {
                    (true, _) => "=",
                    (false, true) => ".",
                    (false, false) => "=",
                };
                Some(to_type(&(rest + end)))
            }
        }
    }
}

/// What has to be there yet; else what may be.
fn missing(form: &Form<'_>, prefix: &str, before: &str) -> Option<Hint> {
    let own = |path: String| path.strip_prefix(prefix).map(str::to_owned).unwrap_or(path);
    let missing: Vec<String> = form
        .missing()
        .into_iter()
        .map(|field| own(field.path) + "=")
        .collect();
    if let Some(first) = missing.first() {
        let shown = said(&format!("{before}{}", missing.join(" ")));
        // Over a space one would type two.
        let typed = to_type(first).typed.filter(|_| before.is_empty());
        return Some(Hint { typed, ..shown });
    }
    let optional: Vec<String> = form
        .fields(prefix)
        .into_iter()
        .filter(|field| !field.is_filled)
        .map(|field| own(field.path) + "=")
        .collect();
    let mut shown = optional.get(..NAMED).unwrap_or(&optional).join(" ");
    if optional.len() > NAMED {
        shown += " …";
    }
    (!shown.is_empty()).then(|| said(&format!("{before}[{shown}]")))
}

fn own_hint(own: Own, word: &Typed, count: usize) -> Option<Hint> {
    (count == 0 && word.text.is_empty()).then(|| said(own.usage()))
}

/// Something that is typed by moving over it, unless a terminal would obey it.
fn to_type(text: &str) -> Hint {
    let shown = legible_word(text);
    let typed = (shown == text).then(|| text.to_owned());
    Hint { shown, typed }
}

fn said(text: &str) -> Hint {
    Hint {
        shown: legible_word(text),
        typed: None,
    }
}
