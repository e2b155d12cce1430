//! Which listings are kept: those of the last while, and not more than so many entries.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::node::Node;

/// The objects that were listed lately, the oldest listing first.
#[derive(Debug, Default)]
pub(super) struct Recent {
    listed: VecDeque<Record>,
    entries: usize,
}

#[derive(Debug)]
struct Record {
    at: Instant,
    node: Weak<Node>,
    entries: usize,
}

impl Recent {
    /// An object was listed, and has so many entries. Listings that are older than `age` are dropped, and the oldest of those
    /// that have more than `room` entries together.
    pub(super) fn listed(&mut self, node: &Arc<Node>, entries: usize, age: Duration, room: usize) {
        while let Some(oldest) = self.listed.front() {
            if oldest.at.elapsed() < age && self.entries + entries <= room {
                break;
            }
            self.entries -= oldest.entries;
            if let Some(node) = oldest.node.upgrade() {
                node.listing.forget_until(oldest.at);
            }
            self.listed.pop_front();
        }
        self.entries += entries;
        self.listed.push_back(Record {
            at: Instant::now(),
            node: Arc::downgrade(node),
            entries,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::RandomState;

    use tokio::time::advance;

    use super::super::listing::Listing;
    use super::super::node::{Nodes, ROOT};
    use super::*;

    const AGE: Duration = Duration::from_secs(1);

    async fn list(node: &Arc<Node>, recent: &mut Recent, entries: usize) {
        let listing = node
            .listing
            .get(Duration::ZERO, async { Ok(Listing::new(Vec::new())) });
        listing.await.unwrap();
        recent.listed(node, entries, AGE, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_go_first() {
        let node = |name: &str| Nodes::new(name.to_owned(), 1, RandomState::new()).get(ROOT);
        let nodes = ["a", "b", "c"].map(|name| node(name).unwrap());
        let [a, b, c] = &nodes;
        let kept = || {
            nodes
                .each_ref()
                .map(|node| node.listing.peek(Duration::MAX).is_some())
        };
        let mut recent = Recent::default();
        list(a, &mut recent, 5).await;
        list(b, &mut recent, 5).await;
        assert_eq!(kept(), [true, true, false]);
        // Too many entries; then one has more than all others may have.
        list(c, &mut recent, 1).await;
        assert_eq!(kept(), [false, true, true]);
        list(a, &mut recent, 20).await;
        assert_eq!(kept(), [true, false, false]);
        // Of one that is listed again it is the new listing that stays.
        list(b, &mut recent, 1).await;
        advance(AGE / 2).await;
        list(b, &mut recent, 1).await;
        advance(AGE / 2).await;
        list(c, &mut recent, 1).await;
        assert_eq!(kept(), [false, true, true]);
        advance(AGE).await;
        list(a, &mut recent, 1).await;
        assert_eq!(kept(), [true, false, false]);
    }
}
