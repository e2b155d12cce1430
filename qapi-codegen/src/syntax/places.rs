//! Where a name stands first.

use std::collections::HashMap;

use super::tree::Key;
use crate::source::Span;

/// So many names are compared one by one, which costs less than to hash them. Nearly all objects and comments have fewer.
const FEW: usize = 16;

/// The places of names that must not stand twice in one list.
#[derive(Default)]
pub(super) struct Places {
    /// All names of the list, once they are many.
    many: HashMap<String, Span>,
}

impl Places {
    /// Where `key` stands first among `before`, the list as it is until then. If it is nowhere there, it is taken to come
    /// next.
    pub(super) fn earlier<'a>(
        &mut self,
        key: &Key,
        before: impl ExactSizeIterator<Item = &'a Key>,
    ) -> Option<Span> {
        if before.len() < FEW {
            let mut before = before;
            let earlier = before.find(|it| it.text == key.text);
            return earlier.map(|it| it.span);
        }
        if self.many.is_empty() {
            for it in before {
                self.many.entry(it.text.clone()).or_insert(it.span);
            }
        }
        if let Some(span) = self.many.get(&key.text) {
            return Some(*span);
        }
        self.many.insert(key.text.clone(), key.span);
        None
    }
}
