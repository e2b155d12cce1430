//! Quantities, as people read them.

/// A number of bytes in the largest unit of which there is a whole one.
pub(super) fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let at = count.checked_ilog2().unwrap_or(0) / 10;
    let unit = 1u64 << (10 * at);
    // The tenths are cut off, so that nothing is said to be larger than it is.
    let tenths = u128::from(count % unit) * 10 / u128::from(unit);
    match tenths {
        0 => format!("{} {}", count / unit, units[at as usize]),
        tenths => format!("{}.{tenths} {}", count / unit, units[at as usize]),
    }
}

/// How much of the whole a part is, in hundredths that are cut off; `None` where there is no whole.
pub(super) fn percent(part: u64, whole: u64) -> Option<String> {
    let hundredths = (u128::from(part) * 100).checked_div(u128::from(whole))?;
    Some(format!("{hundredths}%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_bytes() {
        for (count, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (2047, "1.9 KiB"),
            (1 << 30, "1 GiB"),
            (u64::MAX, "15.9 EiB"),
        ] {
            assert_eq!(bytes(count), expected);
        }
    }
    #[test]
    fn parts_of_a_whole() {
        for (part, whole, expected) in [
            (0, 0, None),
            (1, 3, Some("33%")),
            (u64::MAX, u64::MAX, Some("100%")),
            (u64::MAX - 1, u64::MAX, Some("99%")),
            (3, 2, Some("150%")),
        ] {
            assert_eq!(percent(part, whole).as_deref(), expected);
        }
    }
}
