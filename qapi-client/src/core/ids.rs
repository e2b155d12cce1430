//! The ids that calls have on the wire.

use super::CallId;

/// How many ids there are before they start again, if they may: with one digit each.
const FEW: u64 = 10;

/// Hands out ids, short ones as long as that is safe: QEMU reads its monitor byte by byte, and takes about two microseconds
/// for each.
///
/// Calls are counted, and the id of one is how many came before it. When every call has had its reply none is left that
/// a reply could be mistaken for, so that the ids may start again. Should a server have answered what nobody had asked, or
/// left a call without an answer, it may do so any time: then no id is used twice over this connection.
#[derive(Debug, Default)]
pub(super) struct Ids {
    calls: u64,
    /// The call that has the id 0.
    first: u64,
    /// A reply may come yet that is no call's on the wire.
    distrusts: bool,
}

impl Ids {
    /// A new call; `is_alone` if no other waits for a reply.
    pub(super) fn call(&mut self, is_alone: bool) -> CallId {
        let call = self.calls;
        self.calls += 1;
        if is_alone && !self.distrusts && call - self.first >= FEW {
            self.first = call;
        }
        CallId(call)
    }

    /// The id of a call that is made, and has no reply.
    pub(super) fn of(&self, CallId(call): CallId) -> u64 {
        call - self.first
    }

    /// The call that has this id, if there is one.
    pub(super) fn find(&self, id: u64) -> Option<CallId> {
        self.first.checked_add(id).map(CallId)
    }

    /// A reply may come that is no call's on the wire: one came for nothing, or a call has gone from the wire without.
    pub(super) fn distrust(&mut self) {
        self.distrusts = true;
    }

    /// Another connection: no reply to an earlier call comes over this one.
    pub(super) fn trust(&mut self) {
        self.distrusts = false;
    }
}
