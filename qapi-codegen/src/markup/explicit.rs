//! Explicit markup: what `..` begins. Directives, and what names are defined with.

use super::blocks::parse_inner;
use super::directive::directive;
use super::lines::{Line, extent, joined, min_indent, verbatim};
use super::names::{Meaning, Scope, substitution_key, target_key};
use super::tree::{Block, Definition, Inline};

/// Whether a line begins explicit markup.
pub(super) fn opens(text: &str) -> bool {
    text == ".." || text.starts_with(".. ") || unnamed(text).is_some()
}

/// Whether a line begins a directive.
pub(super) fn is_directive(text: &str) -> bool {
    text.strip_prefix(".. ").and_then(head).is_some()
}

/// Name and argument of a directive, as they stand behind the `..`.
fn head(text: &str) -> Option<(&str, &str)> {
    let (name, argument) = text.trim_start().split_once("::")?;
    let name = name.trim_end();
    let named = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.+:".contains(&b));
    let apart = argument.is_empty() || argument.starts_with(' ');
    (named && apart).then_some((name, argument.trim_start()))
}

/// Parses the explicit markup that the first line begins. Returns how many lines it took.
pub(super) fn parse(
    lines: &mut [Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) -> usize {
    // By itself it ends what is before it, and no more.
    if lines[0].text == ".." && lines.get(1).is_none_or(Line::is_blank) {
        return 1;
    }
    let taken = extent(lines, base);
    let (lines, after) = lines.split_at_mut(taken);
    let following = after.iter().find(|line| !line.is_blank());
    let following = following
        .filter(|line| line.indent == base)
        .map(|line| line.text);
    if let Some((label, at)) = footnote(lines[0].text) {
        define_footnote(label, at, lines, base, scope, out);
        return taken;
    }
    // The text is made before the lines are handed out: an inner parser changes them.
    let unknown = verbatim(lines, base);
    if is_comment(lines[0].text) || define(lines, following, scope) {
        return taken;
    }
    let blocks = lines[0]
        .text
        .strip_prefix(".. ")
        .and_then(head)
        .and_then(|(name, argument)| directive(name, argument, lines, scope));
    out.extend(blocks.unwrap_or_else(|| vec![Block::Unknown(unknown)]));
    taken
}

/// Whether explicit markup is a comment. What a colon follows is rather a directive that is misspelt.
fn is_comment(text: &str) -> bool {
    let rest = text.trim_start_matches('.').trim_start();
    let word = rest.split(' ').next().unwrap_or_default();
    !rest.starts_with(['[', '|', '_']) && !word.ends_with(':') && !rest.contains("::")
}

/// Notes what a name stands for, if that is what the lines say. Returns whether they are hidden then.
fn define(lines: &[Line<'_>], following: Option<&str>, scope: Scope<'_>) -> bool {
    let text = joined(lines);
    if let Some(address) = unnamed(&text) {
        return match meaning(address) {
            Meaning::Address(address) => scope.names.define_unnamed(&address),
            _ => false,
        };
    }
    let Some(rest) = text.strip_prefix("..").map(str::trim_start) else {
        return false;
    };
    if let Some((name, address)) = rest.strip_prefix('_').and_then(target) {
        let next = following.and_then(|text| text.strip_prefix(".. _").and_then(target));
        let meaning = match (meaning(address), next) {
            // Targets that follow each other lead to the same place.
            (Meaning::Place, Some((next, _))) => Meaning::Name(target_key(next)),
            (meaning, _) => meaning,
        };
        let is_label = address.is_empty();
        return scope.names.define(target_key(name), meaning) || is_label;
    }
    let substitution = || {
        let (name, rest) = rest.strip_prefix('|')?.split_once('|')?;
        let (directive, text) = head(rest.strip_prefix(' ')?)?;
        let (first, more) = text.split_once('\n').unwrap_or((text, ""));
        let meaning = match directive {
            "replace" => Meaning::Text(text.to_owned()),
            "unicode" if matches!(more, "" | ":trim:" | ":ltrim:" | ":rtrim:") => {
                Meaning::Plain(characters(first)?)
            }
            "image" if more.is_empty() => Meaning::Plain(first.to_owned()),
            "image" => {
                let alternative = more.strip_prefix(":alt: ")?;
                Meaning::Plain(alternative.replace('\n', " "))
            }
            _ => return None,
        };
        let is_empty =
            matches!(&meaning, Meaning::Text(text) | Meaning::Plain(text) if text.is_empty());
        (!is_empty).then(|| (substitution_key(name), meaning))
    };
    substitution().is_some_and(|(key, meaning)| scope.names.define(key, meaning))
}

/// The address of a target without a name: `__ address` or `.. __: address`.
fn unnamed(text: &str) -> Option<&str> {
    let address = text
        .strip_prefix("__ ")
        .or_else(|| text.strip_prefix("..")?.trim_start().strip_prefix("__: "))?;
    Some(address.trim())
}

/// Name and address of a target, `name: address`; the address may be missing.
fn target(text: &str) -> Option<(&str, &str)> {
    if let Some((name, address)) = text
        .strip_prefix('`')
        .and_then(|text| text.split_once("`:"))
    {
        return Some((name, address));
    }
    let ends = |at: &usize| {
        let after = text[at + 1..].chars().next();
        !text[..*at].ends_with('\\') && after.is_none_or(char::is_whitespace)
    };
    let at = text.match_indices(':').map(|(at, _)| at).find(ends)?;
    (at > 0).then(|| (&text[..at], &text[at + 1..]))
}

/// What the address of a target stands for.
fn meaning(address: &str) -> Meaning {
    let address: String = address.split_whitespace().collect::<Vec<_>>().join(" ");
    if address.is_empty() {
        return Meaning::Place;
    }
    let name = address.strip_suffix('_').and_then(|name| {
        let phrase = name
            .strip_prefix('`')
            .and_then(|name| name.strip_suffix('`'));
        phrase.or_else(|| is_label(name).then_some(name))
    });
    match name {
        Some(name) => Meaning::Name(target_key(name)),
        None => Meaning::Address(address.replace(' ', "")),
    }
}

/// The characters that a `unicode::` names by their codes or holds, up to its comment.
fn characters(text: &str) -> Option<String> {
    let text = text.split(" ..").next()?;
    let mut out = String::new();
    for word in text.split_whitespace() {
        let code = ["0x", "x", "\\x", "U+", "u", "\\u", "&#x"]
            .iter()
            .find_map(|prefix| {
                u32::from_str_radix(word.strip_prefix(prefix)?.trim_end_matches(';'), 16).ok()
            })
            .or_else(|| word.parse().ok());
        match code {
            Some(code) => out.push(char::from_u32(code).filter(|c| !c.is_control())?),
            None => out.push_str(word),
        }
    }
    Some(out)
}

/// The label of a footnote or citation, and where its text begins.
fn footnote(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("..")?.trim_start().strip_prefix('[')?;
    let (label, rest) = inner.split_once(']')?;
    let apart = rest.is_empty() || rest.starts_with(' ');
    (is_label(label) && apart).then(|| (label, text.len() - rest.trim_start().len()))
}

/// Whether a text in brackets is the label of a footnote or citation.
pub(super) fn is_label(text: &str) -> bool {
    let name = text.strip_prefix('#').unwrap_or(text);
    let simple = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | ':');
    matches!(text, "#" | "*")
        || name.starts_with(char::is_alphanumeric)
            && name.ends_with(char::is_alphanumeric)
            && name.chars().all(simple)
}

/// A footnote becomes a term, its label in brackets, with its definition. Those that follow each other are one list.
fn define_footnote(
    label: &str,
    at: usize,
    lines: &mut [Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) {
    let label = scope.names.define_footnote(label);
    lines[0].text = &lines[0].text[at..];
    let column = min_indent(&lines[1..]).max(base + 1);
    lines[0].indent = column;
    let entry = Definition {
        term: vec![Inline::Text(format!("[{label}]"))],
        blocks: parse_inner(lines, column, scope),
    };
    let is_footnote = |entry: &Definition| matches!(&entry.term[..], [Inline::Text(label)] if label.starts_with('[') && label.ends_with(']'));
    match out.last_mut() {
        Some(Block::Definitions(entries)) if entries.last().is_some_and(is_footnote) => {
            entries.push(entry)
        }
        _ => out.push(Block::Definitions(vec![entry])),
    }
}
