//! Sessions that have nothing to do, and one among them that has.

use std::future::Future;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use qapi::futures::QmpStreamTokio;
use qapi_client::{blocking, tokio as asynchronous};
use qapi_types::qmp::commands::QueryStatus;
use serde_json::{Value, json};

use crate::calls::{blocking_peer, kept, one_thread};
use crate::canned::Canned;
use crate::limits::descriptors;
use crate::{BLOCKING, Figure, OURS, PEER, Result, TOKIO};

/// How many there are, if the system allows so many descriptors.
const SESSIONS: u64 = 10_000;

/// Descriptors that have nothing to do with sessions.
const OTHERS: u64 = 100;

/// How many calls the one makes.
const CALLS: u32 = 5_000;

/// Each in a process of its own, for memory that was freed is not given back.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    let count = SESSIONS.min(descriptors()?.saturating_sub(OTHERS));
    let mut figures = Vec::new();
    for (face, by) in [
        (BLOCKING, OURS),
        (BLOCKING, PEER),
        (TOKIO, OURS),
        (TOKIO, PEER),
    ] {
        let mut alone = Command::new(std::env::current_exe()?);
        alone.args(["alone", &count.to_string(), face, by]);
        let output = alone.stderr(Stdio::inherit()).output()?;
        let said: Value = serde_json::from_slice(&output.stdout)?;
        let figure = |work: String, unit, member: &str| Figure {
            work,
            face: Some(face),
            by,
            unit,
            figure: said[member].as_f64().unwrap_or(f64::NAN),
            ratios: Vec::new(),
        };
        let memory = format!("memory of {count} idle sessions");
        figures.push(figure(memory, "KiB a session", "kibibytes"));
        let call = format!("a call among {count} idle sessions");
        figures.push(figure(call, "µs", "call"));
    }
    Ok(figures)
}

/// Measures sessions in this process.
pub(crate) fn alone(count: usize, face: &str, by: &str) -> Result<()> {
    descriptors()?;
    let server = Canned::start_for_idle(count)?;
    let path = server.path();
    let (memory, call) = match (face, by) {
        (BLOCKING, OURS) => blocking_ours(count, &path)?,
        (BLOCKING, PEER) => blocking_peers(count, &path)?,
        (TOKIO, OURS) => one_thread()?.block_on(tokio_ours(count, &path))?,
        (TOKIO, PEER) => one_thread()?.block_on(tokio_peers(count, &path))?,
        _ => return Err("nobody has such sessions".into()),
    };
    let kibibytes = memory / 1024.0 / count as f64;
    println!("{}", json!({ "kibibytes": kibibytes, "call": call }));
    Ok(())
}

fn blocking_ours(count: usize, path: &Path) -> Result<(f64, f64)> {
    let (mut sessions, memory) = many(count, || Ok(blocking::Client::connect_unix(path)?))?;
    let client = sessions.last_mut().ok_or("there is no session")?;
    let begun = Instant::now();
    for _ in 0..CALLS {
        client.execute(&QueryStatus)?;
    }
    Ok((memory, microseconds(begun)))
}

fn blocking_peers(count: usize, path: &Path) -> Result<(f64, f64)> {
    let (mut sessions, memory) = many(count, || blocking_peer(kept(path)?))?;
    let client = sessions.last_mut().ok_or("there is no session")?;
    let begun = Instant::now();
    for _ in 0..CALLS {
        client.execute(&qapi::qmp::query_status {})?;
    }
    Ok((memory, microseconds(begun)))
}

async fn tokio_ours(count: usize, path: &Path) -> Result<(f64, f64)> {
    let connect = || async { Ok(asynchronous::Client::connect_unix(path).await?) };
    let (sessions, memory) = many_tasks(count, connect).await?;
    let client = sessions.last().ok_or("there is no session")?;
    let begun = Instant::now();
    for _ in 0..CALLS {
        client.execute(&QueryStatus).await?;
    }
    Ok((memory, microseconds(begun)))
}

async fn tokio_peers(count: usize, path: &Path) -> Result<(f64, f64)> {
    let connect = || async {
        let session = QmpStreamTokio::open_uds(path).await?.negotiate().await?;
        Ok(session.spawn_tokio().0)
    };
    let (sessions, memory) = many_tasks(count, connect).await?;
    let client = sessions.last().ok_or("there is no session")?;
    let begun = Instant::now();
    for _ in 0..CALLS {
        client.execute(qapi::qmp::query_status {}).await?;
    }
    Ok((memory, microseconds(begun)))
}

/// Makes sessions, and says what memory they take together.
fn many<T>(count: usize, mut connect: impl FnMut() -> Result<T>) -> Result<(Vec<T>, f64)> {
    let (mut sessions, before) = (Vec::with_capacity(count), resident()?);
    for _ in 0..count {
        sessions.push(connect()?);
    }
    Ok((sessions, resident()? - before))
}

async fn many_tasks<T, F: Future<Output = Result<T>>>(
    count: usize,
    mut connect: impl FnMut() -> F,
) -> Result<(Vec<T>, f64)> {
    let (mut sessions, before) = (Vec::with_capacity(count), resident()?);
    for _ in 0..count {
        sessions.push(connect().await?);
    }
    Ok((sessions, resident()? - before))
}

/// The memory that this process has, in bytes.
fn resident() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages = text.split(' ').nth(1).ok_or("statm has no second number")?;
    Ok(pages.parse::<f64>()? * rustix::param::page_size() as f64)
}

fn microseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
}
