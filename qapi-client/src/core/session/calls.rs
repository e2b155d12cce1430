//! Who waits for which reply, and who for his turn.

use super::negotiation::negotiated;
use super::{Outcome, Phase, Session, Step};
use crate::core::received::ReplyId;
use crate::core::wire::{Line, Waiting};
use crate::core::{Call, CallId, Violation};
use crate::trace;

impl Session {
    /// Takes a call in. It goes out when the server is ready for it: after the negotiation; in band, not more than
    /// [`Limits::in_flight`](crate::Limits::in_flight) at once; with descriptors, one at a time. Until then it waits here, and can be taken back.
    pub fn call(&mut self, call: Call) -> CallId {
        let id = self.ids.call(self.is_idle());
        self.metrics.calls += 1;
        if self.end.is_some() {
            self.lost.push_back((id, false));
        } else {
            self.ask_an_agent_again();
            match self.may_go_now(&call) {
                true => self.send(id, call),
                false => {
                    self.line_of(&call).queued.push_back((id, call));
                    self.release();
                }
            }
        }
        id
    }

    /// Whether there is no call on the wire, nor behind those.
    fn is_idle(&self) -> bool {
        self.in_band.is_empty() && self.out_of_band.is_empty()
    }

    /// Whether a call in band that is made now goes out now: the session is ready, no other call waits, and there is room
    /// on the wire. Who shares a session among several asks before each call, and decides whose it is.
    pub fn has_room(&self) -> bool {
        matches!(self.phase, Phase::Ready)
            && self.in_band.queued.is_empty()
            && self.has_room_in_band()
    }

    /// Says that nobody waits for the reply to a call any more: one that is not on its way is taken back, the reply to
    /// another is dropped when it comes. Answers whether it was on its way.
    pub fn abandon(&mut self, id: CallId) -> bool {
        if self.in_band.abandon(id, &mut self.ids) || self.out_of_band.abandon(id, &mut self.ids) {
            self.out_of_step();
            self.release();
            return true;
        }
        for line in [&mut self.in_band, &mut self.out_of_band] {
            if line.take_back(id).is_some() {
                return false;
            }
        }
        let lost = self.lost.iter().position(|(lost, _)| *lost == id);
        lost.and_then(|at| self.lost.remove(at))
            .is_some_and(|(_, sent)| sent)
    }

    pub(super) fn reply(
        &mut self,
        id: ReplyId,
        outcome: Outcome,
    ) -> Result<Option<Step>, Violation> {
        let waiting = match (id, &outcome) {
            (ReplyId::Number(number), _) => {
                let id = self.ids.find(number);
                id.and_then(|id| {
                    let waiting = self.in_band.answered(id, &mut self.ids);
                    waiting.or_else(|| self.out_of_band.answered(id, &mut self.ids))
                })
            }
            // The server could not read as far as the id. It reads commands in the order they were sent.
            (ReplyId::None, Outcome::Refused(_)) => {
                // There may be more of these to come.
                self.out_of_step();
                self.ids.distrust();
                self.in_band.oldest()
            }
            (ReplyId::None, _) if !self.has_ids() => self.in_band.oldest(),
            _ => None,
        };
        self.release();
        match waiting {
            None => {
                self.ids.distrust();
                self.stray();
            }
            Some(waiting) if waiting.abandoned => {
                self.metrics.late_replies += 1;
                trace::late();
            }
            Some(Waiting { id, .. }) => match self.phase {
                Phase::Negotiating(negotiating) if negotiating == id => {
                    negotiated(outcome)?;
                    self.ready();
                }
                _ => return Ok(Some(Step::Reply { id, outcome })),
            },
        }
        Ok(std::mem::take(&mut self.became_ready).then_some(Step::Ready))
    }

    /// Sends the calls whose turn it is.
    #[inline]
    pub(super) fn release(&mut self) {
        // Most often nobody waits for his turn.
        if !(self.in_band.queued.is_empty() && self.out_of_band.queued.is_empty()) {
            self.release_queued();
        }
    }

    #[inline(never)]
    fn release_queued(&mut self) {
        if !matches!(self.phase, Phase::Ready) || self.comes_into_step_first() {
            return;
        }
        while let Some((_, call)) = self.out_of_band.queued.front()
            && self.has_descriptors_free(call)
            && let Some((id, call)) = self.out_of_band.queued.pop_front()
        {
            self.send(id, call);
        }
        while let Some((_, call)) = self.in_band.queued.front()
            && self.has_descriptors_free(call)
            && self.has_room_in_band()
            && let Some((id, call)) = self.in_band.queued.pop_front()
        {
            self.send(id, call);
        }
    }

    /// Whether nothing keeps a call from going out at once.
    fn may_go_now(&self, call: &Call) -> bool {
        let has_room = match call.is_out_of_band() {
            true => matches!(self.phase, Phase::Ready) && self.out_of_band.queued.is_empty(),
            false => self.has_room(),
        };
        has_room && !self.is_out_of_step() && self.has_descriptors_free(call)
    }

    /// Servers keep the descriptors of one command only: of the one that they have read last.
    fn has_descriptors_free(&self, call: &Call) -> bool {
        let lines = [&self.in_band, &self.out_of_band];
        !call.has_descriptors() || !lines.iter().any(|line| line.has_descriptors_on_wire())
    }

    fn has_room_in_band(&self) -> bool {
        let line = &self.in_band;
        let room = match self.has_ids() {
            true => self.limits.in_flight.max(1),
            // Replies that do not say whose they are have to come one by one.
            false => 1,
        };
        if line.on_wire.len() < room {
            return true;
        }
        // Should replies be missing for good, the session goes on nevertheless. But where there are out-of-band commands
        // a server must never have more than it reads ahead of them.
        let may_pass = !self.has_out_of_band && self.has_ids();
        may_pass && line.wanted() == 0 && self.outgoing.is_empty()
    }

    fn line_of(&mut self, call: &Call) -> &mut Line {
        match call.is_out_of_band() {
            true => &mut self.out_of_band,
            false => &mut self.in_band,
        }
    }

    pub(super) fn send(&mut self, id: CallId, call: Call) {
        if call.has_descriptors() {
            self.outgoing.push_descriptors(id);
        }
        let written = self.has_ids().then_some(self.ids.of(id));
        let ends_line = self.ends_lines;
        let place = self.outgoing.push(|bytes| {
            call.write(written, bytes);
            if ends_line {
                bytes.push(b'\n');
            }
        });
        self.line_of(&call).push(Waiting {
            id,
            place,
            call,
            abandoned: false,
        });
    }

    /// Ends the calls that are on the wire.
    pub(super) fn lose_calls_on_wire(&mut self) {
        for line in [&mut self.in_band, &mut self.out_of_band] {
            while let Some(waiting) = line.oldest() {
                if !waiting.abandoned {
                    let sent = self.outgoing.has_sent(&waiting.place);
                    self.lost.push_back((waiting.id, sent));
                }
            }
        }
        self.outgoing.clear();
    }

    /// Ends the calls that wait for their turn.
    pub(super) fn lose_calls_in_line(&mut self) {
        for line in [&mut self.in_band, &mut self.out_of_band] {
            let queued = line.queued.drain(..).map(|(id, _)| (id, false));
            self.lost.extend(queued);
        }
    }

    /// Puts the calls of which nothing was sent back into their lines.
    pub(super) fn take_back_calls(&mut self) {
        for line in [&mut self.in_band, &mut self.out_of_band] {
            line.take_back_unsent(&self.outgoing);
        }
    }
}
