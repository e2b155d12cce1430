//! A command and its words: what they say by the machine's schema, and what is wrong with them.

use std::ops::Range;

use qapi_client::{CallOptions, Schema};
use qapi_codegen::diagnostic::closest;
use qapi_types::{Any, AnyMembers, Command as _, ErrorClass, Refusal};

use super::super::Failure;
use super::super::arguments::{DeviceListProperties, Form, Mistakes, Property, free};
use super::complete::{beside, names_of};
use super::interpreter::{Flow, Interpreter, WRONG};
use super::session::Outcome;
use super::statement::Command;
use super::view::Tone;
use super::words::Word;

/// So many names are listed of what there is.
const LISTED: usize = 24;

impl Interpreter<'_> {
    /// Executes a command, once its words fit.
    pub(super) fn command(&mut self, text: &str, command: &Command) -> Result<Flow, Failure> {
        let name = &command.name.text;
        let knowledge = self.knowledge();
        let schema = knowledge.schema.as_ref();
        let known = schema.and_then(|schema| schema.command(name));
        let arguments = match known {
            None => {
                let words: Vec<String> = command.words.iter().map(|it| it.text.clone()).collect();
                match free(&words) {
                    Ok(arguments) => arguments,
                    Err(mistakes) => return self.mistaken(text, command, mistakes),
                }
            }
            Some(known) => {
                let mut form = Form::new(known);
                for word in &command.words {
                    if let Err(mistake) = form.fill(&word.text) {
                        return self.mistaken(text, command, Mistakes(vec![mistake]));
                    }
                }
                let properties = match form.driver() {
                    Some(driver) => self.properties(&driver)?,
                    None => None,
                };
                if let Some(properties) = &properties {
                    form.know(properties);
                }
                match form.arguments() {
                    Ok(arguments) => arguments,
                    Err(mistakes) => return self.mistaken(text, command, mistakes),
                }
            }
        };
        match self.request(name, arguments.as_ref(), command.out_of_band)? {
            Ok(value) => self.show(|view, out| Ok(view.reply(&value, out)?)),
            Err(failed) => {
                if let Some(refusal) = self.refusal.take() {
                    self.explain(command, &refusal, schema)?;
                }
                Ok(failed)
            }
        }
    }

    /// The properties of a driver, if the machine tells them.
    fn properties(&mut self, driver: &str) -> Result<Option<Vec<Property>>, Failure> {
        let name = DeviceListProperties::NAME;
        let arguments = Any::from(AnyMembers::from_iter([("typename", driver)]));
        let told = self.call(name, Some(&arguments), CallOptions::new())?;
        Ok(match told {
            Outcome::Ended(Ok(told)) => told.to().ok(),
            // Whoever adds the device will be told why not.
            Outcome::Ended(Err(_)) | Outcome::Abandoned => None,
        })
    }

    /// Says what is wrong with the words.
    fn mistaken(
        &mut self,
        text: &str,
        command: &Command,
        mut mistakes: Mistakes<'_>,
    ) -> Result<Flow, Failure> {
        let places: Vec<Range<usize>> = mistakes
            .0
            .iter()
            .filter(|mistake| !mistake.is_missing())
            .filter_map(|mistake| place(text, &command.words, &mistake.path))
            .collect();
        self.point_at(text, &places)?;
        // What an action's argument is called is what was written.
        for mistake in &mut mistakes.0 {
            if let Some(own) = without_action(&mistake.path) {
                mistake.path = own.to_owned();
            }
        }
        self.complain(&mistakes.to_string())?;
        Ok(WRONG)
    }

    /// Says what a refusal is about, where it names something that was written.
    fn explain(
        &mut self,
        command: &Command,
        refusal: &Refusal,
        schema: Option<&Schema>,
    ) -> Result<(), Failure> {
        if !self.is_for_people() {
            return Ok(());
        }
        let Some(schema) = schema else {
            return Ok(());
        };
        let known = schema.command(&command.name.text);
        if refusal.class == ErrorClass::CommandNotFound {
            // An agent says so of one that it must not execute, too.
            if known.is_some() {
                return Ok(());
            }
            let names = schema.commands().map(|command| command.name());
            return match closest(&command.name.text, names) {
                Some(near) => self.say(&format!("did you mean `{near}`?")),
                None => Ok(()),
            };
        }
        let Some(known) = known else {
            return Ok(());
        };
        let mut form = Form::new(known);
        for word in &command.words {
            // It has fitted before.
            let _ = form.fill(&word.text);
        }
        for named in names_in(&refusal.desc) {
            let about = command.words.iter().find_map(|word| {
                let (key, value) = word.text.split_once('=')?;
                let own = without_action(key).unwrap_or(key);
                let is_key = own == named || own.rsplit('.').next() == Some(named);
                (is_key || value == named).then_some((key, own))
            });
            if let Some((key, own)) = about
                && let Some(field) = form.field(key)
            {
                let there = names_of(&form, &command.name.text, key);
                let there = there.map(|names| names.list(&self.asker(), &beside(&form, key), ""));
                let there = there.filter(|names| !names.is_empty() && names.len() <= LISTED);
                return match there {
                    Some(names) => self.say(&format!("`{own}` can be {}", names.join(", "))),
                    None => self.say(&format!("`{own}` takes {}", field.takes)),
                };
            }
        }
        Ok(())
    }

    /// Underlines what stands at these places in what was typed, if that is the line above.
    fn point_at(&mut self, text: &str, places: &[Range<usize>]) -> Result<(), Failure> {
        let Some(indent) = self.typed_above(text).filter(|_| !places.is_empty()) else {
            return Ok(());
        };
        let mark = |at: usize| {
            let marked = places.iter().any(|place| place.contains(&at));
            if marked { '^' } else { ' ' }
        };
        let line: String = text.char_indices().map(|(at, _)| mark(at)).collect();
        let line = self.view().toned(Tone::Error, line.trim_end());
        Ok(writeln!(self.out, "{:indent$}{line}", "")?)
    }
}

/// Where that stands which a mistake is about: the word, or the name of the argument that is missing there.
fn place(text: &str, words: &[Word], path: &str) -> Option<Range<usize>> {
    let is_key = |word: &&Word| {
        let key = word
            .text
            .split_once('=')
            .map_or(&*word.text, |(key, _)| key);
        key == path
    };
    let begins = |word: &&Word| {
        let key = word
            .text
            .split_once('=')
            .map_or(&*word.text, |(key, _)| key);
        key.starts_with(path) || path.starts_with(&format!("{key}."))
    };
    let found = words.iter().rfind(is_key);
    let found = found.or_else(|| words.iter().find(|word| word.text == path));
    let found = found.or_else(|| words.iter().find(begins))?;
    (found.span.end <= text.len()).then(|| found.span.clone())
}

/// The key of an action's argument as it was written in `transaction( … )`.
fn without_action(path: &str) -> Option<&str> {
    let (number, rest) = path.strip_prefix("actions.")?.split_once('.')?;
    number.parse::<usize>().ok()?;
    rest.strip_prefix("data.")
}

/// What stands in quotes in a message.
fn names_in(message: &str) -> impl Iterator<Item = &str> {
    ['\'', '"', '`']
        .into_iter()
        .flat_map(|quote| message.split(quote).skip(1).step_by(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_quotes() {
        for (message, expected) in [
            ("Parameter 'driver' is missing", &["driver"][..]),
            ("Device 'a' and node \"b c\"", &["a", "b c"]),
            ("nothing", &[]),
            ("it's", &["s"]),
        ] {
            assert_eq!(names_in(message).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn keys_of_actions() {
        for (path, expected) in [
            ("actions.0.data.node", Some("node")),
            ("actions.12.data.a.b", Some("a.b")),
            ("actions.0.type", None),
            ("actions.x.data.a", None),
            ("node", None),
        ] {
            assert_eq!(without_action(path), expected, "{path}");
        }
    }
}
