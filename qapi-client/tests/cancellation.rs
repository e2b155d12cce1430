//! Callers who give up, runtimes that end, code of callers that panics: the session goes on, or ends for everybody.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use qapi_client::{CallOptions, Error, Options, blocking, tokio as asynchronous};
use qapi_types::{Any, AnyMembers, Command, Decode, DecodeError, Encode, Reader, Writer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use peer::Peer::{self, Hears, Says};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, perform, play, run};

async fn over(stream: UnixStream, options: Options) -> Result<asynchronous::Client, Error> {
    stream.set_nonblocking(true).unwrap();
    let stream = tokio::net::UnixStream::from_std(stream).unwrap();
    asynchronous::Client::over(stream, options).await
}

/// Plays `script`, after the negotiation, while `talk` talks.
fn session<F: Future<Output = ()>>(script: &[Peer], talk: impl FnOnce(asynchronous::Client) -> F) {
    let script = [&[GREETING, NEGOTIATE, NEGOTIATED], script].concat();
    play(&script, |stream| {
        run(async { talk(over(stream, Options::default()).await.unwrap()).await });
    });
}

/// Lets a future begin, and drops it.
fn begin(future: impl Future) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

#[test]
fn a_request_that_is_cut_off_is_finished_before_the_next() {
    // More than the socket holds.
    let text = "x".repeat(4 << 20);
    let arguments = Any::from(AnyMembers::from_iter([("text", text)]));
    let expected =
        format!(r#"{{"execute":"big","arguments":{arguments},"id":1}}{{"execute":"stop","id":2}}"#);
    let (peer, stream) = UnixStream::pair().unwrap();
    let (go, gone) = mpsc::channel();
    let playing = std::thread::spawn(move || {
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
        gone.recv().unwrap();
        let mut heard = vec![0; expected.len()];
        (&peer).read_exact(&mut heard).unwrap();
        assert!(heard == expected.as_bytes());
        perform(
            &[Says(
                r#"{"return": "big", "id": 1}{"return": "own", "id": 2}"#,
            )],
            &peer,
        );
    });
    run(async {
        let client = over(stream, Options::default()).await.unwrap();
        let big = tokio::spawn({
            let client = client.clone();
            async move { client.execute_raw("big", Some(&arguments)).await }
        });
        while client.metrics().bytes_sent < 1000 {
            tokio::task::yield_now().await;
        }
        big.abort();
        assert!(big.await.unwrap_err().is_cancelled());
        go.send(()).unwrap();
        let own = client.execute_raw("stop", None).await.unwrap();
        assert_eq!(own.as_json(), r#""own""#);
        assert_eq!(client.metrics().late_replies, 1);
    });
    playing.join().unwrap();
}

#[test]
fn a_thousand_tasks_give_up_at_once() {
    // Eight are on their way; of the others nothing was sent.
    const HEARD: &str = concat!(
        r#"{"execute":"slow","id":1}{"execute":"slow","id":2}{"execute":"slow","id":3}{"execute":"slow","id":4}"#,
        r#"{"execute":"slow","id":5}{"execute":"slow","id":6}{"execute":"slow","id":7}{"execute":"slow","id":8}"#,
    );
    const LATE: &str = concat!(
        r#"{"return": 1, "id": 1}{"return": 1, "id": 2}{"return": 1, "id": 3}{"return": 1, "id": 4}"#,
        r#"{"return": 1, "id": 5}{"return": 1, "id": 6}{"return": 1, "id": 7}{"return": 1, "id": 8}"#,
    );
    let script = [
        Hears(HEARD),
        Hears(r#"{"execute":"stop","id":1001}"#),
        Says(LATE),
        Says(r#"{"return": {}, "id": 1001}"#),
    ];
    session(&script, |client| async move {
        let calls: Vec<_> = (0..1000)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.execute_raw("slow", None).await })
            })
            .collect();
        while client.metrics().calls < 1000 || client.metrics().bytes_sent < 37 + HEARD.len() as u64
        {
            tokio::task::yield_now().await;
        }
        // The last first: as soon as nobody waits for the eight any more those behind them would have their turn.
        for call in calls.iter().rev() {
            call.abort();
        }
        for call in calls.into_iter().rev() {
            assert!(call.await.unwrap_err().is_cancelled());
        }
        client.execute_raw("stop", None).await.unwrap();
        assert_eq!(client.metrics().late_replies, 8);
    });
}

#[test]
fn a_session_that_nobody_waits_for_while_it_begins_is_closed() {
    for script in [&[][..], &[GREETING, NEGOTIATE]] {
        let (peer, stream) = UnixStream::pair().unwrap();
        let (go, gone) = mpsc::channel();
        let playing = std::thread::spawn(move || {
            perform(script, &peer);
            go.send(()).unwrap();
            let mut rest = Vec::new();
            (&peer).read_to_end(&mut rest).unwrap();
        });
        run(async {
            let beginning = tokio::spawn(over(stream, Options::default()));
            while gone.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            beginning.abort();
            assert!(beginning.await.unwrap_err().is_cancelled());
            // The peer notices.
            tokio::task::spawn_blocking(|| playing.join().unwrap())
                .await
                .unwrap();
        });
    }
}

#[test]
fn calls_end_with_the_runtime_that_drives_their_session() {
    let (peer, stream) = UnixStream::pair().unwrap();
    let (go, gone) = mpsc::channel();
    let playing = std::thread::spawn(move || {
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
        perform(&[Hears(r#"{"execute":"stop","id":1}"#)], &peer);
        go.send(()).unwrap();
        peer
    });
    let driving = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let client = driving.block_on(over(stream, Options::default())).unwrap();
    run(async {
        let ending = std::thread::spawn(move || {
            gone.recv().unwrap();
            driving.shutdown_background();
        });
        let unbounded = CallOptions::new().unbounded();
        let error = client
            .execute_raw_with("stop", None, unbounded)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Lost { sent: true, .. }), "{error}");
        ending.join().unwrap();
    });
    drop(playing.join().unwrap());
}

/// A command whose arguments, or whose result, are more than its code can bear.
#[derive(Clone, Copy)]
enum Bomb {
    Arguments,
    Result,
}

struct Fragment;

impl Encode for Bomb {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Arguments => panic!("the arguments are too much"),
            Self::Result => w.object(&[]),
        }
    }
}

impl Decode for Fragment {
    fn blank() -> Self {
        Self
    }

    fn fill(&mut self, _: &mut Reader<'_>) -> Result<(), DecodeError> {
        panic!("the result is too much")
    }
}

impl Command for Bomb {
    type Return = Fragment;
    const NAME: &'static str = "bomb";
}

#[test]
fn code_of_callers_may_panic() {
    let script = [
        Hears(r#"{"execute":"bomb","id":1}"#),
        Says(r#"{"return": {}, "id": 1}"#),
        Hears(r#"{"execute":"stop","id":2}"#),
        Says(r#"{"return": {}, "id": 2}"#),
    ];
    session(&script, |client| async move {
        for bomb in [Bomb::Arguments, Bomb::Result] {
            let client = client.clone();
            let call = tokio::spawn(async move { client.execute(&bomb).await.is_ok() });
            assert!(call.await.unwrap_err().is_panic());
        }
        client.execute_raw("stop", None).await.unwrap();
    });
    let script = [&[GREETING, NEGOTIATE, NEGOTIATED][..], &script].concat();
    play(&script, |stream| {
        let mut client = blocking::Client::over(stream, Options::default()).unwrap();
        for bomb in [Bomb::Arguments, Bomb::Result] {
            let call = catch_unwind(AssertUnwindSafe(|| client.execute(&bomb).is_ok()));
            assert!(call.is_err());
        }
        client.execute_raw("stop", None).unwrap();
    });
}

/// A stream that panics when it is to be read, or written, for the second time.
struct Shaky {
    stream: tokio::net::UnixStream,
    reads: u32,
    writes: u32,
}

impl AsyncRead for Shaky {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.reads -= 1;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Shaky {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writes -= 1;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[test]
fn a_stream_that_panics_ends_its_session() {
    for (reads, writes) in [(u32::MAX, 1), (9, u32::MAX)] {
        let (peer, stream) = UnixStream::pair().unwrap();
        let playing = std::thread::spawn(move || {
            perform(&[GREETING, NEGOTIATE, NEGOTIATED], &peer);
            // Whatever it hears, it says something.
            let mut chunk = [0; 100];
            while let Ok(1..) = (&peer).read(&mut chunk)
                && (&peer).write_all(br#"{"event": "A"}"#).is_ok()
            {}
        });
        run(async {
            stream.set_nonblocking(true).unwrap();
            let stream = Shaky {
                stream: tokio::net::UnixStream::from_std(stream).unwrap(),
                reads,
                writes,
            };
            let client = asynchronous::Client::over(stream, Options::default())
                .await
                .unwrap();
            let unbounded = CallOptions::new().unbounded();
            loop {
                begin(client.execute_raw("query-status", None));
                tokio::task::yield_now().await;
                if client.metrics().calls > 20 {
                    break;
                }
            }
            let error = client
                .execute_raw_with("stop", None, unbounded)
                .await
                .unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
        });
        playing.join().unwrap();
    }
}

#[test]
fn out_of_band_commands_overtake_each_other_too() {
    let script = [
        GREETING,
        Hears(r#"{"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":0}"#),
        NEGOTIATED,
        Hears(r#"{"execute":"slow","id":1}"#),
        Hears(r#"{"exec-oob":"a","id":2}{"exec-oob":"b","id":3}{"exec-oob":"c","id":4}"#),
        Says(r#"{"return": "c", "id": 4}{"return": "a", "id": 2}"#),
        Says(r#"{"error": {"class": "X", "desc": "b"}, "id": 3}{"return": "slow", "id": 1}"#),
    ];
    let options = Options {
        out_of_band: true,
        ..Options::default()
    };
    let oob = CallOptions::new().out_of_band();
    play(&script, |stream| {
        run(async {
            let client = over(stream, options).await.unwrap();
            let (slow, a, b, c) = tokio::join!(
                client.execute_raw("slow", None),
                client.execute_raw_with("a", None, oob),
                client.execute_raw_with("b", None, oob),
                client.execute_raw_with("c", None, oob),
            );
            for (value, expected) in [(slow, "slow"), (a, "a"), (c, "c")] {
                assert_eq!(value.unwrap().to::<String>().unwrap(), expected);
            }
            assert_eq!(b.unwrap_err().to_string(), "X: b");
        });
    });
}
