//! Badges: what is to be known of something before one uses it, where it stands.

use super::escape::Html;
use crate::emit::reference::model::{Entry, EntryKind, Features};
use crate::schema::{Condition, Version};

/// The badges of a member, value or branch.
pub(super) fn of_part(
    since: Option<Version>,
    condition: Option<&Condition>,
    features: &Features<'_>,
    out: &mut Html,
) {
    stability(features, out);
    if let Some(since) = since {
        badge("since", &format!("since {since}"), out);
    }
    if let Some(condition) = condition {
        badge("if", &format!("if {condition}"), out);
    }
}

/// The badges of a definition.
pub(super) fn of_entry(entry: &Entry<'_>, out: &mut Html) {
    let mut all = Html::new();
    stability(&entry.features, &mut all);
    if let Some(since) = &entry.since {
        badge("since", &format!("since {}", since.text), &mut all);
    }
    if let Some(condition) = entry.condition {
        badge("if", &format!("if {condition}"), &mut all);
    }
    let flags = entry.flags;
    for (given, words) in [
        (flags.out_of_band, "out-of-band"),
        (flags.preconfig, "preconfig"),
        (flags.more_arguments, "takes more arguments"),
        (flags.silent, "no reply on success"),
    ] {
        if given {
            badge("flag", words, &mut all);
        }
    }
    for feature in &entry.features.0 {
        if !matches!(feature.name, "deprecated" | "unstable") {
            badge("feature", feature.name, &mut all);
        }
    }
    if entry.kind.is_type() && entry.kind != EntryKind::Enum {
        match (entry.direction.by_client, entry.direction.by_server) {
            (true, false) => badge("way", "sent by clients", &mut all),
            (false, true) => badge("way", "sent by the server", &mut all),
            (true, true) => badge("way", "sent both ways", &mut all),
            (false, false) => {}
        }
    }
    if !all.is_empty() {
        out.raw("<p class=\"badges\">").html(&all).raw("</p>\n");
    }
}

fn stability(features: &Features<'_>, out: &mut Html) {
    if features.is_deprecated() {
        badge("deprecated", "deprecated", out);
    }
    if features.is_unstable() {
        badge("unstable", "unstable", out);
    }
}

fn badge(class: &'static str, words: &str, out: &mut Html) {
    out.raw("<span class=\"badge ").raw(class).raw("\">");
    out.text(words).raw("</span> ");
}
