//! When an event happened.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::decode::Decode;
use crate::encode::Encode;
use crate::error::DecodeError;
use crate::reader::Reader;
use crate::writer::Writer;

/// The host's time at which an event happened, since the beginning of 1970. Both parts are -1 if the host could not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp {
    /// Whole seconds.
    pub seconds: i64,
    /// Microseconds on top of them.
    pub microseconds: i64,
}

impl Timestamp {
    /// The time that a host without a working clock tells.
    pub const UNKNOWN: Self = Self {
        seconds: -1,
        microseconds: -1,
    };

    /// The time, if the host could tell it.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let seconds = Duration::from_secs(u64::try_from(self.seconds).ok()?);
        let microseconds = Duration::from_micros(u64::try_from(self.microseconds).ok()?);
        SystemTime::UNIX_EPOCH
            .checked_add(seconds)?
            .checked_add(microseconds)
    }
}

/// As seconds with six decimals, `1763722799.104477`; `-1` if the host could not tell.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seconds,
            microseconds,
        } = *self;
        match seconds < 0 || microseconds < 0 {
            true => f.write_str("-1"),
            false => write!(f, "{seconds}.{microseconds:06}"),
        }
    }
}

impl Default for Timestamp {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl Decode for Timestamp {
    fn blank() -> Self {
        Self::UNKNOWN
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [
            ("seconds", &mut self.seconds),
            ("microseconds", &mut self.microseconds),
        ])
    }
}

impl Encode for Timestamp {
    fn encode(&self, w: &mut Writer) {
        w.object(&[
            ("seconds", &self.seconds),
            ("microseconds", &self.microseconds),
        ]);
    }
}
