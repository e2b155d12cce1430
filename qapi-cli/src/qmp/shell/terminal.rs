//! A terminal on which somebody types.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

use qapi_client::Error;
use rustyline::config::{BellStyle, ColorMode, CompletionType, Config};
use rustyline::error::{ReadlineError, Signal};
use rustyline::history::FileHistory;
use rustyline::{Editor, ExternalPrinter};
use tokio::sync::oneshot::{Receiver, channel};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::super::Failure;
use super::assistant::Helper;
use super::history;
use super::interpreter::Interpreter;
use super::session::{Ears, Told};
use super::stops::give_way;
use super::teller::Teller;
use super::{Entry, Options};

/// How long to wait before a reader that does not listen is interrupted again.
const AGAIN: Duration = Duration::from_millis(20);

/// How long an editor may take to show what was printed: an interrupted one forgets it.
const SHOWN: Duration = Duration::from_millis(100);

/// An editor of lines, beside which the machine is listened to.
pub(super) struct Terminal {
    editor: Editor<Helper, FileHistory>,
    history: Option<PathBuf>,
    colors: bool,
    /// Whether the editor has the terminal.
    editing: Arc<AtomicBool>,
}

impl Terminal {
    /// # Errors
    /// The terminal is none.
    pub(super) fn new(options: &Options, colors: bool) -> Result<Self, Failure> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            // Whoever is asked whether to go on cannot be told that the machine has ended: all that is listed fits.
            .completion_prompt_limit(usize::MAX)
            .bell_style(BellStyle::None)
            // Who wants no colours can still tell a hint, which is dim, from what was typed.
            .color_mode(ColorMode::Forced)
            .max_history_size(history::ENTRIES)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(unusable)?
            .build();
        let mut editor = Editor::with_config(config).map_err(unusable)?;
        let editing = give_way(&mut editor)?;
        let history = match options.manners.no_history {
            true => None,
            false => history::file(),
        };
        // One that cannot be read is as good as none; whether it can be written shows later.
        if let Some(path) = &history {
            let _ = editor.load_history(path);
        }
        Ok(Self {
            editor,
            history,
            colors,
            editing,
        })
    }

    /// What is typed next. Meanwhile events are shown above it.
    ///
    /// # Errors
    /// The terminal has gone.
    pub(super) fn read(&mut self, shell: &mut Interpreter<'_>) -> Result<Entry, Failure> {
        shell.out.flush()?;
        let size = self.editor.dimensions();
        shell.size = size.map(|(columns, rows)| (columns.into(), rows.into()));
        let helper = self.editor.helper_mut();
        match helper {
            Some(helper) => helper.look(shell),
            None => self.editor.set_helper(Some(Helper::new(shell))),
        }
        shell.session().forget_interrupts();
        let Some(events) = shell.session().let_listen() else {
            return Ok(Entry::End);
        };
        let printer = self.editor.create_external_printer().map_err(unusable)?;
        let (stop, stopped) = channel();
        let listening = listen_aside(events, printer, shell.shared_teller(), stopped);
        let listening = shell.session().runtime().spawn(listening);
        let plain = shell.prompt();
        let prompt = (plain, self.styled(plain));
        self.editing.store(true, Ordering::SeqCst);
        let typed = self.editor.readline(&prompt);
        self.editing.store(false, Ordering::SeqCst);
        drop(stop);
        let (events, end) = shell
            .session()
            .runtime()
            .block_on(listening)
            .map_err(io::Error::other)?;
        shell.session().listen_again(events);
        if let Some(end) = end {
            return Ok(Entry::Gone(end));
        }
        match typed {
            Ok(text) => {
                self.keep(&text);
                Ok(Entry::Text { text, line: 1 })
            }
            Err(ReadlineError::Interrupted | ReadlineError::Signal(Signal::Interrupt)) => {
                Ok(Entry::Dropped)
            }
            Err(ReadlineError::Eof) => Ok(Entry::End),
            Err(error) => Ok(Entry::Unreadable(io::Error::other(error))),
        }
    }

    fn styled(&self, prompt: &str) -> String {
        match self.colors {
            true => {
                let style = anstyle::Style::new().bold();
                format!("{style}{prompt}{style:#}")
            }
            false => prompt.to_owned(),
        }
    }

    /// Remembers what was typed, if it may be remembered. That the disk has no room for it disturbs nobody.
    fn keep(&mut self, text: &str) {
        if !history::is_kept(text) || !matches!(self.editor.add_history_entry(text), Ok(true)) {
            return;
        }
        if let Some(path) = &self.history {
            if let Some(folder) = path.parent() {
                let mut own = fs::DirBuilder::new();
                #[cfg(unix)]
                std::os::unix::fs::DirBuilderExt::mode(&mut own, 0o700);
                let _ = own.recursive(true).create(folder);
            }
            let _ = self.editor.append_history(path);
        }
    }
}

pub(super) fn unusable(error: ReadlineError) -> Failure {
    Failure::Output(io::Error::other(error))
}

/// Shows what the machine says while somebody types, until `stopped`; whoever types is interrupted when the session ends.
/// Answers the ears, and how the session has ended, if it has.
async fn listen_aside(
    mut events: Ears,
    mut printer: impl ExternalPrinter + Send + 'static,
    teller: Arc<Mutex<Teller>>,
    mut stopped: Receiver<()>,
) -> (Ears, Option<Error>) {
    // Until when what was printed last may not have been seen.
    let mut printed = Instant::now();
    loop {
        let told = tokio::select! {
            biased;
            _ = &mut stopped => return (events, None),
            told = events.next() => told,
        };
        let end = match told {
            Ok(told) => {
                let text = tell(&teller, told);
                let Some(text) = text else { continue };
                // It waits while the editor has something else to do, such as asking whether to go on with a list.
                let print = spawn_blocking(move || {
                    let _ = printer.print(text);
                    printer
                });
                tokio::select! {
                    biased;
                    _ = &mut stopped => return (events, None),
                    done = print => match done {
                        Ok(done) => printer = done,
                        Err(_) => return (events, None),
                    },
                }
                printed = Instant::now() + SHOWN;
                continue;
            }
            Err(end) => end,
        };
        let mut due = printed;
        loop {
            tokio::select! {
                _ = &mut stopped => return (events, Some(end)),
                () = sleep_until(due) => {}
            }
            interrupt_reader();
            due = Instant::now() + AGAIN;
        }
    }
}

fn tell(teller: &Mutex<Teller>, told: Told) -> Option<String> {
    let mut teller = teller.lock().unwrap_or_else(PoisonError::into_inner);
    teller.tell(told)
}

/// Interrupts whoever waits for a key: the editor takes the signal while it does, and whoever waits for the machine has taken
/// it over otherwise.
fn interrupt_reader() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        // To the program as a whole: this thread leaves it to others. It is ours, so that nothing can go wrong.
        let _ = kill(Pid::this(), Signal::SIGINT);
    }
}
