//! `qmp shell`: a machine that is spoken to line by line.
//!
//! [`Shell`] is the subcommand; [`attach`] is the same for whoever has a session already. Text comes from [`Terminal`] or
//! from [`Lines`]; [`statement`] says what is to be done; [`Interpreter`] does it.

mod agent;
mod assistant;
mod complete;
mod hint;
mod history;
mod hmp;
mod interpreter;
mod interrupts;
mod knowledge;
mod lines;
mod listing;
mod live;
mod message;
mod own;
mod pipe;
mod place;
mod record;
mod session;
mod statement;
mod stops;
mod teller;
mod terminal;
mod typed;
mod view;
mod words;

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use qapi_client::tokio::Client;
use qapi_client::{Error, Filter};

use super::layout::Layout;
use super::monitor::Word;
use super::screen::is_capable;
use super::{Failure, Monitor};
pub(super) use hmp::COMMAND as HMP;
use interpreter::{Flow, Interpreter};
use lines::Lines;
pub(super) use session::Session;
use terminal::Terminal;
use view::View;

/// Speak with the machine, line by line
///
/// On a terminal with all that makes typing easy: Tab completes the names of commands, arguments, values, devices, nodes and
/// more, as the machine has them; what is still missing is shown; events are shown as they come. `help` tells the rest.
///
/// From a pipe or a file each line is executed, until one fails. A line is a command and its arguments, KEY=VALUE, with
/// words quoted as in sh; or a message in JSON, which may go on over lines. A word that begins with # begins a comment, one that begins
/// with | a program that reads what comes of the line.
///
/// Ends with 0 when it is left, when all lines have been executed, or when the machine ends because it was told to; with 1 if
/// QEMU refused a line or a program has failed; with 2 if a line or the command line makes no sense, or the connection cannot be made or ends.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qmp shell vm.qmp
  qmp --socket vm.qmp shell --read-only
  echo query-status | qmp --socket vm.qmp shell
  qmp --socket vm.qmp shell --keep-going --json < script")]
pub(super) struct Shell {
    #[command(flatten)]
    word: Word,
    #[command(flatten)]
    options: Options,
}

/// How a shell with a machine behaves.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Options {
    /// Speak with the human monitor (HMP)
    #[arg(long, short = 'H')]
    hmp: bool,
    /// Refuse commands that are not known to change nothing; `query-*`, `qom-get`, `qom-list` and their like are
    #[arg(long)]
    read_only: bool,
    /// Write down what is said into a new file, for `qmp replay`; passwords are among it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Print events, as on a terminal; else to standard error
    #[arg(long, overrides_with = "no_events")]
    events: bool,
    /// Print no events, as from a pipe
    #[arg(long)]
    no_events: bool,
    #[command(flatten)]
    manners: Manners,
    /// Whoever is spoken with is a guest's agent.
    #[arg(skip)]
    agent: bool,
}

/// How a shell behaves, whoever is spoken with.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Manners {
    /// Go on after a line that fails; the exit code tells of the first one
    #[arg(long)]
    keep_going: bool,
    /// Print the message before it is sent
    #[arg(long, short)]
    verbose: bool,
    /// Print replies over many lines, as on a terminal
    #[arg(long, short, overrides_with = "compact")]
    pretty: bool,
    /// Print replies on one line, as into a file or pipe
    #[arg(long)]
    compact: bool,
    /// Print replies, refusals and events as the messages that they are, one a line
    #[arg(long)]
    json: bool,
    /// Neither read nor write what was typed before
    #[arg(long)]
    no_history: bool,
}

impl Options {
    /// A shell with a guest's agent.
    pub(super) fn of_agent(manners: Manners, read_only: bool) -> Self {
        Self {
            manners,
            read_only,
            agent: true,
            ..Self::default()
        }
    }
}

impl Shell {
    pub(super) fn run(
        &self,
        monitor: &Monitor,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let address = monitor.or_word(&self.word)?.address()?;
        let options = qapi_client::Options {
            out_of_band: true,
            ..monitor.options()
        };
        let session = Session::start(Client::connect_with(&address, options))?;
        leave_as_found()?;
        attach(session, &self.options, out, err)
    }
}

/// Lets the user speak with the machine of `session`, over standard input and output, until the user leaves or the machine
/// ends.
///
/// # Errors
/// The connection ends and nobody has told the machine to; a line fails that does not come from a terminal.
pub(super) fn attach(
    mut session: Session,
    options: &Options,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    let terminal = is_typed();
    let capable = terminal && is_capable();
    let colorless = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let surroundings = Surroundings {
        terminal,
        colors: capable && !colorless,
    };
    if terminal {
        session.heed_interrupts()?;
    }
    let mut input = match capable {
        true => Input::Terminal(Box::new(Terminal::new(options, surroundings.colors)?)),
        false => Input::Lines(Lines::new(io::stdin(), terminal)),
    };
    drive(session, options, surroundings, &mut input, out, err)
}

/// From now on whoever is told to end by a signal leaves the terminal, if somebody types there, as it is now. For a shell that has
/// nothing else to put in order.
///
/// # Errors
/// Signals cannot be caught.
pub(super) fn leave_as_found() -> Result<(), Failure> {
    #[cfg(unix)]
    if is_typed() {
        super::interrupt::leave_terminal_as_found(false)?;
    }
    Ok(())
}

/// Whether somebody types and reads.
pub(super) fn is_typed() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Where a shell runs.
#[derive(Clone, Copy, Debug)]
struct Surroundings {
    /// Somebody types and reads.
    terminal: bool,
    colors: bool,
}

/// Where lines come from.
enum Input {
    Terminal(Box<Terminal>),
    Lines(Lines),
}

/// What comes from there.
#[derive(Debug)]
enum Entry {
    /// Something to do, and the number of its first line.
    Text { text: String, line: usize },
    /// What was typed is not to be done.
    Dropped,
    /// It cannot be read.
    Unreadable(io::Error),
    /// There is no more.
    End,
    /// The session has ended before there was anything.
    Gone(Error),
}

/// Does what comes from `input`, to its end.
fn drive(
    session: Session,
    options: &Options,
    surroundings: Surroundings,
    input: &mut Input,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    let Surroundings { terminal, colors } = surroundings;
    let pretty = options.manners.pretty || (terminal && !options.manners.compact);
    let view = View {
        layout: match pretty {
            true => Layout::Pretty,
            false => Layout::Compact,
        },
        json: options.manners.json,
        colors,
        events: (options.events || (terminal && !options.no_events)).then(Filter::all),
    };
    let mut interpreter = Interpreter::new(session, options, terminal, view, out, err)?;
    interpreter.greet()?;
    let mut first_failure = None;
    loop {
        let entry = match input {
            Input::Terminal(terminal) => terminal.read(&mut interpreter)?,
            Input::Lines(lines) => lines.read(&mut interpreter)?,
        };
        let flow = match entry {
            Entry::Text { text, line } => interpreter.run(&text, line)?,
            Entry::Dropped => Flow::On,
            Entry::Unreadable(error) => {
                return Err(Failure::Usage(format!("cannot read: {error}")));
            }
            Entry::End if terminal => interpreter.leave(),
            Entry::End => Flow::Leave,
            Entry::Gone(end) => interpreter.gone(end)?,
        };
        match flow {
            Flow::Leave => break,
            Flow::Failed(code) if !terminal => {
                if !options.manners.keep_going {
                    return Err(Failure::Ended(code, String::new()));
                }
                first_failure.get_or_insert(code);
            }
            Flow::On | Flow::Failed(_) => {}
        }
    }
    first_failure.map_or(Ok(()), |code| Err(Failure::Ended(code, String::new())))
}

#[cfg(all(test, unix))]
mod tests;
