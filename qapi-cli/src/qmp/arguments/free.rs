//! Arguments without a schema to read them by.

use qapi_types::Any;

use super::fill::{Filler, Part};
use super::form::entry;
use super::level::Further;
use super::mistake::Mistakes;
use super::takes::Takes;

/// The arguments that `words` say where no schema tells types: every value is read like an `any`. `None` if there are no
/// words.
///
/// # Errors
/// A word is neither `key=value` nor a JSON object, or they contradict each other.
pub(in crate::qmp) fn free(words: &[String]) -> Result<Option<Any>, Mistakes<'static>> {
    if words.is_empty() {
        return Ok(None);
    }
    let entries: Result<Vec<_>, _> = words.iter().map(|word| entry(word)).collect();
    let entries = entries.map_err(|mistake| Mistakes(vec![mistake]))?;
    let mut filler = Filler::default();
    let root = Part::root(Takes::Anything, Further::Anything, String::new());
    let arguments = filler.fill(&root, entries);
    match filler.mistakes.is_empty() {
        true => Ok(arguments),
        false => Err(Mistakes(filler.mistakes)),
    }
}
