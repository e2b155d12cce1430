//! What a live QEMU has said, said again.

use std::os::unix::net::UnixStream;
use std::thread;

use qapi_client::blocking::{Client, Options};
use qapi_client::server::Replay;
use qapi_client::server::exchange::record;
use qapi_tests::live::{MONITOR, learn, machine};

fn talk(stream: UnixStream) -> Vec<String> {
    learn(Client::over(stream, Options::default()).unwrap())
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
