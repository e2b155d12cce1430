//! A flood of events, of which none may be lost.

use std::time::Instant;

use futures_util::StreamExt;
use qapi::futures::QmpStreamTokio;
use qapi_client::tokio::Client;
use qapi_client::{Buffer, Overflow};
use qapi_types::qmp::Event;
use qapi_types::qmp::commands::Stop;

use crate::calls::one_thread;
use crate::canned::Canned;
use crate::rounds::median;
use crate::{Figure, OURS, PEER, Result, TOKIO};

/// How many events there are.
const EVENTS: usize = 1_000_000;

/// It takes seconds.
const ROUNDS: usize = 3;

pub(crate) fn measure(rounds: usize) -> Result<Vec<Figure>> {
    let server = Canned::start(EVENTS)?;
    let (mut one, mut ten, mut peers_one) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds.min(ROUNDS) {
        one.push(ours(&server, 1)?);
        peers_one.push(peers(&server)?);
        ten.push(ours(&server, 10)?);
    }
    let figure = |work: &str, by, figures| Figure {
        work: format!("a flood of {EVENTS} events, {work}"),
        face: Some(TOKIO),
        by,
        unit: "events/s",
        figure: median(figures),
        ratios: Vec::new(),
    };
    Ok(vec![
        figure("one subscriber", OURS, one),
        figure("one subscriber", PEER, peers_one),
        figure("ten subscribers", OURS, ten),
    ])
}

/// How many a second reach all subscribers.
fn ours(server: &Canned, subscribers: usize) -> Result<f64> {
    one_thread()?.block_on(async {
        let client = Client::connect_unix(server.path()).await?;
        let subscribers: Vec<_> = (0..subscribers)
            .map(|_| {
                let buffer = Buffer {
                    overflow: Overflow::Wait,
                    ..Buffer::default()
                };
                let mut events = client.subscribe_with::<Event>("JOB_STATUS_CHANGE", buffer);
                tokio::spawn(async move {
                    for _ in 0..EVENTS {
                        events.next().await?;
                    }
                    Ok::<_, qapi_client::Error>(())
                })
            })
            .collect();
        let begun = Instant::now();
        client.execute(&Stop).await?;
        for subscriber in subscribers {
            subscriber.await??;
        }
        Ok(EVENTS as f64 / begun.elapsed().as_secs_f64())
    })
}

/// It has one stream of events, and whoever takes them serves the calls, too.
fn peers(server: &Canned) -> Result<f64> {
    one_thread()?.block_on(async {
        let session = QmpStreamTokio::open_uds(server.path()).await?;
        let (client, mut events) = session.negotiate().await?.into_parts();
        let begun = Instant::now();
        tokio::spawn(client.execute(qapi::qmp::stop {}));
        for _ in 0..EVENTS {
            events.next().await.ok_or("the server has gone")??;
        }
        Ok(EVENTS as f64 / begun.elapsed().as_secs_f64())
    })
}
