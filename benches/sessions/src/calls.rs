//! One call after the other.

use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use qapi::futures::QmpStreamTokio;
use qapi_client::{blocking, tokio as asynchronous};
use qapi_types::qmp::commands::QueryStatus;
use tokio::runtime::{Builder, Runtime};

use crate::canned::Canned;
use crate::machine::Machine;
use crate::processors::everywhere;
use crate::rounds::{Maker, Way, race};
use crate::{BLOCKING, COUNTING, Figure, OURS, PEER, RAW, Result, TOKIO, python};

/// How many calls are made before one looks at the clock.
pub(crate) const BATCH: u64 = 50;

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

/// Machines, for which each byte counts.
pub(crate) fn live(rounds: usize) -> Result<Vec<Figure>> {
    everywhere(|processors, place| {
        let work = format!("calls to a machine on {place}, one by one");
        let mut machine = None;
        race(&work, rounds, || {
            let machine = machine.insert(processors.start(Machine::start)?);
            Ok(makers(machine.monitor()))
        })
    })
}

/// A server that does nothing, so that only the way there and back counts.
pub(crate) fn canned(rounds: usize) -> Result<Vec<Figure>> {
    everywhere(|processors, place| {
        let server = processors.start(|| Canned::start(0))?;
        let work = format!("calls with canned replies from {place}, one by one");
        race(&work, rounds, || Ok(makers(server.path())))
    })
}

/// All ways at this place.
fn makers(path: PathBuf) -> Vec<Maker<'static>> {
    let ways = WAYS.iter().copied();
    let ways = ways.chain(python::is_there().then_some(python::way as _));
    let make = |way: fn(&Path) -> Result<Way>| -> Maker<'static> {
        let path = path.clone();
        Box::new(move || way(&path))
    };
    ways.map(make).collect()
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
    struct HungUp(&'static UnixStream);
    impl Drop for HungUp {
        fn drop(&mut self) {
            // It fails only if the server has hung up already.
            let _ = self.0.shutdown(Shutdown::Both);
        }
    }
    let stream = kept(path)?;
    let (mut client, end) = (blocking_peer(stream)?, HungUp(stream));
    Ok(Way::new(BLOCKING, PEER, move || {
        let _end = &end;
        for _ in 0..BATCH {
            client.execute(&qapi::qmp::query_status {})?;
        }
        Ok(BATCH)
    }))
}

/// The peer's session reads and writes what can be copied: a reference, which has to last as long.
pub(crate) fn kept(path: &Path) -> Result<&'static UnixStream> {
    Ok(Box::leak(Box::new(UnixStream::connect(path)?)))
}

pub(crate) fn blocking_peer(stream: &'static UnixStream) -> Result<BlockingPeer> {
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
