//! Roff as far as our pages have it: what a reader sees of it. Anything else in a page is text that got loose.

/// The macros and requests of our pages.
const REQUESTS: [&str; 17] = [
    "TH", "SH", "SS", "PP", "TP", "IP", "RS", "RE", "EX", "EE", "TS", "TE", "br", "nh", "nr", "ad",
    "\\\"",
];

/// The escapes, and what is seen of them.
const ESCAPES: [(&str, &str); 13] = [
    ("fB", "\0"),
    ("fI", "\0"),
    ("fR", "\0"),
    ("(aq", "'"),
    ("(ga", "`"),
    ("(ha", "^"),
    ("(ti", "~"),
    ("(dq", "\""),
    ("(bu", "\u{2022}"),
    ("-", "-"),
    ("e", "\\"),
    (":", ""),
    ("&", ""),
];

/// A page as text.
///
/// # Panics
/// There is something in it that no page of ours has.
pub(crate) fn plain(page: &str) -> String {
    assert!(page.is_ascii(), "a page is ASCII");
    let mut out = String::new();
    let mut in_table = false;
    for (at, line) in page.lines().enumerate() {
        let control = line.strip_prefix(['.', '\'']);
        match control {
            Some(control) => {
                let (name, arguments) = control.split_once(' ').unwrap_or((control, ""));
                assert!(REQUESTS.contains(&name), "{line}");
                in_table = (in_table || name == "TS") && name != "TE";
                if ["TH", "SH", "SS"].contains(&name) {
                    unescape(arguments, &mut out);
                }
            }
            // The columns, and the marks around cells.
            None if in_table && is_format(line) => {}
            None => unescape(line, &mut out),
        }
        assert!(at == 0 || !line.starts_with('\''), "{line}");
        out.push('\n');
    }
    out
}

fn is_format(line: &str) -> bool {
    let words = ["lb", "lx", "lx.", "T{", "T}"];
    line.split([' ', '\t'])
        .all(|word| words.contains(&word) || word == "T}\tT{")
}

fn unescape(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        if let Some(code) = after.strip_prefix("[u") {
            let (code, after) = code.split_once(']').expect("a character ends");
            let code = u32::from_str_radix(code, 16).expect("and is a number");
            out.push(char::from_u32(code).expect("of Unicode"));
            rest = after;
            continue;
        }
        let known = ESCAPES.iter().find(|(name, _)| after.starts_with(name));
        let (name, shown) = known.unwrap_or_else(|| panic!("{line}"));
        out.push_str(shown);
        rest = &after[name.len()..];
    }
    out.push_str(rest);
}
