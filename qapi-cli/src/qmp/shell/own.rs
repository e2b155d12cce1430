//! What the shell does itself.

use std::path::Path;

use qapi_client::Filter;

use super::super::Failure;
use super::super::layout::columns;
use super::super::schema::tell;
use super::interpreter::{Flow, Interpreter};
use super::statement::Mode;
use super::words::Word;

/// A command of the shell's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Help,
    Exit,
    Hmp,
    Oob,
    Events,
    Record,
}

impl Own {
    const ALL: [Self; 6] = [
        Self::Help,
        Self::Hmp,
        Self::Oob,
        Self::Events,
        Self::Record,
        Self::Exit,
    ];

    /// Those that there are for whoever speaks so.
    pub(super) fn of(mode: Mode) -> impl Iterator<Item = Self> {
        let of_agents = |own: &Self| matches!(own, Self::Help | Self::Exit);
        let all = Self::ALL.into_iter();
        all.filter(move |own| mode != Mode::Agent || of_agents(own))
    }

    /// The one among them that is called `name`.
    pub(super) fn named(name: &str, mode: Mode) -> Option<Self> {
        Self::of(mode).find(|own| own.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Exit => "exit",
            Self::Hmp => "hmp",
            Self::Oob => "oob",
            Self::Events => "events",
            Self::Record => "record",
        }
    }

    /// What may follow its name.
    pub(super) fn usage(self) -> &'static str {
        match self {
            Self::Help => "[PATH]",
            Self::Exit => "",
            Self::Hmp => "[COMMAND]",
            Self::Oob => "COMMAND [KEY=VALUE ...]",
            Self::Events => "[on|off|GLOB ...]",
            Self::Record => "[FILE|off]",
        }
    }

    /// What it is for, with examples for whoever speaks so.
    pub(super) fn summary(self, mode: Mode) -> &'static str {
        match self {
            Self::Help if mode == Mode::Agent => {
                "tell of a command, or of a part: guest-ping, guest-exec/arg/path"
            }
            Self::Help => "tell of a command or an event, or of a part: stop, migrate/arg/uri",
            Self::Exit => "leave, as Ctrl-D does; whoever was spoken with goes on",
            Self::Hmp => "execute a command of the human monitor, or speak with it",
            Self::Oob => "execute a command out of band, past those that wait",
            Self::Events => "show all events, none, or those of these names",
            Self::Record => "write down what is said, to be replayed",
        }
    }
}

impl Interpreter<'_> {
    /// Does something that is the shell's own to do; `rest` is what follows its name.
    pub(super) fn own(&mut self, own: Own, words: &[Word], rest: &str) -> Result<Flow, Failure> {
        let words: Vec<&str> = words.iter().map(|word| &*word.text).collect();
        match (own, &*words) {
            (Own::Exit, []) => Ok(Flow::Leave),
            (Own::Help, []) => self.help(),
            (Own::Help, [name]) => self.help_with(name),
            (Own::Hmp, _) => match rest.trim() {
                "" => self.enter_hmp(),
                line => self.hmp(line),
            },
            (Own::Events, words) => self.show_events(words),
            (Own::Record, []) => {
                let recording = self.teller().recorder.is_some();
                self.say(match recording {
                    true => "what is said is written down",
                    false => "nothing is written down",
                })?;
                Ok(Flow::On)
            }
            (Own::Record, ["off"]) => {
                self.teller().recorder = None;
                Ok(Flow::On)
            }
            (Own::Record, [file]) => match self.record(Path::new(file)) {
                Err(Failure::Usage(message)) => self.complain(&message),
                done => done.map(|()| Flow::On),
            },
            (own, _) => {
                let (name, usage) = (own.name(), own.usage());
                self.complain(format!("usage: {name} {usage}").trim_end())
            }
        }
    }

    fn show_events(&mut self, words: &[&str]) -> Result<Flow, Failure> {
        let events = match words {
            [] => {
                let shown = self.teller().view.events.is_some();
                self.say(if shown {
                    "events are shown"
                } else {
                    "no events are shown"
                })?;
                return Ok(Flow::On);
            }
            ["on"] => Some(Filter::all()),
            ["off"] => None,
            names => Some(names.iter().copied().collect()),
        };
        self.teller().view.events = events;
        Ok(Flow::On)
    }

    fn help(&mut self) -> Result<Flow, Failure> {
        let all = [
            ["NAME [KEY=VALUE ...]", "execute a command"],
            [
                "{\"execute\": NAME, ...}",
                "the same, written as the message",
            ],
            [
                "... | PROGRAM",
                "have a program read what comes of it: less, jq",
            ],
            [
                "transaction( ACTION ...",
                "execute actions, a line each up to a ): all or none",
            ],
            ["quit", "a command of the machine's, too: it ends"],
        ];
        // Of what a machine understands an agent knows the beginning.
        let understood = match self.mode {
            Mode::Agent => &all[..3],
            _ => &all,
        };
        let understood = understood.iter().map(|row| row.map(str::to_owned));
        let own = Own::of(self.mode).map(|own| {
            let usage = format!("{} {}", own.name(), own.usage());
            [usage, own.summary(self.mode).to_owned()]
        });
        let lines = columns(understood.chain(own));
        self.show(|_, out| {
            for line in lines {
                writeln!(out, "{line}")?;
            }
            writeln!(
                out,
                "\nWords are quoted as in sh, JSON goes on to its last bracket. Tab completes."
            )?;
            Ok(())
        })
    }

    /// What the schema has at a path, or what is the shell's own.
    fn help_with(&mut self, path: &str) -> Result<Flow, Failure> {
        if let Some(own) = Own::named(path, self.mode) {
            let usage = format!("{} {}", own.name(), own.usage());
            let summary = own.summary(self.mode);
            return self.show(|_, out| Ok(writeln!(out, "{}\n    {summary}", usage.trim_end())?));
        }
        let knowledge = self.knowledge();
        let Some(schema) = &knowledge.schema else {
            return self.complain("the machine does not tell what it takes");
        };
        let width = self.size.map(|(columns, _)| columns);
        let told = self.show(|_, out| tell(schema, knowledge.words(), Some(path), width, out));
        match told {
            Err(Failure::Unmet(message)) => self.complain(&message),
            told => told,
        }
    }
}
