//! Block devices and jobs.

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers};

use super::super::quantity::percent;
use super::{Fact, ask_all, bytes, number, text};

/// How many drivers may lie above a file until one gives up to look for its name.
const LAYERS: usize = 16;

/// The devices of a machine; of what has none, as a storage daemon, the nodes.
pub(super) fn devices(client: &mut Client) -> Result<Option<Fact>, Error> {
    let mut all = ask_all(client, "query-block")?;
    let mut entry: fn(&Any) -> (String, Any, Option<Any>) = device;
    if all.is_empty() {
        all = ask_all(client, "query-named-block-nodes")?;
        entry = node;
    }
    let (mut values, mut lines) = (Vec::new(), Vec::new());
    for (name, whole, inserted) in all.iter().map(entry) {
        let (mut value, mut words) = (AnyMembers::new(), Vec::new());
        if inserted.as_ref() != Some(&whole) {
            value.push("device", &*name);
        }
        match &inserted {
            Some(image) => describe(image, &name, &mut value, &mut words),
            None => words.push("empty".to_owned()),
        }
        if is_so(&whole, "tray_open") {
            words.push("tray open".to_owned());
            value.push("tray-open", true);
        }
        if let Some(status) = text(&whole, &["io-status"]).filter(|status| status != "ok") {
            words.push(format!("I/O status {status}"));
            value.push("io-status", status);
        }
        lines.push(format!("{name}: {}", words.join(", ")));
        values.push(Any::from(value));
    }
    Ok(Some(Fact {
        value: values.into_iter().collect(),
        lines,
    }))
}

/// The name of what `query-block` tells of, all that it tells, and the image that is in it.
fn device(device: &Any) -> (String, Any, Option<Any>) {
    // Those of -blockdev have no name of their own but that of the device in the machine.
    let name = text(device, &["device"]).filter(|name| !name.is_empty());
    let name = name.or_else(|| text(device, &["qdev"]));
    let image = device.get("inserted");
    (name.unwrap_or_default(), device.clone(), image)
}

/// The same of a node.
fn node(node: &Any) -> (String, Any, Option<Any>) {
    let name = text(node, &["node-name"]).unwrap_or_default();
    (name, node.clone(), Some(node.clone()))
}

/// What there is to know of an image; what its title says is not said again.
fn describe(image: &Any, title: &str, value: &mut AnyMembers, words: &mut Vec<String>) {
    for (key, name) in [("node", "node-name"), ("driver", "drv"), ("file", "file")] {
        if let Some(word) = text(image, &[name]) {
            value.push(key, &*word);
            match key {
                "file" => words.push(shortened(&word)),
                "node" if word == title => {}
                _ => words.push(word),
            }
        }
    }
    if let Some(size) = number(image, &["image", "virtual-size"]) {
        words.push(bytes(size));
        value.push("size", size);
    }
    match number(image, &["backing_file_depth"]) {
        None | Some(0) => {}
        Some(depth) => {
            words.push(match depth {
                1 => "1 backing file".to_owned(),
                depth => format!("{depth} backing files"),
            });
            value.push("backing-files", depth);
        }
    }
    for (key, name, word) in [
        ("encrypted", "encrypted", "encrypted"),
        ("read-only", "ro", "read-only"),
    ] {
        if is_so(image, name) {
            words.push(word.to_owned());
            value.push(key, true);
        }
    }
}

fn is_so(value: &Any, name: &str) -> bool {
    value.get(name).is_some_and(|value| value.to() == Ok(true))
}

/// The name of a file that has options is made of all of them: what people know it by is that of the file below them.
fn shortened(name: &str) -> String {
    let Some(options) = name.strip_prefix("json:") else {
        return name.to_owned();
    };
    let mut options: Option<Any> = options.parse().ok();
    for _ in 0..LAYERS {
        let Some(layer) = options else { break };
        if let Some(name) = text(&layer, &["filename"]) {
            return name;
        }
        options = layer.get("file");
    }
    name.to_owned()
}

/// What others can have of the block devices.
pub(super) fn exports(client: &mut Client) -> Result<Option<Fact>, Error> {
    let exports = ask_all(client, "query-block-exports")?;
    let line = |export: &Any| {
        let [id, kind, node] =
            ["id", "type", "node-name"].map(|name| text(export, &[name]).unwrap_or_default());
        let closing = match is_so(export, "shutting-down") {
            true => ", shutting down",
            false => "",
        };
        format!("{id}: {kind}, {node}{closing}")
    };
    Ok(Some(Fact {
        lines: exports.iter().map(line).collect(),
        value: exports.into_iter().collect(),
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
