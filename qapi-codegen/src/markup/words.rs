//! Running text to Markdown: escaped, and filled into lines.
//!
//! rustdoc reads CommonMark with tables, footnotes, strikethrough and smart punctuation, GitHub reads
//! formulas besides; text must not turn into any of them by accident.

use super::tree::Inline;

/// Finds the target of an intra-doc link for a name.
pub(super) type Resolve<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Running text as the pieces between which a line may end.
pub(super) struct Words<'a> {
    resolve: Resolve<'a>,
    /// Whether `|` ends a cell even inside of code and links.
    in_table: bool,
    words: Vec<String>,
    /// Whether what comes next continues the last word.
    glued: bool,
}

impl<'a> Words<'a> {
    pub(super) fn new(resolve: Resolve<'a>) -> Self {
        Words {
            resolve,
            in_table: false,
            words: Vec::new(),
            glued: false,
        }
    }

    pub(super) fn in_table(resolve: Resolve<'a>) -> Self {
        Words {
            in_table: true,
            ..Words::new(resolve)
        }
    }

    /// Adds running text.
    pub(super) fn inlines(mut self, inlines: &[Inline]) -> Self {
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Emphasis(text) => self.enclosed("*", text),
                Inline::Strong(text) => self.enclosed("**", text),
                Inline::Literal(text) => self.atom(&self.code(text)),
                Inline::Member(name) => {
                    let target = (self.resolve)(&format!("@{name}"));
                    self.name(name, target);
                }
                Inline::Reference {
                    role,
                    target,
                    label,
                } => {
                    self.reference(role.as_deref(), target, label.as_deref());
                }
                Inline::Link { text, url } => self.link(text, url),
            }
        }
        self
    }

    /// Adds a title, all of it strong, and what follows it directly.
    pub(super) fn strong(mut self, inlines: &[Inline], suffix: &str) -> Self {
        let plain = inlines.iter().map(|inline| match inline {
            // Within strong text their signs would be ambiguous.
            Inline::Emphasis(text) | Inline::Strong(text) => Inline::Text(text.clone()),
            other => other.clone(),
        });
        self.atom("**");
        self = self.inlines(&plain.collect::<Vec<_>>());
        self.glued = true;
        self.atom(suffix);
        self.atom("**");
        self.glued = false;
        self
    }

    /// All of it on one line, for a place that is not at the beginning of one.
    pub(super) fn line(&self) -> String {
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        // A title would lose a last word of `#` only.
        let last = words.pop().map(guarded).unwrap_or_default();
        words.push(&last);
        words.join(" ")
    }

    /// The text as lines of at most `width` characters, unless a word is longer.
    pub(super) fn fill(&self, width: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut used = 0;
        for word in &self.words {
            let size = word.chars().count();
            match lines.last_mut() {
                Some(line) if used + 1 + size <= width => {
                    line.push(' ');
                    line.push_str(word);
                    used += 1 + size;
                }
                _ => {
                    let word = guarded(word);
                    used = word.chars().count();
                    lines.push(word);
                }
            }
        }
        lines
    }

    fn text(&mut self, text: &str) {
        let mut parts = text.split([' ', '\n']).peekable();
        while let Some(part) = parts.next() {
            // What follows the last part is not known here, and may continue it.
            let ends = parts.peek().is_some();
            if !part.is_empty() {
                self.atom(&escaped(part, ends));
            }
            self.glued &= !ends;
        }
    }

    fn enclosed(&mut self, sign: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.atom(sign);
        self.text(text);
        self.glued = true;
        self.atom(sign);
    }

    /// Adds what must not be divided. What is added next continues it.
    fn atom(&mut self, atom: &str) {
        let last = self.words.last_mut().filter(|_| self.glued);
        // Two runs of backticks would become one; a space keeps the code spans apart.
        match last.filter(|word| !(word.ends_with('`') && atom.starts_with('`'))) {
            Some(word) => {
                // A link without a target of its own would take what follows for one.
                if word.ends_with("`]") && atom.starts_with(['(', '[', ':']) {
                    word.push_str("[]");
                }
                word.push_str(atom);
            }
            None => self.words.push(atom.to_owned()),
        }
        self.glued = true;
    }

    /// A code span; its fence is longer than any run of backticks in it.
    fn code(&self, text: &str) -> String {
        let text = text.replace('\n', " ");
        let text = if self.in_table {
            text.replace('|', "\\|")
        } else {
            text
        };
        let fence = "`".repeat(longest_run(&text) + 1);
        let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
            " "
        } else {
            ""
        };
        format!("{fence}{pad}{text}{pad}{fence}")
    }

    fn name(&mut self, name: &str, target: Option<String>) {
        let code = self.code(name);
        // At the beginning of a line, `]:` would make a definition of the link.
        let link = match target.filter(|_| !name.contains("]:")) {
            // rustdoc warns of a target that says no more than the text.
            Some(target) if target == name => format!("[{code}]"),
            Some(target) => format!("[{code}]({target})"),
            None => code,
        };
        self.atom(&link);
    }

    /// A name of the schema, or one of something outside of it.
    fn reference(&mut self, role: Option<&str>, target: &str, label: Option<&str>) {
        if role.is_none_or(|role| role.starts_with("qapi:")) {
            let resolved = (self.resolve)(target);
            return self.name(label.unwrap_or(target), resolved);
        }
        match label {
            Some(label) => self.text(label),
            None => self.atom(&self.code(target)),
        }
    }

    fn link(&mut self, text: &str, url: &str) {
        let shown = encoded(url, "<>\"`\\{}|^");
        if text == url {
            return self.atom(&format!("<{shown}>"));
        }
        let url = encoded(&shown, "()[]").replace('&', "&amp;");
        self.atom("[");
        self.text(text);
        self.glued = true;
        self.atom(&format!("]({url})"));
    }
}

/// A word that reads the same as the first of a line, where it could open a block.
fn guarded(word: &str) -> String {
    let all = |signs: &str| word.chars().all(|c| signs.contains(c));
    let opens = word.starts_with('>') || word == "+" || all("#") || all("=") || all("-:");
    if opens && !word.is_empty() {
        return format!("\\{word}");
    }
    let number = word.trim_end_matches(['.', ')']);
    if number.len() + 1 == word.len() && number.bytes().all(|b| b.is_ascii_digit()) {
        return format!("{number}\\{}", &word[number.len()..]);
    }
    word.to_owned()
}

/// A word without meaning to Markdown inside of a line. `ends` says that white space follows.
fn escaped(word: &str, ends: bool) -> String {
    let mut out = String::with_capacity(word.len() + 4);
    let entity = word.contains(';');
    let mut before = None;
    // What stands before the run of equal characters that `before` belongs to.
    let mut lead: Option<char> = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let open_end = next.is_none() && !ends;
        if before != Some(c) {
            lead = before;
        }
        let starts = !lead.is_some_and(char::is_alphanumeric);
        let special = match c {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => true,
            '_' => starts,
            '<' => next.is_some() || open_end,
            '&' => entity,
            // An image, a footnote.
            '!' => open_end,
            '^' => before.is_none() && next.is_some(),
            // Smart punctuation would make a dash of an option's hyphens.
            '-' => before == Some('-') && starts && next.is_some(),
            // rustdoc reports what looks like a URL and is no link.
            ':' => next == Some('/'),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// A URL with what would end it, or means something else to Markdown, percent-encoded.
fn encoded(url: &str, special: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_whitespace() || c.is_control() || special.contains(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The length of the longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
