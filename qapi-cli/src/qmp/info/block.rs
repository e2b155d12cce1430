//! Block devices and jobs.

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers};

use super::super::quantity::percent;
use super::{Fact, ask_all, bytes, number, text};

pub(super) fn devices(client: &mut Client) -> Result<Option<Fact>, Error> {
    let (mut values, mut lines) = (Vec::new(), Vec::new());
    for device in ask_all(client, "query-block")? {
        // Those of -blockdev have no name of their own but that of the device in the machine.
        let name = text(&device, &["device"]).filter(|name| !name.is_empty());
        let name = name
            .or_else(|| text(&device, &["qdev"]))
            .unwrap_or_default();
        let mut value = AnyMembers::from_iter([("device", &*name)]);
        let mut words = Vec::new();
        for (key, path) in [
            ("node", &["inserted", "node-name"][..]),
            ("driver", &["inserted", "drv"]),
            ("file", &["inserted", "file"]),
        ] {
            if let Some(word) = text(&device, path) {
                words.push(word.clone());
                value.push(key, word);
            }
        }
        if let Some(size) = number(&device, &["inserted", "image", "virtual-size"]) {
            words.push(bytes(size));
            value.push("size", size);
        }
        if device.get("inserted").is_none() {
            words.push("empty".to_owned());
        }
        lines.push(format!("{name}: {}", words.join(", ")));
        values.push(Any::from(value));
    }
    Ok(Some(Fact {
        value: values.into_iter().collect(),
        lines,
    }))
}

pub(super) fn jobs(client: &mut Client) -> Result<Option<Fact>, Error> {
    let jobs = ask_all(client, "query-jobs")?;
    let line = |job: &Any| {
        let [id, kind, status] =
            ["id", "type", "status"].map(|name| text(job, &[name]).unwrap_or_default());
        let mut line = format!("{id}: {kind}, {status}");
        let progress = ["current-progress", "total-progress"].map(|name| number(job, &[name]));
        if let [Some(current), Some(total)] = progress {
            line += &format!(", {current} of {total}");
            // A total of nothing is one that is not known yet.
            line += &percent(current, total).map_or(String::new(), |part| format!(" ({part})"));
        }
        if let Some(error) = text(job, &["error"]) {
            line += &format!(", {error}");
        }
        line
    };
    Ok(Some(Fact {
        lines: jobs.iter().map(line).collect(),
        value: jobs.into_iter().collect(),
    }))
}
