//! Which events are wanted: by name, and by what they say.

use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_client::core::RawEvent;
use qapi_client::{Filter, Schema};
use qapi_codegen::diagnostic::{closest, quoted};
use qapi_types::Any;

use super::Failure;
use super::deadline::Deadline;
use super::layout::{Layout, write_json};

/// How long a machine may take to tell what it can say. One that is busy says it later, and its events may come before.
const PATIENCE: Duration = Duration::from_secs(1);

/// Events with one of these names, all of them without any, in whose data all of these members are.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    names: Vec<&'a str>,
    filter: Filter,
    members: Vec<Member<'a>>,
}

/// A member by its path, and what it says.
#[derive(Debug)]
struct Member<'a> {
    path: Vec<&'a str>,
    value: &'a str,
}

impl<'a> Wanted<'a> {
    /// What `words` say: names, in which `*` stands for any characters, and `KEY=VALUE`, where `a.b` is a member within another.
    pub(super) fn new(words: &'a [String]) -> Self {
        let (mut names, mut members) = (Vec::new(), Vec::new());
        for word in words {
            match word.split_once('=') {
                Some((key, value)) => members.push(Member {
                    path: key.split('.').collect(),
                    value,
                }),
                None => names.push(&**word),
            }
        }
        let filter = match names.is_empty() {
            true => Filter::all(),
            false => names.iter().copied().collect(),
        };
        Self {
            names,
            filter,
            members,
        }
    }

    pub(super) fn matches(&self, event: &RawEvent) -> bool {
        self.fits(&event.name, || event.data.decode().ok())
    }

    fn fits(&self, name: &str, data: impl FnOnce() -> Option<Any>) -> bool {
        let says = |data: Any| self.members.iter().all(|member| member.is_in(&data));
        self.filter.matches(name) && (self.members.is_empty() || data().is_some_and(says))
    }

    /// Sees to it that the machine can say what is waited for: that each of the names is that of an event, and each member one
    /// of theirs. A machine that does not tell what it can say may say anything.
    ///
    /// # Errors
    /// It never will.
    pub(super) fn expect(&self, client: &mut Client, deadline: Deadline) -> Result<(), Failure> {
        // Whoever waits for all of them need not ask.
        if self.members.is_empty() && self.names.iter().all(|name| *name == "*") {
            return Ok(());
        }
        // Should the machine have gone, it may have said something before.
        let time = deadline.within(PATIENCE);
        let Ok(told) = client.execute_raw_with("query-qmp-schema", None, time) else {
            return Ok(());
        };
        match told.to::<Schema>() {
            Ok(schema) => self.are_in(&schema).map_err(Failure::Unmet),
            Err(_) => Ok(()),
        }
    }

    fn are_in(&self, schema: &Schema) -> Result<(), String> {
        let names = || schema.events().map(|event| event.name());
        for name in self.names.iter().copied() {
            let filter = Filter::from(name);
            if !names().any(|name| filter.matches(name)) {
                let begin = format!("the machine has no event {}", quoted(name));
                let same = names().find(|other| other.eq_ignore_ascii_case(name));
                return Err(match same.or(closest(name, names())) {
                    Some(near) => format!("{begin}: did you mean {}?", quoted(near)),
                    None => begin,
                });
            }
        }
        for Member { path, .. } in &self.members {
            let mut events = names().filter(|name| self.filter.matches(name));
            if !events.any(|name| schema.has(&format!("{name}/arg/{}", path.join("/")))) {
                let of = match &self.names[..] {
                    [name] => quoted(name),
                    _ => "any of these events".to_owned(),
                };
                return Err(format!(
                    "there is no member {} in the data of {of}",
                    quoted(&path.join("."))
                ));
            }
        }
        Ok(())
    }
}

impl Member<'_> {
    /// A string says its text, anything else its JSON without spaces.
    fn is_in(&self, data: &Any) -> bool {
        let mut path = self.path.iter();
        let found = path.try_fold(data.clone(), |value, name| value.get(name));
        found.is_some_and(|found| match found.to::<String>() {
            Ok(text) => text == self.value,
            Err(_) => compact(&found) == self.value.as_bytes(),
        })
    }
}

fn compact(value: &Any) -> Vec<u8> {
    let mut text = Vec::new();
    // Memory takes all that is written.
    let _ = write_json(value.as_json(), Layout::Compact, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_chosen_by_name_and_data() {
        let data = r#"{"device": "n", "a": {"b": 5, "on": true}, "none": null}"#;
        let data: Any = data.parse().unwrap();
        for (words, wanted) in [
            ("", true),
            ("DEVICE_DELETED", true),
            ("X DEV*", true),
            ("X", false),
            ("DEV* device=n", true),
            ("DEV* device=m", false),
            ("X device=n", false),
            ("device=n", true),
            ("a.b=5 a.on=true none=null", true),
            ("a.b=5 a.on=false", false),
            ("a.c=5", false),
            ("device.x=5", false),
            (r#"a={"b":5,"on":true}"#, true),
        ] {
            let all: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            let fits = Wanted::new(&all).fits("DEVICE_DELETED", || Some(data.clone()));
            assert_eq!(fits, wanted, "{words}");
        }
    }
}
