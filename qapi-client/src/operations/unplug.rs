//! Devices that go.

use std::time::Duration;

use qapi_types::qmp::Event;
use qapi_types::qmp::commands::{DeviceDel, QomList};

use super::{Deadline, Face, OperationError, next};
use crate::error::Error;

/// Where devices with an id of their own are in the tree of objects.
const PERIPHERAL: &str = "/machine/peripheral";

pub(crate) async fn unplug<F: Face>(
    face: &mut F,
    id: &str,
    timeout: Option<Duration>,
) -> Result<(), OperationError> {
    let deadline = Deadline::after(timeout);
    let what = || format!("unplugging {id}");
    let mut events = face.watch(&["DEVICE_DELETED", "DEVICE_UNPLUG_GUEST_ERROR"]);
    face.run(&DeviceDel::new(id)).await?;
    loop {
        match next(face, &mut events, deadline.remaining()).await? {
            Some(Event::DeviceDeleted(device)) if device.device.as_deref() == Some(id) => {
                return Ok(());
            }
            Some(Event::DeviceUnplugGuestError(device)) if device.device.as_deref() == Some(id) => {
                let why = "the guest refuses".to_owned();
                return Err(OperationError::Failed { what: what(), why });
            }
            Some(_) => {}
            None if is_gone(face, id).await? => return Ok(()),
            None if deadline.has_passed() => return Err(OperationError::TimedOut { what: what() }),
            None => {}
        }
    }
}

async fn is_gone<F: Face>(face: &mut F, id: &str) -> Result<bool, Error> {
    let devices = face.run(&QomList::new(PERIPHERAL)).await?;
    Ok(devices.iter().all(|device| device.name != id))
}
