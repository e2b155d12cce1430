//! A guest's agent that says what a test wants it to, and does nothing.

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use qapi_client::server::Request;
use qapi_client::server::fake::{Act, FakeMachine};

/// An agent whose channel is a socket; it goes when it is dropped. As a real one it comes into step with whoever asks it
/// to, serves one client after the other, and outlives them.
///
/// ```
/// use qapi_client::Options;
/// use qapi_client::blocking::Client;
/// use qapi_client::server::fake::Act;
/// use qapi_tests::agent::Agent;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("agent");
/// let agent = Agent::listen(&path, |_| vec![Act::returns("{}")]);
/// let mut client = Client::connect_agent(&path.into(), Options::guest_agent())?;
/// client.execute_raw("guest-ping", None)?;
/// drop(client);
/// assert_eq!(agent.asked(), ["guest-ping"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Agent {
    path: PathBuf,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    asked: Vec<String>,
    over: bool,
}

impl Agent {
    /// An agent that listens at `path`, and does what `answer` says about each command but those by which both sides come
    /// into step.
    ///
    /// # Panics
    /// There cannot be a socket.
    pub fn listen(
        path: &Path,
        mut answer: impl FnMut(&Request) -> Vec<Act> + Send + 'static,
    ) -> Self {
        let listener =
            UnixListener::bind(path).expect("the folder is there, and the socket is not");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.lock().expect("nobody panics with it").over {
                    return;
                }
                serve(stream.expect("there are connections"), &shared, &mut answer);
            }
        });
        Self {
            path: path.to_owned(),
            state,
            thread: Some(thread),
        }
    }

    /// The commands that it was given so far, by name.
    ///
    /// # Panics
    /// It has panicked itself.
    pub fn asked(&self) -> Vec<String> {
        let state = self.state.lock().expect("it does not panic");
        state.asked.clone()
    }
}

/// Serves one client to its end.
fn serve(stream: UnixStream, state: &Mutex<State>, answer: &mut impl FnMut(&Request) -> Vec<Act>) {
    let machine = FakeMachine::new().without_greeting();
    let fake = machine.over(stream).expect("a stream can be shared");
    while let Some(request) = fake.asked() {
        let number = request.arguments().and_then(|all| all.get("id"));
        match (request.name(), number) {
            (Some("guest-sync-delimited"), Some(number)) => {
                let reply = format!("{{\"return\": {number}}}\n");
                fake.say(Act::bytes([b"\xff", reply.as_bytes()].concat()));
            }
            (Some(name), _) => {
                let name = name.to_owned();
                state
                    .lock()
                    .expect("nobody panics with it")
                    .asked
                    .push(name);
                let acts = answer(&request);
                acts.into_iter().for_each(|act| fake.act(&request, act));
            }
            // The byte that makes an agent forget what it has heard.
            (None, _) => {}
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.over = true;
        }
        // It waits for a client: here is one, if it has not ended already.
        let _ = UnixStream::connect(&self.path);
        if let Some(thread) = self.thread.take() {
            // Should it have panicked, that was told.
            let _ = thread.join();
        }
    }
}
