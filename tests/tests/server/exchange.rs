//! What a live QEMU has said, said again.

use std::os::unix::net::UnixStream;
use std::thread;

use qapi_client::blocking::{Client, Options};
use qapi_client::server::Replay;
use qapi_client::server::exchange::record;
use qapi_tests::live::{MONITOR, machine};
use qapi_types::qmp::{Event, commands};

/// What a client learns that lets a machine go on and stand still again.
fn talk(stream: UnixStream) -> Vec<String> {
    let mut client = Client::over(stream, Options::default()).unwrap();
    let mut learned = vec![format!("{:?}", client.greeting())];
    learned.push(format!("{:?}", client.execute(&commands::QueryStatus)));
    client.execute(&commands::Cont).unwrap();
    client.execute(&commands::Stop).unwrap();
    let refused = client.execute(&commands::BlockResize::new(1).device("none"));
    learned.push(format!("{refused:?}"));
    // Large, and of many kinds.
    let schema = client.execute(&commands::QueryQmpSchema).unwrap();
    learned.push(format!("{schema:?}"));
    while learned.last().is_none_or(|last| !last.contains("Stop")) {
        let event = client.next_event::<Event>(None).unwrap();
        learned.push(format!("{event:?}"));
    }
    learned
}

#[test]
fn a_real_exchange_is_played_again() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let server = machine.connect(MONITOR);
    let (client, passed) = UnixStream::pair().unwrap();
    let mut recording = Vec::new();
    let learned = thread::scope(|scope| {
        let recorder = scope.spawn(|| record(&passed, &server, &mut recording));
        let learned = talk(client);
        recorder.join().unwrap().unwrap();
        learned
    });

    let replay: Replay = String::from_utf8(recording).unwrap().parse().unwrap();
    let (client, stream) = UnixStream::pair().unwrap();
    let (differences, again) = thread::scope(|scope| {
        let playing = scope.spawn(|| replay.play(stream));
        let again = talk(client);
        (playing.join().unwrap().unwrap(), again)
    });
    assert_eq!(differences, []);
    assert_eq!(again, learned);
}
