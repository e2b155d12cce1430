//! HTML that is safe by construction: what comes from a schema gets into it through [`Html::text`] alone.

/// A piece of HTML.
#[derive(Clone, Debug, Default)]
pub(super) struct Html {
    out: String,
}

impl Html {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Markup of the program's own: nothing that is made at run time has this lifetime.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Text, also as the value of an attribute in double quotes. What would turn the text around it to the other
    /// direction, and control characters, are shown by their numbers.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.find(is_special) {
            let (before, from) = rest.split_at(at);
            self.out.push_str(before);
            let mut chars = from.chars();
            match chars.next() {
                Some('&') => self.out.push_str("&amp;"),
                Some('<') => self.out.push_str("&lt;"),
                Some('>') => self.out.push_str("&gt;"),
                Some('"') => self.out.push_str("&quot;"),
                Some('\'') => self.out.push_str("&#39;"),
                Some(other) => self.out.push_str(&format!("[U+{:04X}]", u32::from(other))),
                None => {}
            }
            rest = chars.as_str();
        }
        self.out.push_str(rest);
        self
    }

    /// A number.
    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.out.push_str(&number.to_string());
        self
    }

    /// Another piece.
    pub(super) fn html(&mut self, other: &Html) -> &mut Self {
        self.out.push_str(&other.out);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.out
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }
}

fn is_special(ch: char) -> bool {
    matches!(ch, '&' | '<' | '>' | '"' | '\'') || is_invisible(ch)
}

/// Control characters other than the white space of a text, and those that change the direction of what follows.
pub(super) fn is_invisible(ch: char) -> bool {
    match ch {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{061c}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => ch.is_control(),
    }
}

/// A string as a literal of JavaScript that may stand in a script of any kind.
pub(super) fn script_string(text: &str, out: &mut String) {
    out.push('"');
    for ch in text.chars() {
        match ch {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '<' | '\u{2028}' | '\u{2029}' => escape_unit(ch, out),
            _ if is_invisible(ch) => escape_unit(ch, out),
            _ => out.push(ch),
        }
    }
    out.push('"');
}

fn escape_unit(ch: char, out: &mut String) {
    out.push_str(&format!("\\u{:04x}", u32::from(ch)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_markup() {
        for (text, expected) in [
            (
                "<script>a && b</script>",
                "&lt;script&gt;a &amp;&amp; b&lt;/script&gt;",
            ),
            ("\" onclick='x'", "&quot; onclick=&#39;x&#39;"),
            ("]]> --> *", "]]&gt; --&gt; *"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a[U+202E]b[U+2066]c[U+200F]"),
            ("\0\u{7f}\t\n", "[U+0000][U+007F]\t\n"),
            ("שלום", "שלום"),
        ] {
            let mut html = Html::new();
            html.text(text);
            assert_eq!(html.as_str(), expected);
        }
    }

    #[test]
    fn a_script_string_ends_where_it_should() {
        let mut out = String::new();
        script_string("</script>\"\\\n\u{2028}\u{202e}", &mut out);
        assert_eq!(out, "\"\\u003c/script>\\\"\\\\\\n\\u2028\\u202e\"");
    }
}
