//! What is known of the interface: what the machine says, or a guest's agent, and our words for it.

use std::cell::OnceCell;

use qapi_client::Schema;
use qapi_types::qga::types::{GuestAgentCommandInfo, GuestAgentInfo};

use super::super::words::{Interface, Words};

/// What the machine takes, if it tells, and what that is for.
#[derive(Default)]
pub(super) struct Knowledge {
    pub(super) schema: Option<Schema>,
    /// What a guest's agent says of itself.
    pub(super) agent: Option<GuestAgentInfo>,
    /// Read when they are asked for first, for that takes a moment.
    words: OnceCell<Option<Words>>,
}

impl Knowledge {
    pub(super) fn new(schema: Option<Schema>) -> Self {
        Self {
            schema,
            ..Self::default()
        }
    }

    /// What is known of an agent. It says no more than the names of its commands, what they take is known here; one that does
    /// not say even that may have them all.
    pub(super) fn of_agent(agent: Option<GuestAgentInfo>) -> Self {
        let words = Words::of(Interface::Agent);
        let has = |name: &str| {
            let mut commands = agent.iter().flat_map(|agent| &agent.supported_commands);
            agent.is_none() || commands.any(|command| command.name == name)
        };
        let schema = words.as_ref().and_then(|words| words.as_told(has));
        Self {
            schema,
            agent,
            words: words.into(),
        }
    }

    /// Our words, if there are any for what the machine is.
    pub(super) fn words(&self) -> Option<&Words> {
        let read = || Words::of(Interface::of(self.schema.as_ref()?));
        self.words.get_or_init(read).as_ref()
    }

    /// What `path` leads to is for, in a sentence; nothing, where that is not known.
    pub(super) fn summary(&self, path: &str) -> String {
        let said = self.words().and_then(|words| words.find(path));
        let summary = said.map(|said| said.summary()).unwrap_or_default();
        match self.of_agents(path) {
            Some(command) if !command.enabled => format!("disabled: {summary}"),
            _ => summary,
        }
    }

    /// The names of all commands, or of those that can be executed out of band.
    pub(super) fn commands(&self, out_of_band: bool) -> Vec<String> {
        if let Some(agent) = &self.agent {
            let commands = agent.supported_commands.iter();
            return commands.map(|command| command.name.clone()).collect();
        }
        let commands = self.schema.iter().flat_map(|schema| schema.commands());
        let commands = commands.filter(|command| !out_of_band || command.allow_oob());
        commands.map(|command| command.name().to_owned()).collect()
    }

    /// Whether a command is answered only if it fails.
    pub(super) fn is_silent(&self, name: &str) -> bool {
        self.of_agents(name)
            .is_some_and(|command| !command.success_response)
    }

    /// What the agent says of one of its commands.
    fn of_agents(&self, name: &str) -> Option<&GuestAgentCommandInfo> {
        let mut commands = self.agent.as_ref()?.supported_commands.iter();
        commands.find(|command| command.name == name)
    }
}
