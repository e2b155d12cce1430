//! Directions: who sends what. Clients send the arguments of commands, servers send returns and events.

use super::{DefinitionId, Filter, Kind, Schema, Selection};

/// Who sends values of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Clients send it: it is reached from the arguments of a command, or from no command and no event: then
    /// it is for command lines and configuration files.
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
    /// The directions of what is selected. Where nothing is a command or an event, the schema describes data
    /// of its own, and everything goes both ways.
    pub fn of(schema: &Schema, selection: &Selection, filter: &Filter) -> Directions {
        let mut by_client = vec![false; schema.definitions.len()];
        let mut by_server = by_client.clone();
        let mut messages = false;
        for (id, definition) in schema
            .definitions()
            .filter(|&(id, _)| selection.contains(id))
        {
            match &definition.kind {
                Kind::Command(command) => {
                    command
                        .arguments
                        .iter()
                        .for_each(|ty| by_client[ty.index()] = true);
                    command
                        .returns
                        .iter()
                        .for_each(|ty| by_server[ty.index()] = true);
                }
                Kind::Event(event) => {
                    by_server[id.index()] = true;
                    event
                        .data
                        .iter()
                        .for_each(|ty| by_server[ty.index()] = true);
                }
                _ => continue,
            }
            messages = true;
        }
        schema.reach(Schema::references, filter, &mut by_client);
        schema.reach(Schema::references, filter, &mut by_server);
        for (id, definition) in schema.definitions() {
            let at = id.index();
            let message = matches!(definition.kind, Kind::Command(_) | Kind::Event(_));
            if selection.contains(id) && !message && !by_client[at] && !by_server[at] {
                by_client[at] = true;
            }
        }
        schema.reach(Schema::references, filter, &mut by_client);
        if !messages {
            by_server.clone_from(&by_client);
        }
        Directions {
            by_client,
            by_server,
        }
    }

    /// The direction of a type or event.
    pub fn get(&self, id: DefinitionId) -> Direction {
        Direction {
            by_client: self.by_client[id.index()],
            by_server: self.by_server[id.index()],
        }
    }
}
