//! The properties of a device's driver, which are arguments of `device_add`.

use qapi_types::{Command, Decode, DecodeError, Encode, Kind, Reader, Writer};

use crate::qmp::qom::Reading;

/// A property, as `device-list-properties` tells it.
#[derive(Clone, Debug, Default)]
pub(in crate::qmp) struct Property {
    pub(in crate::qmp) name: String,
    /// The type's name in QOM.
    pub(in crate::qmp) ty: String,
    /// What the machine says of it.
    pub(in crate::qmp) description: Option<String>,
}

impl Property {
    /// How its values are read.
    pub(super) fn reading(&self) -> Option<Reading> {
        Reading::of_type(&self.ty)
    }

    /// How a value of its type is read that QOM does not know by itself: enums are strings, structs and lists JSON.
    pub(super) fn reading_of(&self, word: &str) -> Reading {
        self.reading()
            .unwrap_or(match word.starts_with(['{', '[']) {
                true => Reading::Json,
                false => Reading::Text,
            })
    }

    /// The kind of its values in JSON, where that is known.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self.reading()? {
            Reading::Bool => Some(Kind::Bool),
            Reading::Integer | Reading::Size | Reading::Number => Some(Kind::Number),
            Reading::Text => Some(Kind::String),
            Reading::Json => None,
        }
    }

    /// The values that it can have, as far as the description tells: of an enum it has them between slashes.
    pub(super) fn values(&self) -> Vec<&str> {
        let description = match self.reading() {
            Some(Reading::Bool) => "on/off",
            Some(_) => "",
            None => self.description.as_deref().unwrap_or_default(),
        };
        let is_name = |word: &&str| {
            let mut bytes = word.bytes();
            !word.is_empty()
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let mut words = description.split([' ', '(', ')']);
        let values =
            words.find(|word| word.contains('/') && word.split('/').all(|it| is_name(&it)));
        values.map_or_else(Vec::new, |values| values.split('/').collect())
    }
}

impl Decode for Property {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [
            ("name", &mut self.name),
            ("type", &mut self.ty),
            ("description", &mut self.description),
        ])
    }
}

/// Asks for the properties of a driver.
pub(in crate::qmp) struct DeviceListProperties<'a>(pub(in crate::qmp) &'a str);

impl Encode for DeviceListProperties<'_> {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("typename", &self.0)]);
    }
}

impl Command for DeviceListProperties<'_> {
    type Return = Vec<Property>;
    const NAME: &'static str = "device-list-properties";
}
