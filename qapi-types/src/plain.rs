//! The bytes of strings that mean themselves, in JSON as anywhere else: reader and writer look for the others.

/// A one in each of eight bytes.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;
/// The high bit of each of eight bytes.
pub(crate) const HIGHS: u64 = 0x8080_8080_8080_8080;
/// The other bits.
pub(crate) const LOWS: u64 = !HIGHS;

/// How many of `bytes` come before the first quote, backslash or control character; all of them, if there is none.
#[inline]
pub fn plain(bytes: &[u8]) -> usize {
    // Two words at a time: that most strings end within them is easier to foresee than in which of the two.
    match bytes.first_chunk().map(special_of_16) {
        Some(Some(at)) => at,
        _ => long_plain(bytes),
    }
}

/// As [`plain`], which has not found it in the first bytes.
fn long_plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        if let Some(at) = special_of_16(chunk) {
            return bytes.len() - rest.len() + at;
        }
        rest = after;
    }
    bytes.len() - rest.len() + plain_end(rest)
}

/// Which of 16 bytes is the first that is special.
#[inline]
fn special_of_16(bytes: &[u8; 16]) -> Option<usize> {
    let word = u128::from_le_bytes(*bytes);
    let (low, high) = (special(word as u64), special((word >> 64) as u64));
    let (word, before) = if low != 0 { (low, 0) } else { (high, 8) };
    (low | high != 0).then(|| before + first(word))
}

/// As [`plain`], for the last few bytes.
fn plain_end(bytes: &[u8]) -> usize {
    let special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20;
    bytes.iter().position(special).unwrap_or(bytes.len())
}

/// Whether all of `bytes` mean themselves. Most texts that are written are short: a few words, which may overlap.
#[inline]
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let ends = special(u64::from_le_bytes(*first)) | special(u64::from_le_bytes(*last));
        return ends == 0 && (bytes.len() <= 16 || long_plain(bytes) == bytes.len());
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return special(u64::from(first) << 32 | u64::from(last)) == 0;
    }
    plain_end(bytes) == bytes.len()
}

/// The high bits of those of eight bytes that are special: the lowest bit set is right, others need not be.
#[inline]
fn special(word: u64) -> u64 {
    // Control characters and the quote are what is below 0x21 once its bit 1 is turned: the quote becomes a space, the
    // space becomes a quote. Of ASCII, `x - n` has its high bit set where x is below n; a borrow can set that of a later
    // byte too, never that of an earlier one.
    let quote_or_control = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (quote_or_control | backslash) & !word & HIGHS
}

/// Which of eight bytes is the first that has its high bit set.
#[inline]
fn first(word: u64) -> usize {
    word.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::{is_plain, plain};

    #[test]
    fn the_first_special_byte_is_found_wherever_it_is() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for length in 0..40 {
                let mut bytes = "aé ~\u{7f}".repeat(8).into_bytes()[..length].to_vec();
                assert_eq!(plain(&bytes), length);
                assert!(is_plain(&bytes));
                bytes.extend([special, b'"', b'a']);
                assert_eq!(plain(&bytes), length, "{special} after {length} bytes");
                for more in length..length + 3 {
                    let bytes = &mut bytes[..=more];
                    assert!(!is_plain(bytes), "{special} after {length} of {more} bytes");
                    bytes.reverse();
                    assert!(
                        !is_plain(bytes),
                        "{special} before {length} of {more} bytes"
                    );
                }
            }
        }
    }
}
