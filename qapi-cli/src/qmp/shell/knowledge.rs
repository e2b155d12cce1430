//! What is known of the machine's interface: what the machine says, and our words for it.

use std::cell::OnceCell;

use qapi_client::Schema;

use super::super::words::{Interface, Words};

/// What the machine takes, if it tells, and what that is for.
#[derive(Default)]
pub(super) struct Knowledge {
    pub(super) schema: Option<Schema>,
    /// Read when they are asked for first, for that takes a moment.
    words: OnceCell<Option<Words>>,
}

impl Knowledge {
    pub(super) fn new(schema: Option<Schema>) -> Self {
        Self {
            schema,
            words: OnceCell::new(),
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
        said.map(|said| said.summary()).unwrap_or_default()
    }
}
