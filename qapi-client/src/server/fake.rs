//! A machine that a test puts together: it answers as it is told, and errs as it is told.
//!
//! | what goes wrong | how |
//! |---|---|
//! | a reply is late | no answer beforehand; [`Fake::asked`], then [`Fake::act`] when the time has come |
//! | replies are turned around | the same, in another order |
//! | a reply is lost | [`on`](FakeMachine::on) with no acts, or no [`Fake::act`] |
//! | a reply has a foreign id, or none | [`Act::ReturnAs`] |
//! | messages come in pieces, or spread over lines | [`in_pieces`](FakeMachine::in_pieces), [`pretty`](FakeMachine::pretty) |
//! | what comes is no QMP, no UTF-8, too long | [`Act::Bytes`] |
//! | an event comes at a bad time | [`Act::Event`] among the acts, or [`Fake::say`] |
//! | the machine dies | [`Act::Die`], anywhere among the acts |

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use qapi_types::{Any, Encode, Refusal, Timestamp, Writer, to_string};

use super::input::Input;
use super::{Limits, Request};

/// What a fake machine does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Act {
    /// Answers the command that has come: this JSON is what it returns.
    Return(String),
    /// The same under another id than the command's own; `None` leaves the id out.
    ReturnAs(Option<String>, String),
    /// Refuses the command.
    Refuse(Refusal),
    /// Reports an event: its name, and its data as JSON.
    Event(String, String),
    /// Says what need not be QMP, as it is.
    Bytes(Vec<u8>),
    /// Goes without a word.
    Die,
}

impl Act {
    /// Answers with this JSON.
    pub fn returns(json: impl Into<String>) -> Self {
        Self::Return(json.into())
    }

    /// Reports an event with this JSON as its data.
    pub fn event(name: impl Into<String>, data: impl Into<String>) -> Self {
        Self::Event(name.into(), data.into())
    }

    /// Says this as it is.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<Act> for Vec<Act> {
    fn from(act: Act) -> Self {
        vec![act]
    }
}

/// A fake machine that is not running yet.
///
/// Commands with an answer are answered at once. Every other command is handed to the test, which lets the machine answer
/// when the time has come, or never: no test needs to sleep.
///
/// ```
/// use qapi_client::blocking::{Client, Options};
/// use qapi_client::server::fake::{Act, FakeMachine};
///
/// let (stream, machine) = FakeMachine::new()
///     .on("query-name", Act::returns(r#"{"name": "vm"}"#))
///     .pretty()
///     .in_pieces(3)
///     .start()?;
/// let mut client = Client::over(stream, Options::default())?;
/// assert_eq!(client.execute_raw("query-name", None)?.as_json(), "{\n    \"name\": \"vm\"\n  }");
///
/// // A command that the machine waits with, while it says something else.
/// std::thread::scope(|scope| {
///     let call = scope.spawn(|| client.execute_raw("cont", None));
///     let cont = machine.asked().expect("the client asks");
///     machine.act(&cont, Act::event("RESUME", "{}"));
///     machine.act(&cont, Act::returns("{}"));
///     assert!(call.join().expect("it does not panic").is_ok());
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FakeMachine {
    greeting: Option<Vec<u8>>,
    answers: HashMap<String, Vec<Act>>,
    manner: Manner,
}

/// How everything is said.
#[derive(Clone, Copy, Debug)]
struct Manner {
    pretty: bool,
    /// How many bytes are written at once.
    piece: usize,
}

impl Default for FakeMachine {
    fn default() -> Self {
        let greeting = r#"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 10}, "package": ""}, "capabilities": ["oob"]}}"#;
        let answers = [("qmp_capabilities".to_owned(), vec![Act::returns("{}")])];
        Self {
            greeting: Some(greeting.into()),
            answers: answers.into(),
            manner: Manner {
                pretty: false,
                piece: usize::MAX,
            },
        }
    }
}

impl FakeMachine {
    /// A machine that greets, lets capabilities be negotiated, and does nothing else by itself.
    pub fn new() -> Self {
        Self::default()
    }

    /// A machine that says this first.
    pub fn greeting(self, bytes: impl Into<Vec<u8>>) -> Self {
        let greeting = Some(bytes.into());
        Self { greeting, ..self }
    }

    /// A machine that says nothing first, as the guest agent.
    pub fn without_greeting(self) -> Self {
        let greeting = None;
        Self { greeting, ..self }
    }

    /// What it does whenever a command comes: one act or several, nothing at all for `[]`.
    pub fn on(mut self, command: &str, acts: impl Into<Vec<Act>>) -> Self {
        self.answers.insert(command.to_owned(), acts.into());
        self
    }

    /// Leaves a command to the test that it would answer by itself: `qmp_capabilities`.
    pub fn not_on(mut self, command: &str) -> Self {
        self.answers.remove(command);
        self
    }

    /// Spreads every message over several lines.
    pub fn pretty(mut self) -> Self {
        self.manner.pretty = true;
        self
    }

    /// Says everything in pieces of this many bytes, one at least.
    pub fn in_pieces(mut self, bytes: usize) -> Self {
        self.manner.piece = bytes.max(1);
        self
    }

    /// Starts it: what the client talks over, and what the test has of the machine.
    ///
    /// # Errors
    /// There is no pair of sockets to be had.
    pub fn start(self) -> io::Result<(UnixStream, Fake)> {
        let (theirs, ours) = UnixStream::pair()?;
        Ok((theirs, self.over(ours)?))
    }

    /// Starts it over a connection that is there already.
    ///
    /// # Errors
    /// The connection cannot be shared with the machine's thread.
    pub fn over(self, stream: UnixStream) -> io::Result<Fake> {
        let mouth = Arc::new(Mutex::new(Mouth {
            stream: stream.try_clone()?,
            manner: self.manner,
            stamps: 0,
        }));
        let closer = stream.try_clone()?;
        let (sender, asked) = channel();
        let thread = thread::spawn({
            let mouth = Arc::clone(&mouth);
            move || self.listen(stream, &mouth, &sender)
        });
        Ok(Fake {
            mouth,
            closer,
            asked,
            thread: Some(thread),
        })
    }

    fn listen(self, mut stream: UnixStream, mouth: &Mutex<Mouth>, asked: &Sender<Request>) {
        if let Some(greeting) = &self.greeting {
            let greeting = Act::Bytes([greeting, &b"\r\n"[..]].concat());
            lock(mouth).act(None, &greeting);
        }
        let mut input = Input::new(Limits::default());
        let mut chunk = [0; 4096];
        // A client that cannot be read from has gone.
        while let Ok(count @ 1..) = stream.read(&mut chunk) {
            input.push(&chunk[..count]);
            while let Some(message) = input.next() {
                let request = match message {
                    Ok(text) => Request::read(&text, true, Limits::default()),
                    Err(malformed) => Request::malformed(malformed),
                };
                match request.name().and_then(|name| self.answers.get(name)) {
                    Some(acts) => {
                        let mut mouth = lock(mouth);
                        acts.iter().for_each(|act| mouth.act(request.id(), act));
                    }
                    // A test that does not ask does not care.
                    None => drop(asked.send(request)),
                }
            }
        }
    }
}

/// A fake machine that runs; it dies when this is dropped.
#[derive(Debug)]
pub struct Fake {
    mouth: Arc<Mutex<Mouth>>,
    /// Ends what the machine is in the middle of saying, too.
    closer: UnixStream,
    asked: Receiver<Request>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// Waits for the next command that the machine has no answer to; `None` if the client has gone.
    ///
    /// What is no request of QMP is one without a [`name`](Request::name).
    pub fn asked(&self) -> Option<Request> {
        self.asked.recv().ok()
    }

    /// Lets the machine do something about a command.
    pub fn act(&self, request: &Request, act: Act) {
        lock(&self.mouth).act(request.id(), &act);
    }

    /// Lets the machine say something that nobody has asked for.
    pub fn say(&self, act: Act) {
        lock(&self.mouth).act(None, &act);
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        // It fails if the client has gone before.
        let _ = self.closer.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            // Should it have panicked, that was told.
            let _ = thread.join();
        }
    }
}

/// What says things, a whole one at a time.
#[derive(Debug)]
struct Mouth {
    stream: UnixStream,
    manner: Manner,
    /// How many events there have been: the machine's time.
    stamps: i64,
}

fn lock(mouth: &Mutex<Mouth>) -> MutexGuard<'_, Mouth> {
    mouth.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mouth {
    fn act(&mut self, id: Option<&Any>, act: &Act) {
        let id = id.map(Any::as_json);
        match act {
            Act::Return(json) => self.message(&[("return", Some(json)), ("id", id)]),
            Act::ReturnAs(id, json) => {
                self.message(&[("return", Some(json)), ("id", id.as_deref())]);
            }
            Act::Refuse(refusal) => {
                self.message(&[("error", Some(&to_string(refusal))), ("id", id)]);
            }
            Act::Event(name, data) => {
                self.stamps += 1;
                let timestamp = to_string(&Timestamp {
                    seconds: self.stamps,
                    microseconds: 0,
                });
                self.message(&[
                    ("timestamp", Some(&timestamp)),
                    ("event", Some(&to_string(name))),
                    ("data", Some(data)),
                ]);
            }
            Act::Bytes(bytes) => self.bytes(bytes),
            Act::Die => {
                // It fails if the client has gone before.
                let _ = self.stream.shutdown(Shutdown::Both);
            }
        }
    }

    fn message(&mut self, members: &[(&'static str, Option<&str>)]) {
        let members: Vec<(&str, Json<'_>)> = members
            .iter()
            .map(|(name, json)| (*name, Json(*json)))
            .collect();
        let members: Vec<(&str, &dyn Encode)> = members
            .iter()
            .map(|(name, json)| (*name, json as &dyn Encode))
            .collect();
        let mut writer = Writer::new();
        writer.object(&members);
        let mut text = writer.into_text();
        if self.manner.pretty {
            text = spread(&text);
        }
        text.push_str("\r\n");
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(self.manner.piece) {
            // Who cannot be written to has gone; that is for the test to find out from its client.
            if self.stream.write_all(piece).is_err() {
                return;
            }
        }
    }
}

/// JSON that may be absent.
struct Json<'a>(Option<&'a str>);

impl Encode for Json<'_> {
    fn encode(&self, w: &mut Writer) {
        w.raw(self.0.unwrap_or("null"));
    }

    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        if self.0.is_some() {
            w.schema_name(name);
            self.encode(w);
        }
    }
}

/// JSON with a line for each member and element.
fn spread(json: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let (mut in_string, mut escaped) = (false, false);
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    for character in json.chars() {
        if in_string {
            text.push(character);
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
            continue;
        }
        match character {
            '{' | '[' => {
                depth += 1;
                text.push(character);
                line(&mut text, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            ' ' | '\t' | '\r' | '\n' => {}
            _ => {
                in_string = character == '"';
                text.push(character);
            }
        }
    }
    text
}
