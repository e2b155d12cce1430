//! Text in single backticks, and what its role makes of it.

use super::{labelled, unescaped};
use crate::markup::tree::Inline;

/// What a text in single backticks stands for.
pub(super) fn interpretation(role: Option<&str>, text: &str) -> Inline {
    match role {
        Some("code" | "literal") => Inline::Literal(text.replace('\n', " ")),
        Some("emphasis") => Inline::Emphasis(unescaped(text)),
        Some("strong") => Inline::Strong(unescaped(text)),
        Some("math") => Inline::Literal(text.replace('\n', " ")),
        Some("sub" | "subscript") => Inline::Text(lowered(&unescaped(text))),
        Some("sup" | "superscript") => Inline::Text(raised(&unescaped(text))),
        Some("pep" | "pep-reference") => publication("PEP", text),
        Some("rfc" | "rfc-reference") => publication("RFC", text),
        role => {
            let (label, target) = labelled(text);
            // With a sign in front a role shows a name without a link, or its last part alone.
            if let (Some(_), Some(name)) = (role, target.strip_prefix('!')) {
                return Inline::Literal(label.unwrap_or_else(|| name.to_owned()));
            }
            let label = label.or_else(|| {
                let name = target.strip_prefix('~').filter(|_| role.is_some())?;
                Some(name.rsplit('.').next().unwrap_or(name).to_owned())
            });
            Inline::Reference {
                role: role.map(str::to_owned),
                target,
                label,
            }
        }
    }
}

/// Digits and signs that there is a small form of, lowered and raised.
const SMALL: [(char, char, char); 15] = [
    ('0', '₀', '⁰'),
    ('1', '₁', '¹'),
    ('2', '₂', '²'),
    ('3', '₃', '³'),
    ('4', '₄', '⁴'),
    ('5', '₅', '⁵'),
    ('6', '₆', '⁶'),
    ('7', '₇', '⁷'),
    ('8', '₈', '⁸'),
    ('9', '₉', '⁹'),
    ('+', '₊', '⁺'),
    ('-', '₋', '⁻'),
    ('=', '₌', '⁼'),
    ('(', '₍', '⁽'),
    (')', '₎', '⁾'),
];

/// A text as an index; a sign says that it is one where its characters cannot.
fn lowered(text: &str) -> String {
    let small = |c| SMALL.iter().find(|small| small.0 == c).map(|small| small.1);
    let small: Option<String> = text.chars().map(small).collect();
    small.unwrap_or_else(|| format!("_{text}"))
}

/// A text as an exponent, in the same way.
fn raised(text: &str) -> String {
    let small = |c| SMALL.iter().find(|small| small.0 == c).map(|small| small.2);
    let small: Option<String> = text.chars().map(small).collect();
    small.unwrap_or_else(|| format!("^{text}"))
}

/// A link to a publication with a number, perhaps to a section of it.
fn publication(series: &str, text: &str) -> Inline {
    let (label, target) = labelled(text);
    let (number, section) = match target.split_once('#') {
        Some((number, section)) => (number, format!("#{section}")),
        None => (&*target, String::new()),
    };
    let Ok(value) = number.parse::<u32>() else {
        return Inline::Text(format!("{series} {text}"));
    };
    let url = match series {
        "PEP" => format!("https://peps.python.org/pep-{value:04}/{section}"),
        _ => format!("https://www.rfc-editor.org/rfc/rfc{value}.html{section}"),
    };
    Inline::Link {
        text: label.unwrap_or_else(|| format!("{series} {number}")),
        url,
    }
}
