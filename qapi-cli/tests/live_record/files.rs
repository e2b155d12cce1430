//! Files and sockets: what is there already, what cannot be written, what is no recording.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use qapi_tests::live::{MONITOR, folder};
use rustix::process::Signal;

use super::{Tool, done, hears};

/// What cannot be written down is not passed on.
#[test]
fn a_disk_that_is_full() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = folder();
    let folder = folder.path();
    let listener = UnixListener::bind(folder.join(MONITOR)).unwrap();
    let record = Tool::ready(folder, "record /dev/full --overwrite --listen tap");
    let mut client = UnixStream::connect(folder.join("tap")).unwrap();
    client.write_all(b"{}").unwrap();
    let (code, said, complained) = record.end();
    assert_eq!((code, &*said), (Some(2), ""));
    let expected = "qmp: cannot write /dev/full any more, and pass nothing on: No space left";
    assert!(complained.starts_with(expected), "{complained}");
    let mut heard = Vec::new();
    let (mut server, _) = listener.accept().unwrap();
    server.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"");
    assert!(!folder.join("tap").exists());
}

#[test]
fn what_is_there_and_what_is_not() {
    let folder = folder();
    let folder = folder.path();
    let qmp = |words: &str| Tool::start(folder, words).end();
    let complains = |words: &str, expected: &str| {
        let (code, said, complained) = qmp(words);
        assert_eq!((code, &*said), (Some(2), ""), "{words}: {complained}");
        assert!(complained.starts_with(expected), "{words}: {complained}");
    };
    complains("record talk", "qmp: cannot connect to unix:qmp: ");
    assert!(!folder.join("talk").exists());
    // Clients that have not come yet wait with it.
    let _monitor = UnixListener::bind(folder.join(MONITOR)).unwrap();
    fs::write(folder.join("talk"), "mine").unwrap();
    complains(
        "record talk",
        "qmp: cannot record into talk: it is there already, and left as it is; --overwrite empties it\n",
    );
    complains(
        "record new --listen talk",
        "qmp: cannot listen at unix:talk: ",
    );
    complains(
        "record none/new --listen s",
        "qmp: cannot record into none/new: ",
    );
    assert_eq!(fs::read_to_string(folder.join("talk")).unwrap(), "mine");
    assert!(!folder.join("talk.sock").exists() && !folder.join("s").exists());
    let record = Tool::ready(folder, "record talk --overwrite");
    record.signal(Signal::INT);
    assert_eq!(record.end(), done(0, "", ""));
    assert_eq!(fs::read_to_string(folder.join("talk")).unwrap(), "");

    complains(
        "replay talk --listen s",
        "qmp: talk: nothing was recorded\n",
    );
    complains(
        "replay nope --listen s",
        "qmp: nope: it cannot be read: No such file",
    );
    fs::write(
        folder.join("talk"),
        "{\"end\": \"client\"}\n{\"client\": nope}\n",
    )
    .unwrap();
    complains(
        "replay talk --listen s",
        "qmp: talk: line 2: expected a value, found 'n' at byte 11, near `{\"client\": nope}`; each line of a recording is a message as `qmp record` writes it: mend this one, or record again\n",
    );
    assert!(!folder.join("s").exists());
    let said = "{\"server\": {\"QMP\": {}}}\n{\"client\": {\"execute\": \"a\"}}\n{\"server\": {\"return\": 1}}\n";
    fs::write(folder.join("talk"), said).unwrap();
    complains(
        "replay talk --listen talk",
        "qmp: cannot listen at unix:talk: ",
    );
    complains("replay talk", "error: ");
    // What differs is told, for people and for programs.
    let replay = Tool::ready(folder, "replay talk --listen s --once");
    let heard = hears(folder, "s", "{'execute': 'b'}{'execute': 'a'}", "return");
    assert_eq!(
        heard,
        "{\"QMP\": {}}\r\n{\"error\":{\"class\":\"GenericError\",\"desc\":\"b: the recording has no such request here; it has {\\\"execute\\\": \\\"a\\\"}\"}}\r\n{\"return\": 1}\r\n"
    );
    let told = "qmp: connection 1, message 1: expected {\"execute\": \"a\"}, found {\"execute\": \"b\"}\n\
        qmp: the client has said something else than was recorded\n";
    assert_eq!(replay.end(), done(1, "", told));
    let replay = Tool::ready(folder, "replay talk --listen s --once --json");
    drop(UnixStream::connect(folder.join("s")).unwrap());
    let (code, said, _) = replay.end();
    assert_eq!(code, Some(1));
    let expected = "{\"lacks\":{\"connection\":1,\"messages\":1,\"first\":{\"execute\": \"a\"}}}\n\
        {\"parted\":1}\n{\"ended\":\"client\"}\n";
    assert_eq!(said, expected);
}
