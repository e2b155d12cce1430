//! One call after the other.

use std::io::{BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use qapi::futures::QmpStreamTokio;
use qapi_client::{blocking, tokio as asynchronous};
use qapi_types::qmp::commands::QueryStatus;
use tokio::runtime::{Builder, Runtime};

use crate::canned::Canned;
use crate::machine::Machine;
use crate::rounds::{Way, race};
use crate::{BLOCKING, COUNTING, Figure, OURS, PEER, RAW, Result, TOKIO, python};

/// How many calls are made before one looks at the clock.
const BATCH: u64 = 50;

type BlockingPeer = qapi::Qmp<qapi::Stream<BufReader<&'static UnixStream>, &'static UnixStream>>;

/// Who calls.
const WAYS: [fn(&Path) -> Result<Way>; 6] = [
    raw,
    raw_counting,
    blocking_ours,
    blocking_peers,
    tokio_ours,
    tokio_peers,
];

/// Machines, for which each byte counts. Each way has its own: one with several monitors is quicker at the first of them.
pub(crate) fn live(rounds: usize) -> Result<Vec<Figure>> {
    let mut machines = Vec::new();
    race("calls to a machine, one by one", rounds, || {
        machines.clear();
        for _ in 0..=WAYS.len() {
            machines.push(Machine::start()?);
        }
        let paths: Vec<_> = machines.iter().map(Machine::monitor).collect();
        ways(&paths)
    })
}

/// A server that does nothing, so that only the way there and back counts.
pub(crate) fn canned(rounds: usize) -> Result<Vec<Figure>> {
    let server = Canned::start(0)?;
    let paths = vec![server.path(); WAYS.len() + 1];
    let work = "calls with canned replies, one by one";
    race(work, rounds, || ways(&paths))
}

/// All ways, each at its own of these places.
fn ways(paths: &[PathBuf]) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    for (way, path) in WAYS.iter().zip(paths) {
        ways.push(way(path)?);
    }
    ways.extend(python::way(&paths[WAYS.len()], BATCH)?);
    Ok(ways)
}

/// The shortest requests there are that have an id.
fn raw(path: &Path) -> Result<Way> {
    raw_with(path, RAW, |call| call % 10)
}

/// No id twice, as who has no session does it to be sure.
fn raw_counting(path: &Path) -> Result<Way> {
    raw_with(path, COUNTING, |call| call)
}

fn raw_with(path: &Path, by: &'static str, id: fn(u64) -> u64) -> Result<Way> {
    let mut stream = UnixStream::connect(path)?;
    line(&mut stream)?;
    stream.write_all(br#"{"execute":"qmp_capabilities"}"#)?;
    line(&mut stream)?;
    let mut call = 0_u64;
    Ok(Way::new(None, by, move || {
        for _ in 0..BATCH {
            call += 1;
            let id = id(call);
            let request = format!(r#"{{"execute":"query-status","id":{id}}}"#);
            stream.write_all(request.as_bytes())?;
            line(&mut stream)?;
        }
        Ok(BATCH)
    }))
}

fn line(stream: &mut UnixStream) -> Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err("the server has gone".into());
        }
        if buffer[..count].ends_with(b"\n") {
            return Ok(());
        }
    }
}

fn blocking_ours(path: &Path) -> Result<Way> {
    let mut client = blocking::Client::connect_unix(path)?;
    Ok(Way::new(BLOCKING, OURS, move || {
        for _ in 0..BATCH {
            client.execute(&QueryStatus)?;
        }
        Ok(BATCH)
    }))
}

fn blocking_peers(path: &Path) -> Result<Way> {
    let mut client = blocking_peer(path)?;
    Ok(Way::new(BLOCKING, PEER, move || {
        for _ in 0..BATCH {
            client.execute(&qapi::qmp::query_status {})?;
        }
        Ok(BATCH)
    }))
}

/// The peer's session reads and writes what can be copied: a reference, which has to last as long.
pub(crate) fn blocking_peer(path: &Path) -> Result<BlockingPeer> {
    let stream: &'static UnixStream = Box::leak(Box::new(UnixStream::connect(path)?));
    let mut client = qapi::Qmp::from_stream(stream);
    client.handshake()?;
    Ok(client)
}

fn tokio_ours(path: &Path) -> Result<Way> {
    let runtime = one_thread()?;
    let client = runtime.block_on(asynchronous::Client::connect_unix(path))?;
    Ok(Way::new(TOKIO, OURS, move || {
        runtime.block_on(async {
            for _ in 0..BATCH {
                client.execute(&QueryStatus).await?;
            }
            Ok(BATCH)
        })
    }))
}

fn tokio_peers(path: &Path) -> Result<Way> {
    let runtime = one_thread()?;
    let client = runtime.block_on(async {
        let session = QmpStreamTokio::open_uds(path).await?.negotiate().await?;
        Ok::<_, std::io::Error>(session.spawn_tokio().0)
    })?;
    Ok(Way::new(TOKIO, PEER, move || {
        runtime.block_on(async {
            for _ in 0..BATCH {
                client.execute(qapi::qmp::query_status {}).await?;
            }
            Ok(BATCH)
        })
    }))
}

pub(crate) fn one_thread() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
