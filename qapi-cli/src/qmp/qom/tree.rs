//! `qmp qom tree`: the objects below an object.

use std::io::{self, Write};

use clap::{Args, value_parser};
use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, Encode, Refusal, Writer};

use super::super::layout::{Layout, legible_word, write_json};
use super::super::order::natural;
use super::super::{Failure, Monitor};
use super::listed::Values;
use super::property::{Place, Property, properties_of_all};
use super::value::show;

/// How deep a tree may be. That of a machine has about ten levels.
pub(super) const DEPTH: u16 = 64;

/// How many objects a tree may have. That of a machine has hundreds, with many devices thousands.
pub(super) const OBJECTS: usize = 100_000;

/// How many objects of one parent are looked at together.
const TOGETHER: usize = 32;

/// How long the name of an object may be, in bytes.
const NAME: usize = 1024;

/// Print an object and all that are part of it, with their types
///
/// Links are not followed. An object that goes meanwhile is left out. What the machine refuses to show of a property has its reason
/// in the value's place.
#[derive(Debug, Args)]
pub(super) struct Tree {
    /// The object, by its path or the end of it that no other has
    #[arg(default_value = "/")]
    path: String,
    /// Go down so many levels
    #[arg(long, value_name = "N", default_value_t = DEPTH, value_parser = value_parser!(u16).range(..=i64::from(DEPTH)),
        hide_default_value = true)]
    depth: u16,
    /// Print the objects' other properties, too, with their types
    #[arg(long)]
    properties: bool,
    /// Print these properties with their values, or why they have none
    #[arg(long)]
    values: bool,
    /// Print each object as a JSON object with its path, a line each
    #[arg(long)]
    json: bool,
}

/// A property that is no object, and its value, if that is to be shown.
struct Shown {
    property: Property,
    value: Option<Result<Any, Refusal>>,
}

impl Encode for Shown {
    fn encode(&self, w: &mut Writer) {
        let Property { name, ty } = &self.property;
        let mut members: Vec<(&str, &dyn Encode)> = vec![("name", name), ("type", ty)];
        match &self.value {
            None => {}
            Some(Ok(value)) => members.push(("value", value)),
            Some(Err(refusal)) => members.push(("error", refusal)),
        }
        w.object(&members);
    }
}

/// An object that is to be looked at.
struct Object {
    depth: usize,
    name: String,
    ty: String,
    /// Its properties, if it was looked at together with one before it.
    listed: Option<Result<Vec<Property>, Error>>,
}

impl Tree {
    pub(super) fn run(&self, monitor: &Monitor, out: &mut dyn Write) -> Result<(), Failure> {
        let mut client = monitor.connect()?;
        let own_type = Place {
            path: &self.path,
            name: "type",
        };
        let mut pending = vec![Object {
            depth: 0,
            name: self.path.clone(),
            ty: own_type.get(&mut client)?.to().unwrap_or_default(),
            listed: None,
        }];
        // The names from the root to the object that is looked at.
        let mut names: Vec<String> = Vec::new();
        let mut seen = 0;
        let mut values = Values::default();
        while let Some(next) = pending.last() {
            names.truncate(next.depth);
            let is_last = next.depth >= usize::from(self.depth);
            let is_listed = !is_last || self.properties || self.values;
            if is_listed && next.listed.is_none() {
                list(&mut client, &names, &mut pending);
            }
            let Some(object) = pending.pop() else {
                break;
            };
            seen += 1;
            names.push(object.name);
            let (path, depth) = (join(&names), object.depth);
            let listed = match object.listed.filter(|_| is_listed) {
                Some(Err(Error::Refused(_))) if depth > 0 => continue,
                Some(listed) => listed?,
                None => Vec::new(),
            };
            let (mut children, others): (Vec<Property>, Vec<Property>) = listed
                .into_iter()
                .partition(|property| property.child().is_some());
            let others = self.shown(&mut client, &mut values, &path, others)?;
            match self.json {
                true => write_object(&path, &object.ty, others.as_deref(), out)?,
                false => write_lines(depth, &names[depth], &object.ty, others, out)?,
            }
            if is_last {
                continue;
            }
            if seen + pending.len() + children.len() > OBJECTS {
                return Err(Failure::Unmet(format!("more than {OBJECTS} objects")));
            }
            // The machine lists them in an order that has no meaning.
            children.sort_by(|one, other| natural(&one.name, &other.name));
            for child in children.into_iter().rev() {
                if child.name.len() > NAME {
                    let message = format!("below {path} is a name of more than {NAME} bytes");
                    return Err(Failure::Unmet(message));
                }
                pending.push(Object {
                    depth: depth + 1,
                    ty: child.child().unwrap_or_default().to_owned(),
                    name: child.name,
                    listed: None,
                });
            }
        }
        Ok(())
    }

    /// What is to be shown of the properties of the object at `path`.
    fn shown(
        &self,
        client: &mut Client,
        values: &mut Values,
        path: &str,
        properties: Vec<Property>,
    ) -> Result<Option<Vec<Shown>>, Error> {
        if !self.values {
            let without_value = |property| Shown {
                property,
                value: None,
            };
            let shown = properties.into_iter().map(without_value);
            return Ok(self.properties.then(|| shown.collect()));
        }
        let values = values.of(client, path, &properties)?;
        let shown = properties.into_iter().zip(values).map(|(property, value)| {
            let value = match value {
                Ok(value) => Ok(value),
                Err(Error::Refused(refusal)) => Err(refusal),
                Err(error) => return Err(error),
            };
            let value = Some(value);
            Ok(Shown { property, value })
        });
        shown.collect::<Result<_, _>>().map(Some)
    }
}

/// Looks at the last of the objects, whose parent is below `names`, and at some of those that have the same parent.
fn list(client: &mut Client, names: &[String], pending: &mut [Object]) {
    let depth = names.len();
    let siblings = pending.iter_mut().rev();
    let siblings = siblings.take_while(|object| object.depth == depth && object.listed.is_none());
    let mut siblings: Vec<&mut Object> = siblings.take(TOGETHER).collect();
    let path = |object: &&mut Object| join(&[names, std::slice::from_ref(&object.name)].concat());
    let paths: Vec<String> = siblings.iter().map(path).collect();
    for (object, listed) in siblings.iter_mut().zip(properties_of_all(client, &paths)) {
        object.listed = Some(listed);
    }
}

/// The path of the object to which `names` lead; the first is a path itself.
fn join(names: &[String]) -> String {
    match names {
        [root] => root.clone(),
        names => {
            let (root, below) = (names[0].trim_end_matches('/'), &names[1..]);
            format!("{root}/{}", below.join("/"))
        }
    }
}

fn write_lines(
    depth: usize,
    name: &str,
    ty: &str,
    properties: Option<Vec<Shown>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let indent = 2 * depth;
    writeln!(
        out,
        "{:indent$}{} ({})",
        "",
        legible_word(name),
        legible_word(ty)
    )?;
    for Shown { property, value } in properties.unwrap_or_default() {
        let (name, ty) = (legible_word(&property.name), legible_word(&property.ty));
        write!(out, "{:indent$}  .{name}", "")?;
        match value {
            Some(Ok(value)) => {
                write!(out, " ")?;
                show(&value, Some(&ty), out)?;
            }
            Some(Err(refusal)) => {
                writeln!(out, " ({ty}): {}", legible_word(&refusal.to_string()))?;
            }
            None => writeln!(out, " ({ty})")?,
        }
    }
    Ok(())
}

fn write_object(
    path: &str,
    ty: &str,
    properties: Option<&[Shown]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let properties: Option<Any> = properties.map(|all| all.iter().map(Any::encode_from).collect());
    let mut members: Vec<(&str, &dyn Encode)> = vec![("path", &path), ("type", &ty)];
    if let Some(properties) = &properties {
        members.push(("properties", properties));
    }
    let mut writer = Writer::new();
    writer.object(&members);
    write_json(&writer.into_text(), Layout::Compact, out)?;
    writeln!(out)
}
