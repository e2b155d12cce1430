//! The bytes of strings that mean themselves, in JSON as anywhere else: reader and writer look for the others.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many of `bytes` come before the first quote, backslash or control character; all of them, if there is none.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        if let Some(at) = special(u64::from_le_bytes(*chunk)) {
            return bytes.len() - rest.len() + at;
        }
        rest = after;
    }
    // The last bytes, a few of them looked at again. Names are short: it matters here.
    if let (false, Some(last)) = (rest.is_empty(), bytes.last_chunk()) {
        let at = special(u64::from_le_bytes(*last));
        return at.map_or(bytes.len(), |at| bytes.len() - 8 + at);
    }
    let special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20;
    let tail = rest.iter().position(special).unwrap_or(rest.len());
    bytes.len() - rest.len() + tail
}

/// Which of eight bytes is the first that is special.
#[inline]
fn special(word: u64) -> Option<usize> {
    // A byte less than n makes `(x - n) & !x` set its high bit; borrows can set that of a later byte too, never that of an
    // earlier one, so the lowest bit set is right.
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let special = ((quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word))
        & HIGHS;
    (special != 0).then(|| special.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_is() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for length in 0..40 {
                let mut bytes = "aé ~\u{7f}".repeat(8).into_bytes()[..length].to_vec();
                assert_eq!(plain(&bytes), length);
                bytes.extend([special, b'"', b'a']);
                assert_eq!(plain(&bytes), length, "{special} after {length} bytes");
            }
        }
    }
}
