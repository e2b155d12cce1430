//! The nodes that the system knows: objects, properties and links, by the numbers of their files.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::kept::Kept;
use super::listing::{Entry, Listing};

/// The number of the directory that is mounted: the system wants it to be this one.
pub(super) const ROOT: u64 = 1;

/// What a node is to the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shown {
    Directory,
    File,
    /// A symbolic link: only of a link that leads to an object in the mount.
    Link,
}

/// An object or a property that the system has looked up.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) number: u64,
    /// The object that it belongs to; the one that is mounted has none here.
    parent: Option<Arc<Node>>,
    /// The property's name; of the object that is mounted its path.
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) shown: Shown,
    /// How many objects are above it in the mount.
    pub(super) depth: usize,
    /// An object's properties.
    pub(super) listing: Kept<Listing>,
    status: Mutex<Status>,
}

/// What was last seen of a node.
#[derive(Debug)]
pub(super) struct Status {
    /// How many have it open that can read it: to them it has the size that it was opened with.
    pub(super) readers: usize,
    pub(super) size: u64,
    pub(super) changed: SystemTime,
    fingerprint: Option<u64>,
    pub(super) readable: bool,
    pub(super) writable: bool,
}

impl Node {
    /// The path of the object that it is.
    pub(super) fn path(&self) -> String {
        let Some(parent) = &self.parent else {
            return self.name.clone();
        };
        let mut path = parent.path();
        if !path.ends_with('/') {
            path.push('/');
        }
        path + &self.name
    }

    /// The object that has the property; that object itself, if it is the one that is mounted.
    pub(super) fn object(&self) -> &Node {
        self.parent.as_deref().unwrap_or(self)
    }

    /// The property, in words.
    pub(super) fn place(&self) -> String {
        format!("{}.{}", self.object().path(), self.name)
    }

    pub(super) fn status(&self) -> MutexGuard<'_, Status> {
        // Nothing that holds it can panic half way.
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Status {
    fn new(changed: SystemTime) -> Self {
        Self {
            readers: 0,
            size: 0,
            changed,
            fingerprint: None,
            readable: true,
            writable: true,
        }
    }

    /// It was seen, and looked like this. The time of its change is the time when that was first seen to be another.
    pub(super) fn saw(&mut self, size: u64, fingerprint: u64) {
        if self.fingerprint.is_some_and(|before| before != fingerprint) {
            self.changed = SystemTime::now();
        }
        self.fingerprint = Some(fingerprint);
        self.size = size;
    }

    /// It was made another just now.
    pub(super) fn made_another(&mut self) {
        self.changed = SystemTime::now();
        self.fingerprint = None;
    }
}

/// All nodes that the system has looked up and not forgotten.
#[derive(Debug)]
pub(super) struct Nodes {
    known: HashMap<u64, Known>,
    /// How many there may be.
    room: usize,
    keys: RandomState,
    /// The time of change of what is not known to have changed.
    since: SystemTime,
}

#[derive(Debug)]
struct Known {
    node: Arc<Node>,
    lookups: u64,
}

impl Nodes {
    /// The object at the path `root`, which is mounted, and nothing else yet; there is room for so many nodes.
    pub(super) fn new(root: String, room: usize, keys: RandomState) -> Self {
        let since = SystemTime::now();
        let node = Node {
            number: ROOT,
            parent: None,
            name: root,
            ty: String::new(),
            shown: Shown::Directory,
            depth: 0,
            listing: Kept::default(),
            status: Mutex::new(Status::new(since)),
        };
        let root = Known {
            node: Arc::new(node),
            lookups: 1,
        };
        Self {
            known: HashMap::from([(ROOT, root)]),
            room,
            keys,
            since,
        }
    }

    pub(super) fn get(&self, number: u64) -> Option<Arc<Node>> {
        self.known.get(&number).map(|known| Arc::clone(&known.node))
    }

    /// The number of the file that an entry is, shown so. It comes from who it is, so that it is the same the next time, and
    /// another when there is something else by the same name.
    pub(super) fn number(&self, parent: &Node, entry: &Entry, shown: Shown) -> u64 {
        let who = (parent.number, &entry.name, &entry.ty, shown);
        // Two numbers are taken: none, and the root's.
        self.keys.hash_one(who) | 2
    }

    /// The node that an entry is, shown so, which the system knows from now on; `None` if there are too many.
    pub(super) fn look_up(
        &mut self,
        parent: &Arc<Node>,
        entry: &Entry,
        shown: Shown,
    ) -> Option<Arc<Node>> {
        let mut number = self.number(parent, entry, shown);
        let is_it = |node: &Node| {
            let same_place = node.object().number == parent.number && node.name == entry.name;
            same_place && node.ty == entry.ty && node.shown == shown
        };
        // That two have the same number happens hardly ever.
        while self.known.get(&number).is_some_and(|it| !is_it(&it.node)) {
            number = number.wrapping_add(1) | 2;
        }
        if self.known.len() >= self.room && !self.known.contains_key(&number) {
            return None;
        }
        let known = self.known.entry(number).or_insert_with(|| Known {
            node: Arc::new(Node {
                number,
                parent: Some(Arc::clone(parent)),
                name: entry.name.clone(),
                ty: entry.ty.clone(),
                shown,
                depth: parent.depth + 1,
                listing: Kept::default(),
                status: Mutex::new(Status {
                    // Every object has this one, and none can become another type.
                    writable: (&*entry.name, &*entry.ty) != ("type", "string"),
                    ..Status::new(self.since)
                }),
            }),
            lookups: 0,
        });
        known.lookups = known.lookups.saturating_add(1);
        Some(Arc::clone(&known.node))
    }

    /// The system has forgotten a node so many times as it has looked it up.
    pub(super) fn forget(&mut self, number: u64, times: u64) {
        if number == ROOT {
            return;
        }
        if let Some(known) = self.known.get_mut(&number) {
            known.lookups = known.lookups.saturating_sub(times);
            if known.lookups == 0 {
                self.known.remove(&number);
            }
        }
    }

    /// How many nodes there may be at once.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    pub(super) fn count(&self) -> usize {
        self.known.len()
    }
}
