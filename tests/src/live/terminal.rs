//! A terminal with a program in it: what is typed goes in, what a person would see comes out.

use std::io::{Read, Write};
use std::num::NonZero;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};
use vt100::{Callbacks, Parser, Screen};

/// How long a program may take to show something: far longer than any takes that is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// So many rows and columns.
const ROWS: NonZero<u16> = NonZero::new(30).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(100).unwrap();

/// A terminal, in which a program runs until it is dropped.
///
/// ```no_run
/// use qapi_tests::live::Terminal;
///
/// let terminal = Terminal::run("qmp", |command| command.args(["--socket", "qmp", "shell"]));
/// terminal.line_is("(qmp)");
/// terminal.keys("query-name\r");
/// terminal.sees("\"name\"");
/// ```
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    display: Arc<Display>,
}

struct Display {
    state: Mutex<State>,
    changed: Condvar,
}

/// What is on the screen.
pub struct State {
    screen: Parser<Frames>,
    /// Nothing will change any more: the program has closed the terminal.
    ended: bool,
    /// Something has come that is not shown, but obeyed.
    commanded: bool,
}

/// Notices which part of what is written is to be shown at once.
#[derive(Default)]
struct Frames {
    /// What has come last is only the beginning of it.
    open: bool,
}

impl Terminal {
    /// Runs `program`, which is told that the terminal can do what most can, and whatever `command` adds.
    ///
    /// # Panics
    /// It cannot be run.
    #[track_caller]
    pub fn run(program: &str, command: impl FnOnce(Command) -> Command) -> Self {
        let (pty, pts) = open().expect("there is a terminal to be had");
        pty.resize(Size::new(ROWS.get(), COLUMNS.get())).unwrap();
        let program = Command::new(program)
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR");
        let child = command(program).spawn(pts).unwrap();
        let pty = Arc::new(pty);
        let display = Arc::new(Display {
            state: Mutex::new(State {
                screen: Parser::new_with_callbacks(ROWS, COLUMNS, 0, Frames::default()),
                ended: false,
                commanded: false,
            }),
            changed: Condvar::new(),
        });
        thread::spawn({
            let (pty, display) = (Arc::clone(&pty), Arc::clone(&display));
            move || display.follow(&pty)
        });
        Self {
            pty,
            child,
            display,
        }
    }

    /// Gives the terminal another size.
    ///
    /// # Panics
    /// It has gone.
    pub fn resize(&self, rows: u16, columns: u16) {
        self.pty.resize(Size::new(rows, columns)).unwrap();
        let size = [rows, columns].map(|size| NonZero::new(size).unwrap());
        self.display
            .lock()
            .screen
            .screen_mut()
            .set_size(size[0], size[1]);
    }

    /// Types `keys`.
    ///
    /// # Panics
    /// It has gone.
    pub fn keys(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until what is on the screen is as `fits` wants it, and answers it: its lines without what is empty at the right
    /// and below.
    ///
    /// # Panics
    /// It takes longer than anybody waits.
    #[track_caller]
    pub fn until(&self, what: &str, fits: impl Fn(&State) -> bool) -> String {
        let state = self.display.lock();
        let (state, _) = self
            .display
            .changed
            .wait_timeout_while(state, PATIENCE, |state| !state.ended && !state.fits(&fits))
            .unwrap();
        let shown = state.shown();
        assert!(state.fits(&fits), "no {what}, but:\n{shown}");
        shown
    }

    /// Waits until `text` is on the screen.
    ///
    /// # Panics
    /// As [`until`](Self::until).
    #[track_caller]
    pub fn sees(&self, text: &str) -> String {
        self.until(text, |state| state.shown().contains(text))
    }

    /// Waits until the line in which the cursor is says `text`.
    ///
    /// # Panics
    /// As [`until`](Self::until).
    #[track_caller]
    pub fn line_is(&self, text: &str) -> String {
        self.until(text, |state| state.line().trim_end() == text)
    }

    /// Waits for the program to end; answers how, and what is on the screen.
    ///
    /// # Panics
    /// As [`until`](Self::until).
    #[track_caller]
    pub fn end(&mut self) -> (ExitStatus, String) {
        let state = self.display.lock();
        let (state, _) = self
            .display
            .changed
            .wait_timeout_while(state, PATIENCE, |state| !state.ended)
            .unwrap();
        assert!(state.ended, "it has not ended:\n{}", state.shown());
        (self.child.wait().unwrap(), state.shown())
    }

    /// Sends the program a signal.
    ///
    /// # Panics
    /// It has gone.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Whether the program has used what most terminals can do beside showing lines of text.
    pub fn is_commanded(&self) -> bool {
        self.display.lock().commanded
    }

    /// Whether the cursor can be seen.
    pub fn shows_cursor(&self) -> bool {
        !self.display.lock().screen.screen().hide_cursor()
    }

    /// Whether lines are edited by the system, as it is before a program takes that over and after.
    ///
    /// # Panics
    /// The terminal has gone.
    pub fn is_as_it_was(&self) -> bool {
        let modes = tcgetattr(&*self.pty).unwrap().local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }
}

impl Display {
    /// Shows what comes, until nothing will.
    fn follow(&self, pty: &Pty) {
        let mut chunk = [0; 4096];
        // A terminal that has been closed answers with an error.
        while let Ok(count @ 1..) = { pty }.read(&mut chunk) {
            let mut state = self.lock();
            state.screen.process(&chunk[..count]);
            state.commanded |= chunk[..count].contains(&b'\x1b');
            drop(state);
            self.changed.notify_all();
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether what a person would see is as `fits` wants it; of what is only half there, nobody sees anything.
    fn fits(&self, fits: impl Fn(&Self) -> bool) -> bool {
        !self.screen.callbacks().open && fits(self)
    }

    /// The lines, without what is empty at the right and below.
    pub fn shown(&self) -> String {
        self.screen.screen().contents()
    }

    /// The line in which the cursor is.
    pub fn line(&self) -> String {
        let screen = self.screen.screen();
        let (row, _) = screen.cursor_position();
        let mut rows = screen.rows(0, COLUMNS.get());
        rows.nth(row.into()).unwrap_or_default()
    }
}

impl Callbacks for Frames {
    fn unhandled_csi(
        &mut self,
        _: &mut Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        end: char,
    ) {
        // Synchronized output, as terminals call it.
        if (first, parameters) == (Some(b'?'), &[&[2026]]) {
            self.open = end == 'h';
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
