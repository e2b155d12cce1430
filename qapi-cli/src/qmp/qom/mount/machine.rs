//! What the file system asks the machine, and what its answers mean to a program that works with files.

use std::sync::atomic::{AtomicBool, Ordering};

use fuser::Errno;
use qapi_client::Error;
use qapi_client::tokio::Client;
use qapi_types::{Any, ErrorClass, Refusal};

use super::super::super::Failure;
use super::super::listed::{Listed, QomListGet};
use super::super::property::{Kind, Place, QomList};

/// The machine, as far as it is asked for its objects.
#[derive(Debug)]
pub(super) struct Machine {
    client: Client,
    /// Whether it answers `qom-list-get`, as QEMU does from 10.1 on. Until it has been asked that is hoped.
    lists_values: AtomicBool,
}

impl Machine {
    pub(super) fn new(client: Client) -> Self {
        let lists_values = AtomicBool::new(true);
        Self {
            client,
            lists_values,
        }
    }

    /// The properties of the object at `path`, with their values where the machine tells both at once.
    pub(super) async fn list(&self, path: &str) -> Result<Vec<Listed>, Error> {
        if self.lists_values.load(Ordering::Relaxed) {
            match self.client.execute(&QomListGet(path)).await {
                Err(Error::Refused(refusal)) if refusal.class == ErrorClass::CommandNotFound => {
                    self.lists_values.store(false, Ordering::Relaxed);
                }
                objects => return Ok(objects?.into_iter().flat_map(|object| object.0).collect()),
            }
        }
        let properties = self.client.execute(&QomList(path)).await?;
        let without_value = |property| Listed {
            property,
            value: None,
        };
        Ok(properties.into_iter().map(without_value).collect())
    }

    /// The path that the machine itself has for the object at `path`, which may go through links.
    pub(super) async fn resolve(&self, path: &str) -> Result<String, Failure> {
        let Some(names) = path.strip_prefix('/') else {
            let message = format!("`{path}` is not a path from the root on, such as /machine");
            return Err(Failure::Usage(message));
        };
        let mut resolved = "/".to_owned();
        for name in names.split('/').filter(|name| !name.is_empty()) {
            let listed = self.list(&resolved).await?;
            let mut properties = listed.iter().map(|listed| &listed.property);
            let property = properties.find(|property| property.name == name);
            let kind = property.map(|property| property.kind());
            let to = match kind {
                Some(Kind::Object) => format!("{}/{name}", resolved.trim_end_matches('/')),
                Some(Kind::Link) => self.get(&resolved, name).await?.to().unwrap_or_default(),
                _ => String::new(),
            };
            if to.is_empty() {
                return Err(Failure::Unmet(format!("there is no object `{path}`")));
            }
            resolved = to;
        }
        // That it is there, and that there are objects at all, is known when they have been asked for.
        self.list(&resolved).await?;
        Ok(resolved)
    }

    /// What a property is.
    pub(super) async fn get(&self, path: &str, name: &str) -> Result<Any, Error> {
        let arguments = Place { path, name }.arguments();
        let arguments = Some(arguments.into());
        self.client.execute_raw("qom-get", arguments.as_ref()).await
    }

    /// Makes a property `value`.
    pub(super) async fn set(&self, path: &str, name: &str, value: Any) -> Result<(), Error> {
        let mut arguments = Place { path, name }.arguments();
        arguments.push("value", value);
        let arguments = Some(arguments.into());
        self.client
            .execute_raw("qom-set", arguments.as_ref())
            .await?;
        Ok(())
    }
}

/// Which error a program gets; `refused` if the machine refused for a reason of its own.
pub(super) fn errno(error: &Error, refused: Errno) -> Errno {
    match error {
        Error::Refused(refusal) => of_refusal(refusal).unwrap_or(refused),
        Error::TimedOut { .. } => Errno::ETIMEDOUT,
        Error::Lost { .. } | Error::Protocol(_) => Errno::ENOTCONN,
        _ => Errno::EIO,
    }
}

/// QEMU has no classes for most of its reasons, but words that have not changed for years; with others the error is a less
/// exact one.
fn of_refusal(refusal: &Refusal) -> Option<Errno> {
    let has = |words: &str| refusal.desc.contains(words);
    if refusal.class == ErrorClass::DeviceNotFound || has("not found") {
        Some(Errno::ENOENT)
    } else if has("not readable") || has("not writable") || has("Insufficient permission") {
        Some(Errno::EACCES)
    } else if has("after it was realized") {
        Some(Errno::EPERM)
    } else {
        None
    }
}
