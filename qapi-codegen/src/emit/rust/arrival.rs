//! The order in which members arrive. QEMU keeps an object that it is about to send in a hash table and writes it down as
//! the table lies: by the bucket of a member's name, and of those in one bucket the last first. So any two names follow
//! each other in every object the same way, whatever their order in the schema.
//!
//! Decoders list their slots in this order: then the next slot is nearly always the one that is needed. They are right in
//! any other, too.

use std::cmp::Reverse;

/// How many buckets the table has.
const BUCKETS: u32 = 512;

/// Sorts members by their arrival, from the order of the schema. `name` is a member's name.
pub(super) fn sort<T>(members: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let mut numbered: Vec<_> = members.into_iter().enumerate().collect();
    numbered.sort_by_key(|(index, member)| (bucket(name(member)), Reverse(*index)));
    numbered.into_iter().map(|(_, member)| member).collect()
}

/// The bucket of a name: a sum of its bytes, each shifted by its place, from a beginning that its length gives, spread by
/// one step of a linear congruential generator.
fn bucket(name: &str) -> u32 {
    let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
    let mut sum = length.wrapping_mul(0x238f_13af);
    for (index, byte) in name.bytes().enumerate() {
        sum = sum.wrapping_add(u32::from(byte) << (index * 5 % 24));
    }
    sum.wrapping_mul(1_103_515_243).wrapping_add(12_345) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::sort;

    #[track_caller]
    fn check(schema: &[&str], sent: &[&str]) {
        assert_eq!(sort(schema.to_vec(), |name| *name), sent);
    }

    #[test]
    fn members_come_as_live_machines_send_them() {
        check(&["running", "status"], &["status", "running"]);
        check(
            &["name", "meta-type", "members", "values", "features"],
            &["name", "members", "meta-type", "values", "features"],
        );
    }
}
