//! What is to be sent, and which calls are on the wire.

use std::collections::VecDeque;
use std::ops::Range;

use super::ids::Ids;
use super::{Call, CallId};

/// The bytes that are to be sent, and how far they have been.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    /// How many of them have been sent.
    gone: usize,
    /// How many were sent at all.
    sent: u64,
    /// The one call that has descriptors and of which nothing has been sent: where it begins, counted as `sent` is.
    descriptors: Option<(u64, CallId)>,
}

impl Outgoing {
    /// What can be sent in one go: descriptors go with the first byte of their call.
    pub(super) fn bytes(&self) -> &[u8] {
        let bytes = &self.bytes[self.gone..];
        match self.descriptors {
            // Less than what is to be sent, and that is in memory.
            Some((begin, _)) if begin > self.sent => &bytes[..(begin - self.sent) as usize],
            _ => bytes,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gone == self.bytes.len()
    }

    /// The call whose descriptors have to go with the next byte.
    pub(super) fn descriptors(&self) -> Option<CallId> {
        let (begin, id) = self.descriptors?;
        (begin == self.sent).then_some(id)
    }

    /// Whether the descriptors of this call have not gone yet.
    pub(super) fn has_descriptors_of(&self, id: CallId) -> bool {
        self.descriptors.is_some_and(|(_, call)| call == id)
    }

    /// Whether all that was pushed there has been sent.
    pub(super) fn has_sent(&self, place: &Range<u64>) -> bool {
        place.end <= self.sent
    }

    /// The first `count` bytes have been sent.
    pub(super) fn sent(&mut self, count: usize) {
        if count > 0 && self.descriptors().is_some() {
            self.descriptors = None;
        }
        self.gone += count;
        self.sent += count as u64;
        if self.is_empty() {
            self.bytes.clear();
            // A session that has nothing to do takes next to no memory.
            self.bytes.shrink_to(KEPT);
            self.gone = 0;
        } else if self.gone > self.bytes.len() / 2 {
            // One that is never done with sending does not keep what is gone, either.
            self.bytes.drain(..self.gone);
            self.gone = 0;
        }
    }

    /// Adds what `write` writes; answers where it is, counted from the first byte of the session.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Range<u64> {
        let begin = self.end();
        write(&mut self.bytes);
        begin..self.end()
    }

    /// Whether nothing of what was pushed there has been sent.
    pub(super) fn has_kept(&self, place: &Range<u64>) -> bool {
        place.start >= self.sent
    }

    /// The next byte that is added takes the descriptors of this call with it.
    pub(super) fn push_descriptors(&mut self, id: CallId) {
        self.descriptors = Some((self.end(), id));
    }

    fn end(&self) -> u64 {
        self.sent + (self.bytes.len() - self.gone) as u64
    }

    /// Forgets what has not been sent: there is nobody any more to send it to.
    pub(super) fn clear(&mut self) {
        self.bytes = Vec::new();
        self.gone = 0;
        self.descriptors = None;
    }
}

/// How many bytes are kept in reserve when there is nothing to send.
const KEPT: usize = 1 << 10;

/// A call that is on the wire and has no reply.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) id: CallId,
    /// Where its request is, counted from the first byte of the session.
    pub(super) place: Range<u64>,
    /// What goes out once more, should the connection end before it has.
    pub(super) call: Call,
    /// Nobody wants the reply any more.
    pub(super) abandoned: bool,
}

/// The calls on the wire that are to be answered in their order, and those behind them that have to wait.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) on_wire: VecDeque<Waiting>,
    pub(super) queued: VecDeque<(CallId, Call)>,
    /// How many on the wire are wanted.
    wanted: usize,
    /// How many on the wire have descriptors.
    with_descriptors: usize,
}

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.on_wire.is_empty() && self.queued.is_empty()
    }

    /// How many calls on the wire somebody waits for.
    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }

    pub(super) fn has_descriptors_on_wire(&self) -> bool {
        self.with_descriptors > 0
    }

    pub(super) fn push(&mut self, waiting: Waiting) {
        self.wanted += usize::from(!waiting.abandoned);
        self.with_descriptors += usize::from(waiting.call.has_descriptors());
        self.on_wire.push_back(waiting);
    }

    fn taken(&mut self, waiting: &Waiting) {
        self.wanted -= usize::from(!waiting.abandoned);
        self.with_descriptors -= usize::from(waiting.call.has_descriptors());
    }

    /// Takes back all of which nothing was sent: those that somebody waits for are in line again.
    pub(super) fn take_back_unsent(&mut self, outgoing: &Outgoing) {
        while let Some(last) = self.on_wire.back()
            && outgoing.has_kept(&last.place)
            && let Some(waiting) = self.on_wire.pop_back()
        {
            self.taken(&waiting);
            if !waiting.abandoned {
                self.queued.push_front((waiting.id, waiting.call));
            }
        }
    }

    pub(super) fn oldest(&mut self) -> Option<Waiting> {
        let waiting = self.on_wire.pop_front()?;
        self.taken(&waiting);
        Some(waiting)
    }

    /// The call with this id, which from now on waits no longer. Replies come in the order of the calls: those before it
    /// that nobody wants will not be answered any more.
    pub(super) fn answered(&mut self, id: CallId, ids: &mut Ids) -> Option<Waiting> {
        // Most often it is the first.
        if self.on_wire.front()?.id == id {
            return self.oldest();
        }
        // Ids ascend.
        let at = self.on_wire.iter().position(|waiting| waiting.id >= id)?;
        if self.on_wire[at].id != id {
            return None;
        }
        let waiting = self.on_wire.remove(at)?;
        self.taken(&waiting);
        while self
            .on_wire
            .front()
            .is_some_and(|first| first.abandoned && first.id < id)
        {
            self.oldest();
            ids.distrust();
        }
        Some(waiting)
    }

    /// Takes back a call that is not on the wire yet; `None` if it is none of those.
    pub(super) fn take_back(&mut self, id: CallId) -> Option<Call> {
        // Ids ascend in here, too: however many give up at once, each is found at once.
        let at = self.queued.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.queued.remove(at).map(|(_, call)| call)
    }

    /// Nobody wants the reply to this call any more; `false` if it is not on the wire.
    pub(super) fn abandon(&mut self, id: CallId, ids: &mut Ids) -> bool {
        let Some(at) = self.on_wire.iter().position(|waiting| waiting.id == id) else {
            return false;
        };
        let waiting = &mut self.on_wire[at];
        self.wanted -= usize::from(!waiting.abandoned);
        waiting.abandoned = true;
        // One that is answered on failure only would stand in the line for ever.
        if waiting.call.is_silent()
            && let Some(waiting) = self.on_wire.remove(at)
        {
            self.taken(&waiting);
            ids.distrust();
        }
        true
    }
}
