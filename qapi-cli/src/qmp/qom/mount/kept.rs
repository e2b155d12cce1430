//! What the machine has said is kept for a while, and is asked for once by whoever wants it at the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fuser::Errno;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// What the machine has last said about something.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<Option<Arc<Asked<T>>>>);

/// A question that was asked, and its answer as soon as there is one.
#[derive(Debug)]
struct Asked<T> {
    at: Instant,
    answer: OnceCell<Result<Arc<T>, Errno>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    /// The answer to a question that was asked less than `age` ago, or else to `ask`. With an age of nothing it is what is
    /// so after the call began. That there was no answer is told to all that wait for it, and not kept.
    pub(super) async fn get(
        &self,
        age: Duration,
        ask: impl Future<Output = Result<T, Errno>>,
    ) -> Result<Arc<T>, Errno> {
        let asked = self.asked(age);
        let answer = asked
            .answer
            .get_or_init(|| async { ask.await.map(Arc::new) });
        answer.await.clone()
    }

    /// The answer to a question that was asked less than `age` ago.
    pub(super) fn peek(&self, age: Duration) -> Option<Arc<T>> {
        let current = self.lock();
        let asked = current.as_ref().filter(|asked| asked.at.elapsed() < age)?;
        asked.answer.get()?.clone().ok()
    }

    /// What was said is not so any more.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    /// What was asked for by then is not wanted any more.
    pub(super) fn forget_until(&self, then: Instant) {
        self.lock().take_if(|asked| asked.at <= then);
    }

    fn asked(&self, age: Duration) -> Arc<Asked<T>> {
        let mut current = self.lock();
        match &*current {
            Some(asked)
                if asked.at.elapsed() < age && !matches!(asked.answer.get(), Some(Err(_))) =>
            {
                Arc::clone(asked)
            }
            _ => {
                let asked = Arc::new(Asked {
                    at: Instant::now(),
                    answer: OnceCell::new(),
                });
                *current = Some(Arc::clone(&asked));
                asked
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Asked<T>>>> {
        // Nothing that holds it can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
