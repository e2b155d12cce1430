//! Calls of many tasks at once.

use std::sync::Arc;

use qapi::futures::QmpStreamTokio;
use qapi_client::tokio::Client;
use qapi_types::qmp::commands::QueryStatus;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::calls::one_thread;
use crate::canned::Canned;
use crate::rounds::{Way, race};
use crate::{Figure, OURS, PEER, Result, TOKIO};

/// How many tasks call.
const CALLERS: u64 = 64;

/// How often each of them does.
const BATCH: u64 = 100;

pub(crate) fn measure(rounds: usize) -> Result<Vec<Figure>> {
    let server = Canned::start(0)?;
    let mut figures = Vec::new();
    for (name, runtime) in [
        ("one thread", one_thread as fn() -> Result<Runtime>),
        ("two workers", two_workers),
    ] {
        let ways = || {
            Ok(vec![
                ours(&server, runtime()?)?,
                peers(&server, runtime()?)?,
            ])
        };
        let work = format!("calls with canned replies, {CALLERS} callers, {name}");
        figures.extend(race(&work, rounds, ways)?);
    }
    Ok(figures)
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
