//! What a reference is the reference of: under which names its files are to be found.

use super::model::Reference;

/// The names of a reference's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The name of the manual page.
    pub(super) page: String,
    /// What the names of the text files begin with.
    pub(super) prefix: String,
    /// What is described.
    pub(super) about: String,
}

/// The schemas that QEMU has: a command that tells each from those before it, and the names that its users know.
const KNOWN: [(&str, &str, &str, &str); 3] = [
    ("guest-sync", "qemu-ga-ref", "qga", "QEMU guest agent"),
    ("device_add", "qemu-qmp-ref", "qmp", "QEMU Machine Protocol"),
    (
        "qmp_capabilities",
        "qemu-storage-daemon-qmp-ref",
        "qmp",
        "QEMU storage daemon",
    ),
];

impl Identity {
    /// A schema of QEMU's is known by its commands: its title need not tell. Any other is named by its title, and what a
    /// title was given to is about that.
    pub(super) fn of(reference: &Reference<'_>) -> Self {
        let known = KNOWN
            .iter()
            .find(|(command, ..)| reference.find(command).is_some());
        if let Some((_, page, prefix, about)) = known {
            return Identity {
                page: (*page).to_owned(),
                prefix: (*prefix).to_owned(),
                about: match reference.is_renamed {
                    true => reference.title.clone(),
                    false => (*about).to_owned(),
                },
            };
        }
        let slug = slug(&reference.title);
        Identity {
            page: format!("{slug}-ref"),
            prefix: slug,
            about: reference.title.clone(),
        }
    }

    /// The heading of the schema, unless it is what is described, or is shown above a subject.
    pub(super) fn title_besides<'r>(&self, reference: &'r Reference<'_>) -> Option<&'r str> {
        let mut subjects = reference.subjects().map(|(_, subject)| &subject.title);
        let title = &reference.title;
        let is_shown = *title == self.about || subjects.any(|subject| subject == title);
        (reference.is_titled && !is_shown).then_some(title)
    }
}

/// The letters and digits of a title, in lower case.
fn slug(title: &str) -> String {
    let lower = title.to_ascii_lowercase();
    let words = lower.split(|ch: char| !ch.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => "schema".to_owned(),
        false => words.join("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_title_makes_a_name() {
        assert_eq!(slug("Lamps, & more: 2nd"), "lamps-more-2nd");
        assert_eq!(slug("../…"), "schema");
    }
}
