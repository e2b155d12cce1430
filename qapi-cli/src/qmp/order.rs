//! Names in the order in which people count.

use std::cmp::Ordering;

/// Numbers within the names count as numbers: `net9` is before `net10`.
pub(super) fn natural(one: &str, other: &str) -> Ordering {
    let numbers = |name| pieces(name).map(rank);
    numbers(one)
        .cmp(numbers(other))
        // Those that differ by zeroes in front alone.
        .then_with(|| one.cmp(other))
}

/// What a piece is compared by; numbers, which are first, by their length and then as text.
fn rank(piece: &str) -> (bool, usize, &str) {
    match piece.starts_with(|c: char| c.is_ascii_digit()) {
        true => {
            let number = piece.trim_start_matches('0');
            (false, number.len(), number)
        }
        false => (true, 0, piece),
    }
}

/// The numbers of a name, and what is between them.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    name.as_bytes()
        .chunk_by(|one, other| one.is_ascii_digit() == other.is_ascii_digit())
        // A digit is no part of a longer character.
        .map(|piece| str::from_utf8(piece).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_as_numbers() {
        for names in [
            &["", "a", "b"][..],
            &[
                "net", "net1", "net2", "net9", "net010", "net10", "net11a", "net11b", "nic",
            ],
            &["device[2]/a", "device[10]/a", "device[10]/b"],
            &["ü2", "ü10", "日9", "日99999999999999999999999"],
        ] {
            let mut sorted: Vec<&str> = names.iter().rev().copied().collect();
            sorted.sort_by(|one, other| natural(one, other));
            assert_eq!(sorted, names);
        }
    }
}
