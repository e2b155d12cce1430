//! The tokio client against a peer that follows a script.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::Stream;
use qapi_client::tokio::Client;
use qapi_client::{Buffer, CallOptions, Error, Limits, NotOutOfBand, Options, Overflow};
use qapi_types::{Command, Encode, UnknownEvent, Writer};

use peer::Peer::{self, Hears, Repeats, Says};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, perform, play, run};

/// Time enough for nothing.
const SHORT: Duration = Duration::from_millis(20);

async fn over(stream: UnixStream, options: Options) -> Result<Client, Error> {
    stream.set_nonblocking(true).unwrap();
    Client::over(tokio::net::UnixStream::from_std(stream).unwrap(), options).await
}

/// Plays `script`, after the negotiation, while `talk` talks.
fn session<T, F: Future<Output = T>>(script: &[Peer], talk: impl FnOnce(Client) -> F) -> T {
    let script = [&[GREETING, NEGOTIATE, NEGOTIATED], script].concat();
    play(&script, |stream| {
        run(async { talk(over(stream, Options::default()).await.unwrap()).await })
    })
}

/// Commands that may be executed out of band, that may not, and that answer on failure only.
struct Pause;
struct Stop;
struct Shutdown;

macro_rules! commands {
    ($($command:ident $name:literal $oob:literal $response:literal)*) => {$(
        impl Encode for $command {
            fn encode(&self, w: &mut Writer) {
                w.object(&[]);
            }
        }

        impl Command for $command {
            type Return = ();
            const NAME: &'static str = $name;
            const ALLOW_OOB: bool = $oob;
            const SUCCESS_RESPONSE: bool = $response;
        }
    )*};
}

commands! {
    Pause "migrate-pause" true true
    Stop "stop" false true
    Shutdown "guest-shutdown" false false
}

#[test]
fn handles_are_sent_and_shared() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Client>();
}

#[test]
fn calls_of_many_tasks_are_in_flight_at_once() {
    // Ten calls: eight go out, and only when two of them are answered the others.
    let requests: String = (1..=8)
        .map(|id| format!(r#"{{"execute":"stop","id":{id}}}"#))
        .collect();
    let (mut peer, stream) = UnixStream::pair().unwrap();
    let playing = std::thread::spawn(move || {
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
        let mut heard = vec![0; requests.len()];
        peer.read_exact(&mut heard).unwrap();
        assert_eq!(String::from_utf8_lossy(&heard), requests);
        perform(
            &[
                Says(r#"{"return": 1, "id": 1}{"return": 2, "id": 2}"#),
                Hears(r#"{"execute":"stop","id":9}{"execute":"stop","id":10}"#),
            ],
            &peer,
        );
        for id in (3..=10).rev() {
            write!(peer, r#"{{"return": {id}, "id": {id}}}"#).unwrap();
        }
    });
    run(async {
        let client = over(stream, Options::default()).await.unwrap();
        let calls: Vec<_> = (1..=10)
            .map(|id: u64| {
                let client = client.clone();
                tokio::spawn(async move {
                    let value = client.execute_raw("stop", None).await.unwrap();
                    assert_eq!(value.to::<u64>().unwrap(), id);
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
    });
    playing.join().unwrap();
}

#[test]
fn a_future_that_is_dropped_harms_nobody() {
    let script = [
        Hears(r#"{"execute":"slow","id":1}"#),
        Hears(r#"{"execute":"stop","id":2}"#),
        Says(r#"{"return": {"slow": 1}, "id": 1}{"return": {}, "id": 2}"#),
    ];
    session(&script, |client| async move {
        {
            let mut slow = std::pin::pin!(client.execute_raw("slow", None));
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(slow.as_mut().poll(&mut cx).is_pending());
            // The driver sends it.
            tokio::task::yield_now().await;
        }
        let value = client.execute_raw("stop", None).await.unwrap();
        assert_eq!(value.as_json(), "{}");
        assert_eq!(client.metrics().late_replies, 1);
    });
}

#[test]
fn what_is_not_on_its_way_is_taken_back() {
    let limits = Limits {
        in_flight: 1,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let script = [
        GREETING,
        NEGOTIATE,
        NEGOTIATED,
        Hears(r#"{"execute":"slow","id":1}"#),
        // The second call was never sent.
        Hears(r#"{"execute":"stop","id":3}"#),
        Says(r#"{"return": {}, "id": 1}{"return": {}, "id": 3}"#),
    ];
    play(&script, |stream| {
        run(async {
            let client = over(stream, options).await.unwrap();
            let slow = client.execute_raw_with("slow", None, SHORT * 3);
            let short = client.execute_raw_with("short", None, SHORT);
            let (slow, short) = tokio::join!(slow, short);
            assert!(
                matches!(slow, Err(Error::TimedOut { sent: true, .. })),
                "{slow:?}"
            );
            assert!(
                matches!(short, Err(Error::TimedOut { sent: false, .. })),
                "{short:?}"
            );
            assert!(!short.unwrap_err().outcome_unknown());
            client.execute(&Stop).await.unwrap();
        });
    });
}

#[test]
fn the_death_of_the_peer_ends_all_at_once() {
    let script = [Hears(r#"{"execute":"stop","id":1}"#)];
    session(&script, |client| async move {
        let mut events = client.subscribe::<UnknownEvent>("*");
        let unbounded = CallOptions::new().unbounded();
        let calls = (0..20).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.execute_with(&Stop, unbounded).await })
        });
        let calls: Vec<_> = calls.collect();
        let mut sent = 0;
        for call in calls {
            let error = call.await.unwrap().unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
            sent += usize::from(error.outcome_unknown());
        }
        // Eight went out, and the others have certainly not been done.
        assert_eq!(sent, 8);
        assert!(matches!(
            events.next().await,
            Err(Error::Lost { sent: false, .. })
        ));
        let error = client.execute(&Stop).await.unwrap_err();
        assert!(!error.outcome_unknown());
    });
}

#[test]
fn the_session_ends_with_its_last_handle() {
    let (mut peer, stream) = UnixStream::pair().unwrap();
    let playing = std::thread::spawn(move || {
        let stop = Hears(r#"{"execute":"stop","id":1}"#);
        let event = Says(r#"{"return": {}, "id": 1}{"event": "A"}"#);
        perform(&[GREETING, NEGOTIATE, NEGOTIATED, stop, event], &peer);
        // Until the client has gone.
        peer.read_to_end(&mut Vec::new()).unwrap()
    });
    run(async {
        let client = over(stream, Options::default()).await.unwrap();
        let mut events = client.subscribe::<UnknownEvent>("*");
        client.execute(&Stop).await.unwrap();
        drop(client);
        // A subscription is enough to keep it.
        assert_eq!(events.next().await.unwrap().event.name, "A");
        drop(events);
        let playing = tokio::task::spawn_blocking(|| playing.join().unwrap());
        assert_eq!(playing.await.unwrap(), 0);
    });
}

#[test]
fn a_runtime_that_ends_ends_the_session() {
    let (peer, stream) = UnixStream::pair().unwrap();
    let playing = std::thread::spawn(move || {
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
        peer
    });
    let client = run(async { over(stream, Options::default()).await.unwrap() });
    let error = run(client.execute(&Stop)).unwrap_err();
    assert!(
        matches!(error, Error::Lost { .. }) && !error.outcome_unknown(),
        "{error}"
    );
    drop(playing.join().unwrap());
}

#[test]
fn subscribers_have_their_own_events_and_buffers() {
    let script = [
        Hears(r#"{"execute":"stop","id":1}"#),
        Says(
            r#"{"event": "A1"}{"event": "B1"}{"event": "A2"}{"event": "A3"}{"return": {}, "id": 1}"#,
        ),
    ];
    session(&script, |client| async move {
        let small = |overflow| Buffer {
            events: 2,
            overflow,
            ..Buffer::default()
        };
        let mut all = client.subscribe::<UnknownEvent>("*");
        let mut newest = client.subscribe_with::<UnknownEvent>("A*", small(Overflow::DropOldest));
        let mut strict = client.subscribe_with::<UnknownEvent>(["A*", "C"], small(Overflow::Fail));
        client.execute(&Stop).await.unwrap();
        let late = client.subscribe::<UnknownEvent>("*");
        let mut told = Vec::new();
        for subscription in [&mut all, &mut newest, &mut strict] {
            told.push(tell(subscription).await);
        }
        let end = "the server has closed the connection";
        assert_eq!(told[0], ["A1", "B1", "A2", "A3", end]);
        assert_eq!(told[1], ["1 events were dropped", "A2", "A3", end]);
        assert_eq!(told[2], ["A1", "A2", "too many events have waited"]);
        assert_eq!(
            (all.lost(), newest.lost(), strict.lost(), late.lost()),
            (0, 1, 1, 0)
        );
    });
}

/// All that a subscriber is told, as a stream.
async fn tell(subscription: &mut qapi_client::tokio::Subscription<UnknownEvent>) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let next = std::future::poll_fn(|cx| std::pin::Pin::new(&mut *subscription).poll_next(cx));
        match next.await {
            None => return told,
            Some(Ok(stamped)) => told.push(stamped.event.name),
            Some(Err(error)) => told.push(error.to_string()),
        }
    }
}

#[test]
fn a_subscriber_may_hold_the_session_up() {
    let script = [
        Hears(r#"{"execute":"stop","id":1}"#),
        Repeats(1000, r#"{"event": "TICK"}"#),
        Says(r#"{"return": {}, "id": 1}"#),
    ];
    session(&script, |client| async move {
        let buffer = Buffer {
            events: 3,
            overflow: Overflow::Wait,
            ..Buffer::default()
        };
        let mut ticks = client.subscribe_with::<UnknownEvent>("TICK", buffer);
        let counting = tokio::spawn(async move {
            let mut count = 0;
            while ticks.next().await.is_ok() {
                count += 1;
            }
            (count, ticks.lost())
        });
        client.execute(&Stop).await.unwrap();
        drop(client);
        assert_eq!(counting.await.unwrap(), (1000, 0));
    });
}

#[test]
fn a_subscriber_who_never_takes_holds_up_until_it_goes() {
    let script = [
        Hears(r#"{"execute":"stop","id":1}"#),
        Repeats(10, r#"{"event": "TICK"}"#),
        Says(r#"{"return": {}, "id": 1}"#),
        Hears(r#"{"execute":"stop","id":2}"#),
        Says(r#"{"return": {}, "id": 2}"#),
    ];
    session(&script, |client| async move {
        let buffer = Buffer {
            events: 3,
            overflow: Overflow::Wait,
            ..Buffer::default()
        };
        let ticks = client.subscribe_with::<UnknownEvent>("TICK", buffer);
        let error = client.execute_with(&Stop, SHORT).await.unwrap_err();
        assert!(
            matches!(error, Error::TimedOut { sent: true, .. }),
            "{error}"
        );
        drop(ticks);
        client.execute(&Stop).await.unwrap();
    });
}

#[test]
fn out_of_band_calls_are_refused_before_they_are_sent() {
    let oob = CallOptions::new().out_of_band();
    let script = [
        GREETING,
        Hears(r#"{"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":0}"#),
        NEGOTIATED,
        Hears(r#"{"execute":"stop","id":1}"#),
        Hears(r#"{"exec-oob":"migrate-pause","id":2}"#),
        Says(r#"{"return": {}, "id": 2}{"return": {}, "id": 1}"#),
    ];
    let options = Options {
        out_of_band: true,
        ..Options::default()
    };
    play(&script, |stream| {
        run(async {
            let client = over(stream, options).await.unwrap();
            let error = client.execute_with(&Stop, oob).await.unwrap_err();
            assert!(
                matches!(error, Error::OutOfBand(NotOutOfBand::Command("stop"))),
                "{error}"
            );
            let order = Arc::new(Mutex::new(Vec::new()));
            let (stop, pause) = tokio::join!(
                async {
                    let result = client.execute(&Stop).await;
                    order.lock().unwrap().push("stop");
                    result
                },
                async {
                    let result = client.execute_with(&Pause, oob).await;
                    order.lock().unwrap().push("pause");
                    result
                }
            );
            assert!(stop.is_ok() && pause.is_ok());
        });
    });
    session(&[], |client| async move {
        let error = client.execute_with(&Pause, oob).await.unwrap_err();
        assert!(
            matches!(error, Error::OutOfBand(NotOutOfBand::Session)),
            "{error}"
        );
        let error = client.execute_raw_with("x", None, oob).await.unwrap_err();
        assert!(
            matches!(error, Error::OutOfBand(_)) && !error.outcome_unknown(),
            "{error}"
        );
    });
}

#[test]
fn commands_that_answer_on_failure_only() {
    const REQUEST: Peer = Hears(r#"{"execute":"guest-shutdown","id":1}"#);
    let options = Options {
        silence: SHORT,
        ..Options::default()
    };
    for (after, expected) in [
        (
            &[REQUEST, Hears(r#"{"execute":"stop","id":2}"#)][..],
            "done",
        ),
        (&[REQUEST], "done"),
        (
            &[
                REQUEST,
                Says(r#"{"error": {"class": "GenericError", "desc": "no"}, "id": 1}"#),
            ],
            "GenericError: no",
        ),
    ] {
        let script = [&[GREETING, NEGOTIATE, NEGOTIATED], after].concat();
        play(&script, |stream| {
            run(async {
                let client = over(stream, options).await.unwrap();
                let told = match client.execute(&Shutdown).await {
                    Ok(()) => "done".to_owned(),
                    Err(error) => error.to_string(),
                };
                assert_eq!(told, expected);
                let next = client.execute(&Stop).await;
                assert!(matches!(next, Err(Error::Lost { .. })), "{next:?}");
            });
        });
    }
}

#[test]
fn servers_that_do_not_greet() {
    let timeout = Some(SHORT);
    let options = Options {
        timeout,
        ..Options::default()
    };
    for (script, expected) in [
        (&[][..], "the server has closed the connection"),
        (
            &[Says("220 mail ESMTP\r\n")],
            "this is not QMP: a message begins with `2`, not with `{`",
        ),
    ] {
        let error = play(script, |stream| run(over(stream, options))).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let (_peer, stream) = UnixStream::pair().unwrap();
    let error = run(over(stream, options)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "timed out waiting for the server's greeting"
    );
}

#[test]
fn any_stream_will_do() {
    run(async {
        let (ours, mut theirs) = tokio::io::duplex(16);
        let serving = tokio::spawn(async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            theirs
                .write_all(br#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}"#)
                .await
                .unwrap();
            for (request, reply) in [
                (
                    r#"{"execute":"qmp_capabilities","id":0}"#,
                    r#"{"return": {}, "id": 0}"#,
                ),
                (r#"{"execute":"stop","id":1}"#, r#"{"return": {}, "id": 1}"#),
            ] {
                let mut heard = vec![0; request.len()];
                theirs.read_exact(&mut heard).await.unwrap();
                assert_eq!(heard, request.as_bytes());
                theirs.write_all(reply.as_bytes()).await.unwrap();
            }
        });
        let client = Client::over(ours, Options::default()).await.unwrap();
        client.execute(&Stop).await.unwrap();
        let file = std::fs::File::open("/dev/null").unwrap();
        let error = client
            .execute_with_fds(&Stop, vec![file.into()])
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Descriptors), "{error}");
        serving.await.unwrap();
    });
}
