//! Properties with their values.

use std::collections::HashMap;

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, Command, Decode, DecodeError, Encode, ErrorClass, Reader, Writer};

use super::property::{Place, Property, QomGet};

/// A property, and its value if that came with it.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) property: Property,
    pub(super) value: Option<Any>,
}

/// Asks for the values of properties, in as few questions as the machine understands.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// The machine has to be asked for each.
    one_by_one: bool,
}

impl Values {
    /// What these properties of the object at `path` are.
    ///
    /// # Errors
    /// The session's own; of a single property why it is not shown.
    pub(super) fn of(
        &mut self,
        client: &mut Client,
        path: &str,
        properties: &[Property],
    ) -> Result<Vec<Result<Any, Error>>, Error> {
        let mut told = self.told(client, path)?;
        let told: Vec<Option<Any>> = properties
            .iter()
            .map(|property| told.remove(&property.name))
            .collect();
        // Of what is not among them this is how one hears why.
        let others = properties.iter().zip(&told);
        let others = others.filter(|(_, told)| told.is_none());
        let queries: Vec<QomGet<'_>> = others
            .map(|(Property { name, .. }, _)| QomGet(Place { path, name }))
            .collect();
        let mut others = client.execute_all(&queries).into_iter();
        let values = told.into_iter();
        Ok(values
            .map_while(|told| told.map(Ok).or_else(|| others.next()))
            .collect())
    }

    /// The values that the machine tells all at once, by the names of their properties.
    fn told(&mut self, client: &mut Client, path: &str) -> Result<HashMap<String, Any>, Error> {
        if self.one_by_one {
            return Ok(HashMap::new());
        }
        let objects = match client.execute(&QomListGet(path)) {
            Ok(objects) => objects,
            Err(Error::Refused(refusal)) => {
                self.one_by_one = refusal.class == ErrorClass::CommandNotFound;
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let listed = objects.into_iter().flat_map(|object| object.0);
        Ok(listed
            .filter_map(|Listed { property, value }| Some((property.name, value?)))
            .collect())
    }
}

/// From 10.1 on QEMU tells both at once.
pub(super) struct QomListGet<'a>(pub(super) &'a str);

impl Encode for QomListGet<'_> {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("paths", &vec![self.0])]);
    }
}

impl Command for QomListGet<'_> {
    type Return = Vec<Object>;
    const NAME: &'static str = "qom-list-get";
}

/// What `qom-list-get` tells of an object.
#[derive(Default)]
pub(super) struct Object(pub(super) Vec<Listed>);

impl Decode for Object {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [("properties", &mut self.0)])
    }
}

impl Decode for Listed {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [
            ("name", &mut self.property.name),
            ("type", &mut self.property.ty),
            ("value", &mut self.value),
        ])
    }
}
