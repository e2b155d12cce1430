//! Calls of many tasks at once.

use std::sync::Arc;

use qapi::futures::QmpStreamTokio;
use qapi_client::tokio::Client;
use qapi_types::qmp::commands::QueryStatus;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::calls::one_thread;
use crate::canned::Canned;
use crate::processors::everywhere;
use crate::rounds::{Maker, Way, race};
use crate::{Figure, OURS, PEER, Result, TOKIO};

/// How many tasks call.
const CALLERS: u64 = 64;

/// How often each of them does.
const BATCH: u64 = 100;

pub(crate) fn measure(rounds: usize) -> Result<Vec<Figure>> {
    let mut figures = everywhere(|processors, place| {
        let server = processors.start(|| Canned::start(0))?;
        callers(
            &format!("from {place}, {CALLERS} callers, one thread"),
            rounds,
            &server,
            one_thread,
        )
    })?;
    // They need more than one processor.
    let work = format!("from anywhere, {CALLERS} callers, two workers");
    figures.extend(callers(&work, rounds, &Canned::start(0)?, two_workers)?);
    Ok(figures)
}

fn callers(
    work: &str,
    rounds: usize,
    server: &Canned,
    runtime: fn() -> Result<Runtime>,
) -> Result<Vec<Figure>> {
    race(&format!("calls with canned replies {work}"), rounds, || {
        Ok(vec![
            Box::new(|| ours(server, runtime()?)) as Maker<'_>,
            Box::new(|| peers(server, runtime()?)),
        ])
    })
}

fn two_workers() -> Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    Ok(builder.worker_threads(2).enable_all().build()?)
}

fn ours(server: &Canned, runtime: Runtime) -> Result<Way> {
    let client = runtime.block_on(Client::connect_unix(server.path()))?;
    Ok(Way::new(TOKIO, OURS, move || {
        together(&runtime, || {
            let client = client.clone();
            runtime.spawn(async move {
                for _ in 0..BATCH {
                    client.execute(&QueryStatus).await?;
                }
                Ok(())
            })
        })
    }))
}

fn peers(server: &Canned, runtime: Runtime) -> Result<Way> {
    let client = runtime.block_on(async {
        let session = QmpStreamTokio::open_uds(server.path()).await?;
        let session = session.negotiate().await?;
        Ok::<_, std::io::Error>(Arc::new(session.spawn_tokio().0))
    })?;
    Ok(Way::new(TOKIO, PEER, move || {
        together(&runtime, || {
            let client = Arc::clone(&client);
            runtime.spawn(async move {
                for _ in 0..BATCH {
                    client.execute(qapi::qmp::query_status {}).await?;
                }
                Ok(())
            })
        })
    }))
}

/// Starts all callers, and waits for them.
fn together(runtime: &Runtime, caller: impl Fn() -> JoinHandle<Result<()>>) -> Result<u64> {
    let callers: Vec<_> = (0..CALLERS).map(|_| caller()).collect();
    for caller in callers {
        runtime.block_on(caller)??;
    }
    Ok(CALLERS * BATCH)
}
