//! A program that runs for a test, and no longer.

use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use qapi_client::blocking::{Client, Options};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tempfile::TempDir;

use super::Program;

/// How long a program may take to open its socket, or to end: far longer than any takes that is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait before the next look.
const PAUSE: Duration = Duration::from_millis(5);

/// The file that takes what a program writes to standard error.
const STDERR: &str = "stderr";

/// A folder for what a program needs and leaves; it goes with the program.
///
/// # Panics
/// The system has no room for one.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("there is a folder for temporary files")
}

/// A running program. When it is dropped it is killed; if that is because the test fails, what it wrote to standard error is
/// shown.
#[derive(Debug)]
pub struct Process {
    program: Program,
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts `program` in `folder`; `None` if it is not installed.
    ///
    /// # Panics
    /// It cannot be started.
    #[track_caller]
    pub fn start(program: Program, folder: TempDir, arguments: &[&str]) -> Option<Self> {
        Self::start_with(program, folder, arguments, Stdio::null())
    }

    /// As [`start`](Self::start), with a standard input: a socket that listens, say, whose port is known beforehand.
    ///
    /// # Panics
    /// It cannot be started.
    #[track_caller]
    pub fn start_with(
        program: Program,
        folder: TempDir,
        arguments: &[&str],
        stdin: Stdio,
    ) -> Option<Self> {
        let path = program.need()?;
        let stderr = File::create(folder.path().join(STDERR)).expect("the folder can be written");
        let child = Command::new(path)
            .args(arguments)
            .current_dir(folder.path())
            .stdin(stdin)
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.name()));
        Some(Self {
            program,
            child,
            folder,
        })
    }

    /// The folder that it runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its number, under which the system tells about it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A connection to the socket `name` in its folder, as soon as there is one.
    ///
    /// # Panics
    /// The program has ended, or takes longer than anybody waits.
    #[track_caller]
    pub fn connect(&mut self, name: &str) -> UnixStream {
        let path = self.folder().join(name);
        self.wait_for(name, |process| {
            let stream = UnixStream::connect(&path).ok();
            // One that has ended will not open a socket any more.
            assert!(
                stream.is_some() || process.exit().is_none(),
                "{} has ended before it opened {name}",
                process.program.name()
            );
            stream
        })
    }

    /// A session over the socket `name`, with the default options.
    ///
    /// # Panics
    /// As [`connect`](Self::connect); and there is no session.
    #[track_caller]
    pub fn client(&mut self, name: &str) -> Client {
        let stream = self.connect(name);
        Client::over(stream, Options::default()).expect("the program speaks QMP")
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// It takes longer than anybody waits.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        self.wait_for("the end", Self::exit)
    }

    /// Takes the processor away from it, until [`thaw`](Self::thaw). When this returns all its threads stand still.
    ///
    /// # Panics
    /// It has ended.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
        waitid(WaitId::Pid(self.pid()), WaitIdOptions::STOPPED)
            .expect("it stops when it is told to");
    }

    /// Gives it the processor back.
    ///
    /// # Panics
    /// It has ended.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// What kills it, for good: a function, to be called wherever the time is right.
    pub fn killer(&self) -> impl Fn() + Send + Sync + use<> {
        let pid = self.pid();
        move || kill_process(pid, Signal::KILL).expect("a child of ours can be killed")
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a child of ours takes signals");
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn exit(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of ours can be asked")
    }

    #[track_caller]
    fn wait_for<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(
                Instant::now() < end,
                "{}: no sign of {what}",
                self.program.name()
            );
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let said = fs::read(self.folder().join(STDERR)).unwrap_or_default();
            eprintln!(
                "{} said:\n{}",
                self.program.name(),
                String::from_utf8_lossy(&said)
            );
        }
    }
}
