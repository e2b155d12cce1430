//! Who the machine talks to: character devices, displays, the machine that it moves to or comes from.

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::{Any, AnyMembers};

use super::super::quantity::percent;
use super::{Fact, ask, ask_all, bytes, number, text};

pub(super) fn character_devices(client: &mut Client) -> Result<Option<Fact>, Error> {
    let devices = ask_all(client, "query-chardev")?;
    let line = |device: &Any| {
        let [label, filename] =
            ["label", "filename"].map(|name| text(device, &[name]).unwrap_or_default());
        let open = device.get("frontend-open").and_then(|open| open.to().ok());
        let closed = if open == Some(false) {
            ", nobody listens"
        } else {
            ""
        };
        format!("{label}: {filename}{closed}")
    };
    Ok(Some(Fact {
        lines: devices.iter().map(line).collect(),
        value: devices.into_iter().collect(),
    }))
}

pub(super) fn displays(client: &mut Client) -> Result<Option<Fact>, Error> {
    let (mut value, mut lines) = (AnyMembers::new(), Vec::new());
    let options = ask(client, "query-display-options")?;
    if let Some(kind) = options.and_then(|options| text(&options, &["type"])) {
        lines.push(kind.clone());
        value.push("type", kind);
    }
    let servers = ask_all(client, "query-vnc-servers")?;
    for server in &servers {
        let sockets: Vec<Any> = server
            .get("server")
            .and_then(|sockets| sockets.to().ok())
            .unwrap_or_default();
        for socket in &sockets {
            let [family, host, service] =
                ["family", "host", "service"].map(|name| text(socket, &[name]).unwrap_or_default());
            // A path stands where others have their host.
            lines.push(match &*family {
                "unix" => format!("vnc unix:{host}"),
                _ => format!("vnc {}:{service}", bracketed(&host)),
            });
        }
    }
    if !servers.is_empty() {
        value.push("vnc", Any::from_iter(servers));
    }
    if let Some(spice) = ask(client, "query-spice")?
        && spice
            .get("enabled")
            .is_some_and(|enabled| enabled.to() == Ok(true))
    {
        let host = text(&spice, &["host"]).unwrap_or_default();
        for name in ["port", "tls-port"] {
            if let Some(port) = number(&spice, &[name]) {
                lines.push(format!("spice {}:{port}", bracketed(&host)));
            }
        }
        value.push("spice", spice);
    }
    Ok(Some(Fact {
        value: value.into(),
        lines,
    }))
}

/// A host as it stands before a port.
fn bracketed(host: &str) -> String {
    match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    }
}

pub(super) fn migration(client: &mut Client) -> Result<Option<Fact>, Error> {
    let Some(value) = ask(client, "query-migrate")? else {
        return Ok(None);
    };
    // There is none to tell of before the first.
    let Some(mut line) = text(&value, &["status"]) else {
        return Ok(None);
    };
    let ram = |name| number(&value, &["ram", name]);
    if let (Some(transferred), Some(remaining)) = (ram("transferred"), ram("remaining")) {
        let total = ram("total").unwrap_or_default();
        let done = percent(total.saturating_sub(remaining), total);
        line += &done.map_or(String::new(), |part| format!(", {part}"));
        line += &format!(", {} sent, {} to go", bytes(transferred), bytes(remaining));
    }
    if let Some(milliseconds) = number(&value, &["total-time"]) {
        line += &format!(", {}.{} s", milliseconds / 1000, milliseconds % 1000 / 100);
    }
    if let Some(why) = text(&value, &["error-desc"]) {
        line += &format!(", {why}");
    }
    Ok(Some(Fact {
        value,
        lines: vec![line],
    }))
}
