//! The machine itself: what it is called, how it is, what it has.

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::AnyMembers;

use super::{Fact, ask, ask_all, bytes, number, text};

pub(super) fn name(client: &mut Client) -> Result<Option<Fact>, Error> {
    let reply = ask(client, "query-name")?;
    Ok(reply
        .and_then(|reply| text(&reply, &["name"]))
        .map(Fact::word))
}

pub(super) fn version(client: &mut Client) -> Result<Option<Fact>, Error> {
    Ok(Some(Fact::word(client.greeting().version.to_string())))
}

pub(super) fn status(client: &mut Client) -> Result<Option<Fact>, Error> {
    let reply = ask(client, "query-status")?;
    Ok(reply
        .and_then(|reply| text(&reply, &["status"]))
        .map(Fact::word))
}

pub(super) fn cpus(client: &mut Client) -> Result<Option<Fact>, Error> {
    let cpus = ask_all(client, "query-cpus-fast")?;
    let Some(first) = cpus.first() else {
        return Ok(None);
    };
    let mut value = AnyMembers::from_iter([("count", cpus.len() as u64)]);
    let mut line = cpus.len().to_string();
    if let Some(target) = text(first, &["target"]) {
        line += &format!(" ({target})");
        value.push("target", target);
    }
    Ok(Some(Fact {
        value: value.into(),
        lines: vec![line],
    }))
}

pub(super) fn memory(client: &mut Client) -> Result<Option<Fact>, Error> {
    let Some(value) = ask(client, "query-memory-size-summary")? else {
        return Ok(None);
    };
    let mut lines = Vec::new();
    if let Some(base) = number(&value, &["base-memory"]) {
        lines.push(bytes(base));
    }
    if let Some(plugged @ 1..) = number(&value, &["plugged-memory"]) {
        lines.push(format!("{} plugged in", bytes(plugged)));
    }
    Ok(Some(Fact { value, lines }))
}
