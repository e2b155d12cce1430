//! Directions: who sends what. Clients send the arguments of commands, servers send returns and events.

use super::{DefinitionId, Kind, Schema};

/// Who sends values of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Clients send it: it is reached from the arguments of a command.
    pub by_client: bool,
    /// Servers send it: it is reached from what a command returns or from an event.
    pub by_server: bool,
}

/// The direction of every definition of a schema.
#[derive(Clone, Debug)]
pub struct Directions {
    by_client: Vec<bool>,
    by_server: Vec<bool>,
}

impl Directions {
    /// Follows commands and events that `counts` lets through.
    pub fn of(schema: &Schema, counts: &dyn Fn(DefinitionId) -> bool) -> Directions {
        let mut by_client = vec![false; schema.definitions.len()];
        let mut by_server = by_client.clone();
        for (id, definition) in schema.definitions().filter(|&(id, _)| counts(id)) {
            let (client, server) = match &definition.kind {
                Kind::Command(command) => (command.arguments, command.returns),
                Kind::Event(event) => (None, event.data),
                _ => continue,
            };
            by_server[id.0 as usize] = matches!(definition.kind, Kind::Event(_));
            client.iter().for_each(|ty| by_client[ty.0 as usize] = true);
            server.iter().for_each(|ty| by_server[ty.0 as usize] = true);
        }
        schema.reach(&mut by_client);
        schema.reach(&mut by_server);
        Directions {
            by_client,
            by_server,
        }
    }

    /// The direction of a type or event.
    pub fn get(&self, id: DefinitionId) -> Direction {
        let at = id.0 as usize;
        Direction {
            by_client: self.by_client[at],
            by_server: self.by_server[at],
        }
    }
}
