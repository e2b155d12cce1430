//! Work on many files, on all processors.

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// Does the work for each item, several at a time, and answers the results in the order of the items.
pub(crate) fn side_by_side<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let helpers = processors.min(items.len()).saturating_sub(1);
    let count = items.len();
    let waiting = Mutex::new(items.into_iter().enumerate());
    let take = || waiting.lock().ok()?.next();
    let share = || -> Vec<(usize, R)> {
        std::iter::from_fn(take)
            .map(|(at, item)| (at, work(item)))
            .collect()
    };
    let mut done: Vec<(usize, R)> = Vec::with_capacity(count);
    thread::scope(|scope| {
        // Where no thread can be had, this one does it all.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, share).ok();
        let helpers: Vec<_> = (0..helpers).map_while(spawn).collect();
        done.extend(share());
        for helper in helpers {
            match helper.join() {
                Ok(results) => done.extend(results),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let expected: Vec<String> = items.iter().map(usize::to_string).collect();
            assert_eq!(side_by_side(items, |item| item.to_string()), expected);
        }
    }
}
