//! Replies to values.

use qapi_types::qmp::commands as ours;
use qapi_types::{Command, Message};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::machine::Reply;
use crate::plain;
use crate::rounds::Contest;

/// A contest for every reply.
pub(crate) fn contests(replies: &[Reply]) -> Vec<Contest<'_>> {
    replies.iter().map(contest).collect()
}

fn contest(reply: &Reply) -> Contest<'_> {
    let line = reply.line.as_str();
    let contest = Contest::new(format!("decode {}", reply.command), line.len());
    let contest = match reply.command {
        "query-qmp-schema" => {
            entered::<ours::QueryQmpSchema, qapi::qmp::query_qmp_schema>(contest, line)
                .way("plain serde", move || plain::<Vec<plain::SchemaInfo>>(line))
        }
        "query-machines" => {
            entered::<ours::QueryMachines, qapi::qmp::query_machines>(contest, line)
                .way("plain serde", move || {
                    plain::<Vec<plain::MachineInfo>>(line)
                })
        }
        "query-status" => entered::<ours::QueryStatus, qapi::qmp::query_status>(contest, line)
            .way("plain serde", move || plain::<plain::StatusInfo>(line)),
        "query-named-block-nodes" => {
            entered::<ours::QueryNamedBlockNodes, qapi::qmp::query_named_block_nodes>(contest, line)
        }
        "query-block" => entered::<ours::QueryBlock, qapi::qmp::query_block>(contest, line),
        _ => entered::<ours::QueryBlockstats, qapi::qmp::query_blockstats>(contest, line),
    };
    contest.way("IgnoredAny", move || {
        serde_json::from_slice::<IgnoredAny>(line.as_bytes()).expect("it is JSON")
    })
}

/// Our way, and that of the crate `qapi`, as its client does it.
fn entered<'a, C, P>(contest: Contest<'a>, line: &'a str) -> Contest<'a>
where
    C: Command,
    P: qapi::Command,
{
    let contest = contest.way("ours", move || typed::<C>(line));
    // A schema that is older than the machine may fail: then there is no such contestant.
    match peer::<P>(line) {
        Ok(_) => contest.way("qapi", move || peer::<P>(line)),
        Err(error) => {
            eprintln!(
                "the crate qapi does not decode the reply to {}: {error}",
                P::NAME
            );
            contest
        }
    }
}

fn typed<C: Command>(line: &str) -> C::Return {
    let line = qapi_types::utf8(line.as_bytes()).expect("it is UTF-8");
    match Message::parse(line) {
        Ok(Message::Return { value, .. }) => value.decode().expect("our types hold it"),
        _ => panic!("it is a reply"),
    }
}

fn peer<P: qapi::Command>(line: &str) -> Result<qapi::qmp::QmpMessage<P::Ok>, serde_json::Error> {
    serde_json::from_slice(line.as_bytes())
}

fn plain<T: DeserializeOwned>(line: &str) -> T {
    let reply: plain::Reply<T> =
        serde_json::from_slice(line.as_bytes()).expect("the types hold it");
    reply.value
}
