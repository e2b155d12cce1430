//! What is different with guest agents: they do not greet, their channel outlives them and their clients, and old ones do
//! not know ids.

use super::{Phase, Session};
use crate::core::Framer;
use crate::core::synchronize::Synchronizer;

/// What is known of an agent.
#[derive(Debug)]
pub(super) struct Agent {
    /// The number that it is asked for, the next time that both sides come into step.
    number: u64,
    /// Whether its replies have the ids of their commands.
    returns_ids: bool,
    /// It has not answered a call that nobody waits for any more: it may do so yet, or have gone in the middle of its answer.
    /// Or it has not understood one.
    out_of_step: bool,
}

impl Session {
    /// Brings both sides of a channel to a guest agent into step: what the agent still has of a request is dropped, and
    /// what comes before the reply to this request is, too. Calls wait until then; [`Step::Ready`](super::Step) tells. To be
    /// said again, with another number, if no answer comes.
    ///
    /// From then on the session does it by itself where it has to: when the reply to a call that was abandoned has not come
    /// before the next, after errors that have no id, and over a new connection. Agents that do not return ids get one call at a time.
    ///
    /// ```
    /// use qapi_client::core::{Session, Step};
    ///
    /// let mut session = Session::without_greeting(Default::default());
    /// session.synchronize(77);
    /// session.receive(b"\"late\"}}\n\xff{\"return\": 76}\n\xff{\"return\": 77, \"id\": 77}\n\xff{\"return\": 78}\n");
    /// assert!(matches!(session.step(), Some(Step::Ready)));
    /// ```
    pub fn synchronize(&mut self, number: u64) {
        // There are several programs that are agents, and what they are sent in general has lines.
        self.ends_lines = true;
        self.agent = Some(Agent {
            number,
            returns_ids: false,
            out_of_step: false,
        });
        self.come_into_step();
    }

    /// Asks the agent for its next number.
    pub(super) fn come_into_step(&mut self) {
        let Some(agent) = &mut self.agent else {
            return;
        };
        let synchronizer = Synchronizer::new(agent.number);
        agent.number = Synchronizer::next_number(agent.number);
        self.outgoing
            .push(|bytes| bytes.extend(synchronizer.request()));
        self.phase = Phase::Synchronizing(synchronizer);
    }

    /// Takes what was received while both sides come into step.
    pub(super) fn receive_in_step(&mut self, bytes: &[u8]) {
        let Phase::Synchronizing(synchronizer) = &mut self.phase else {
            return;
        };
        let Some(rest) = synchronizer.receive(bytes) else {
            return;
        };
        if let Some(agent) = &mut self.agent {
            agent.returns_ids = synchronizer.returns_ids();
            agent.out_of_step = false;
        }
        self.framer = Framer::new(self.limits.message, self.limits.values.skipped_nesting);
        self.framer.push(rest);
        self.ready();
    }

    /// Whether replies have the ids of their commands.
    pub(super) fn has_ids(&self) -> bool {
        self.agent.as_ref().is_none_or(|agent| agent.returns_ids)
    }

    /// A call on the wire was abandoned, or not understood.
    pub(super) fn out_of_step(&mut self) {
        if let Some(agent) = &mut self.agent {
            agent.out_of_step = true;
        }
    }

    /// Whether an agent may say yet what nobody waits for.
    pub(super) fn is_out_of_step(&self) -> bool {
        self.agent.as_ref().is_some_and(|agent| agent.out_of_step)
    }

    /// If an agent is out of step, and nobody waits for anything that it may still say, it is brought into step before the
    /// next call; answers whether it is.
    pub(super) fn comes_into_step_first(&mut self) -> bool {
        let is_due =
            self.is_out_of_step() && self.in_band.wanted() == 0 && !self.in_band.queued.is_empty();
        if is_due {
            // What is late is passed over.
            while self.in_band.oldest().is_some() {}
            self.come_into_step();
        }
        is_due
    }

    /// A call is made: should the agent not have answered when it was asked for those before, who have given up, it may now.
    pub(super) fn ask_an_agent_again(&mut self) {
        let is_due = matches!(self.phase, Phase::Synchronizing(_))
            && self.in_band.queued.is_empty()
            && self.outgoing.is_empty();
        if is_due {
            self.come_into_step();
        }
    }
}

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
