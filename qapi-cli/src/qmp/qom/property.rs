//! Properties of objects: how they are named, and what the machine says of them.

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers, Command, Decode, DecodeError, Encode, Reader, Writer};

use super::super::Failure;

/// A property as `qom-list` tells it.
#[derive(Debug, Default)]
pub(in crate::qmp) struct Property {
    pub(in crate::qmp) name: String,
    /// The type's name, by which QEMU knows it: `bool`, `link<bus>`, `child<rng-builtin>`, or that of a type of the schema.
    pub(in crate::qmp) ty: String,
}

/// What a property is by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The home of an object.
    Object,
    /// The path of an object.
    Link,
    Value,
}

impl Property {
    /// The type of the object that this property is the home of.
    pub(in crate::qmp) fn child(&self) -> Option<&str> {
        self.ty.strip_prefix("child<")?.strip_suffix('>')
    }

    pub(super) fn kind(&self) -> Kind {
        match self.child() {
            Some(_) => Kind::Object,
            None if self.ty.starts_with("link<") => Kind::Link,
            None => Kind::Value,
        }
    }
}

impl Decode for Property {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [("name", &mut self.name), ("type", &mut self.ty)])
    }
}

impl Encode for Property {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("name", &self.name), ("type", &self.ty)]);
    }
}

pub(super) struct QomList<'a>(pub(super) &'a str);

impl Encode for QomList<'_> {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("path", &self.0)]);
    }
}

impl Command for QomList<'_> {
    type Return = Vec<Property>;
    const NAME: &'static str = "qom-list";
}

/// The properties of the object at `path`.
pub(in crate::qmp) fn properties(client: &mut Client, path: &str) -> Result<Vec<Property>, Error> {
    client.execute(&QomList(path))
}

/// The same of several objects, which the machine is asked for at once.
pub(super) fn properties_of_all(
    client: &mut Client,
    paths: &[String],
) -> Vec<Result<Vec<Property>, Error>> {
    let queries: Vec<QomList<'_>> = paths.iter().map(|path| QomList(path)).collect();
    client.execute_all(&queries)
}

pub(super) struct QomGet<'a>(pub(super) Place<'a>);

impl Encode for QomGet<'_> {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("path", &self.0.path), ("property", &self.0.name)]);
    }
}

impl Command for QomGet<'_> {
    type Return = Any;
    const NAME: &'static str = "qom-get";
}

/// An object's path and the name of one of its properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::qmp) struct Place<'a> {
    pub(in crate::qmp) path: &'a str,
    pub(in crate::qmp) name: &'a str,
}

impl<'a> Place<'a> {
    /// The place that two words name, or one, in which the property stands behind the last dot.
    pub(super) fn of_words(place: &'a str, property: Option<&'a str>) -> Result<Self, Failure> {
        match property {
            Some(name) => Ok(Self { path: place, name }),
            None => Self::of_word(place),
        }
    }

    fn of_word(word: &'a str) -> Result<Self, Failure> {
        match word.rsplit_once('.') {
            // A dot before the last slash is part of the path.
            Some((path, name)) if !path.is_empty() && !name.is_empty() && !name.contains('/') => {
                Ok(Self { path, name })
            }
            _ => Err(Failure::Usage(format!(
                "`{word}` names no property: write PATH.PROPERTY or PATH PROPERTY"
            ))),
        }
    }

    /// The type of the property, as the machine tells it.
    pub(super) fn ty(self, client: &mut Client) -> Result<String, Failure> {
        let all = properties(client, self.path)?;
        let found = all.into_iter().find(|property| property.name == self.name);
        let found = found.map(|property| property.ty);
        found.ok_or_else(|| {
            let Self { path, name } = self;
            Failure::Unmet(format!("`{path}` has no property `{name}`"))
        })
    }

    /// What the property is.
    pub(in crate::qmp) fn get(self, client: &mut Client) -> Result<Any, Error> {
        client.execute(&QomGet(self))
    }

    /// Makes the property `value`.
    pub(super) fn set(self, client: &mut Client, value: &Any) -> Result<(), Error> {
        let mut arguments = self.arguments();
        arguments.push("value", value.clone());
        client.execute_raw("qom-set", Some(&arguments.into()))?;
        Ok(())
    }

    pub(super) fn arguments(self) -> AnyMembers {
        AnyMembers::from_iter([("path", self.path), ("property", self.name)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_places() {
        for (word, expected) in [
            ("/machine.type", Some(("/machine", "type"))),
            ("vga.mmio[0]", Some(("vga", "mmio[0]"))),
            (
                "/machine/pci.0.realized",
                Some(("/machine/pci.0", "realized")),
            ),
            ("/machine/pci.0/bus", None),
            ("/machine", None),
            (".type", None),
            ("/machine.", None),
            ("", None),
        ] {
            let place = Place::of_word(word).ok();
            assert_eq!(
                place.map(|place| (place.path, place.name)),
                expected,
                "{word}"
            );
        }
    }
}
