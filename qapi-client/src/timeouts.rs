//! How long calls may take, by the class of their command; and how long a negotiation may.

use std::time::Duration;

use crate::core::matches;
use crate::options::Options;

/// How long a server may say nothing to its negotiation before it is taken for one that may read line by line.
pub(crate) const PATIENCE: Duration = Duration::from_millis(200);

/// What [`Options`] say of this, ready to be asked before every call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    timeout: Option<Duration>,
    long_timeout: Option<Duration>,
    long_commands: &'static [&'static str],
    /// A bit for each character that the long ones begin with: it keeps most calls from going through all their names, which
    /// lie all over the memory.
    initials: u64,
}

impl Timeouts {
    pub(crate) fn new(options: &Options) -> Self {
        let initials = options.long_commands.iter().map(|name| initial(name));
        Self {
            timeout: options.timeout,
            long_timeout: options.long_timeout,
            long_commands: options.long_commands,
            initials: initials.fold(0, |all, initial| all | initial),
        }
    }

    /// How long a call of the command `name` may take.
    pub(crate) fn of(&self, name: &str) -> Option<Duration> {
        let is_long = self.initials & initial(name) != 0
            && self.long_commands.iter().any(|long| matches(long, name));
        match is_long {
            true => self.long_timeout,
            false => self.timeout,
        }
    }
}

/// The bit of the character that a name begins with; all bits for a pattern that may begin with any.
fn initial(name: &str) -> u64 {
    match name.as_bytes().first() {
        None | Some(b'*') => u64::MAX,
        Some(first) => 1 << (first % 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CallOptions;

    #[test]
    fn commands_have_classes() {
        let options = Options::default();
        let any = Options {
            long_commands: &["*-add"],
            ..options
        };
        let none = Options {
            long_commands: &[],
            ..options
        };
        for (options, name, timeout) in [
            (options, "query-status", options.timeout),
            (options, "block-commit", options.timeout),
            (options, "dump-guest-memory", options.long_timeout),
            (options, "guest-fsfreeze-thaw", options.long_timeout),
            (options, "blockdev-snapshot-sync", options.long_timeout),
            (any, "netdev-add", options.long_timeout),
            (any, "dump-guest-memory", options.timeout),
            (none, "dump-guest-memory", options.timeout),
        ] {
            let timeouts = Timeouts::new(&options);
            assert_eq!(
                CallOptions::new().timeout(name, &timeouts),
                timeout,
                "{name}"
            );
            let unbounded = CallOptions::new().unbounded();
            assert_eq!(unbounded.timeout(name, &timeouts), None);
        }
    }
}
