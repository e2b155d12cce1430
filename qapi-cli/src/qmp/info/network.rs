//! Network devices: whatever device has an address of its own and a place for a backend.

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers};

use super::super::order::natural;
use super::super::qom::{Place, properties};
use super::Fact;

/// Where the devices of a machine are: those with an ID, those without, and those that it brings along.
const HOMES: [&str; 3] = [
    "/machine/peripheral",
    "/machine/peripheral-anon",
    "/machine/unattached",
];

/// At how many devices one looks. Each takes a call.
const DEVICES: usize = 4096;

pub(super) fn devices(client: &mut Client) -> Result<Option<Fact>, Error> {
    let mut devices = Vec::new();
    for home in HOMES {
        let parts = known(properties(client, home))?.unwrap_or_default();
        for part in parts.iter().take(DEVICES) {
            // Regions of memory and the like have no children of interest, and are many.
            let Some(ty) = part
                .child()
                .filter(|ty| *ty != "memory-region" && *ty != "irq")
            else {
                continue;
            };
            let path = format!("{home}/{}", part.name);
            let own = known(properties(client, &path))?.unwrap_or_default();
            let has = |name| own.iter().any(|property| property.name == name);
            if !(has("mac") && has("netdev")) {
                continue;
            }
            let mut value = AnyMembers::from_iter([("path", &*path), ("type", ty)]);
            let mut line = format!("{path}: {ty}");
            for name in ["mac", "netdev"] {
                let place = Place { path: &path, name };
                let word = known(place.get(client))?.and_then(|word| word.to::<String>().ok());
                if let Some(word) = word.filter(|word| !word.is_empty()) {
                    line += &format!(", {word}");
                    value.push(name, word);
                }
            }
            devices.push((path, Any::from(value), line));
        }
    }
    // The machine lists them in an order that has no meaning.
    devices.sort_by(|(one, ..), (other, ..)| natural(one, other));
    let (values, lines): (Vec<_>, _) = devices
        .into_iter()
        .map(|(_, value, line)| (value, line))
        .unzip();
    Ok(Some(Fact {
        value: values.into_iter().collect(),
        lines,
    }))
}

/// What the machine answers, if it does.
fn known<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
