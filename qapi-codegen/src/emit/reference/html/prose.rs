//! The markup of documentation comments as HTML.

use super::escape::Html;
use super::highlight;
use super::site::{At, Site};
use crate::markup::{
    AdmonitionKind, Block, Cell, Document, ExchangeLine, Inline, ListKind, Numbering, Sender,
};

/// Writes documents of one place.
pub(super) struct Prose<'s, 'r, 'a> {
    pub(super) site: &'s Site<'r, 'a>,
    pub(super) at: At,
    /// The level of headings in the text: they stand below those of the page.
    pub(super) heading: Heading,
}

/// The level of headings in a text.
#[derive(Clone, Copy)]
pub(super) enum Heading {
    /// `h2`
    Second,
    /// `h3`
    Third,
}

impl Prose<'_, '_, '_> {
    /// A whole text.
    pub(super) fn document(&self, document: &Document, out: &mut Html) {
        self.blocks(&document.blocks, out);
    }

    fn blocks(&self, blocks: &[Block], out: &mut Html) {
        blocks.iter().for_each(|block| self.block(block, out));
    }

    fn block(&self, block: &Block, out: &mut Html) {
        match block {
            Block::Heading { inlines, .. } => self.heading(inlines, out),
            Block::Paragraph(inlines) => {
                out.raw("<p>");
                self.inlines(inlines, out);
                out.raw("</p>\n");
            }
            Block::List { kind, items } => self.list(*kind, items, out),
            Block::Definitions(entries) => {
                out.raw("<dl class=\"terms\">\n");
                for entry in entries {
                    out.raw("<dt>");
                    self.inlines(&entry.term, out);
                    out.raw("</dt><dd>");
                    self.blocks(&entry.blocks, out);
                    out.raw("</dd>\n");
                }
                out.raw("</dl>\n");
            }
            Block::Lines(lines) => {
                out.raw("<p>");
                for (at, line) in lines.iter().enumerate() {
                    out.raw(if at > 0 { "<br>\n" } else { "" });
                    self.inlines(line, out);
                }
                out.raw("</p>\n");
            }
            Block::Literal { text, .. } | Block::Unknown(text) => {
                out.raw("<pre>").text(text).raw("</pre>\n");
            }
            Block::Exchange(lines) => exchange(lines, out),
            Block::Example { title, blocks, .. } => {
                out.raw("<figure class=\"example\"><figcaption>Example");
                if !title.is_empty() {
                    out.raw(": ");
                    self.inlines(title, out);
                }
                out.raw("</figcaption>\n");
                self.blocks(blocks, out);
                out.raw("</figure>\n");
            }
            Block::Admonition {
                kind,
                title,
                blocks,
            } => self.admonition(*kind, title, blocks, out),
            Block::Table {
                title,
                header,
                rows,
            } => self.table(title, header, rows, out),
            Block::Quote(blocks) => {
                out.raw("<blockquote>");
                self.blocks(blocks, out);
                out.raw("</blockquote>\n");
            }
        }
    }

    fn heading(&self, inlines: &[Inline], out: &mut Html) {
        let (open, close) = match self.heading {
            Heading::Second => ("<h2 class=\"section\">", "</h2>\n"),
            Heading::Third => ("<h3>", "</h3>\n"),
        };
        out.raw(open);
        self.inlines(inlines, out);
        out.raw(close);
    }

    fn list(&self, kind: ListKind, items: &[Vec<Block>], out: &mut Html) {
        let close = match kind {
            ListKind::Bullet => {
                out.raw("<ul>\n");
                "</ul>\n"
            }
            ListKind::Numbered { start, numbering } => {
                out.raw("<ol start=\"").number(start as usize);
                out.raw(match numbering {
                    Numbering::Arabic => "\">\n",
                    Numbering::LowerAlpha => "\" type=\"a\">\n",
                    Numbering::UpperAlpha => "\" type=\"A\">\n",
                    Numbering::LowerRoman => "\" type=\"i\">\n",
                    Numbering::UpperRoman => "\" type=\"I\">\n",
                });
                "</ol>\n"
            }
        };
        for item in items {
            out.raw("<li>");
            self.item(item, out);
            out.raw("</li>\n");
        }
        out.raw(close);
    }

    fn admonition(&self, kind: AdmonitionKind, title: &[Inline], blocks: &[Block], out: &mut Html) {
        let class = match kind {
            AdmonitionKind::Attention
            | AdmonitionKind::Caution
            | AdmonitionKind::Danger
            | AdmonitionKind::Error
            | AdmonitionKind::Important
            | AdmonitionKind::Warning => "<div class=\"admonition warning\" role=\"note\">",
            _ => "<div class=\"admonition\" role=\"note\">",
        };
        out.raw(class).raw("<p class=\"label\">");
        out.raw(kind.label());
        self.inlines(title, out);
        out.raw("</p>\n");
        self.blocks(blocks, out);
        out.raw("</div>\n");
    }

    fn table(&self, title: &[Inline], header: &[Vec<Cell>], rows: &[Vec<Cell>], out: &mut Html) {
        out.raw("<table>\n");
        if !title.is_empty() {
            out.raw("<caption>");
            self.inlines(title, out);
            out.raw("</caption>\n");
        }
        if !header.is_empty() {
            out.raw("<thead>");
            for row in header {
                out.raw("<tr>");
                for cell in row {
                    out.raw(match cell.columns {
                        1 => "<th scope=\"col\"",
                        _ => "<th scope=\"colgroup\"",
                    });
                    self.cell(cell, out);
                    out.raw("</th>");
                }
                out.raw("</tr>");
            }
            out.raw("</thead>\n");
        }
        out.raw("<tbody>\n");
        for row in rows {
            out.raw("<tr>");
            for cell in row {
                out.raw("<td");
                self.cell(cell, out);
                out.raw("</td>");
            }
            out.raw("</tr>\n");
        }
        out.raw("</tbody></table>\n");
    }

    /// What a cell spans, which ends its tag, and what it holds.
    fn cell(&self, cell: &Cell, out: &mut Html) {
        for (attribute, size) in [(" colspan=\"", cell.columns), (" rowspan=\"", cell.rows)] {
            if size > 1 {
                out.raw(attribute).number(size).raw("\"");
            }
        }
        out.raw(">");
        self.item(&cell.blocks, out);
    }

    /// What an item of a list or a cell of a table holds: running text without a paragraph around it, if that is all.
    fn item(&self, blocks: &[Block], out: &mut Html) {
        match blocks {
            [Block::Paragraph(only)] => self.inlines(only, out),
            several => self.blocks(several, out),
        }
    }

    /// Running text.
    pub(super) fn inlines(&self, inlines: &[Inline], out: &mut Html) {
        inlines.iter().for_each(|inline| self.inline(inline, out));
    }

    fn inline(&self, inline: &Inline, out: &mut Html) {
        match inline {
            Inline::Text(text) => {
                out.text(text);
            }
            Inline::Emphasis(text) => {
                out.raw("<em>").text(text).raw("</em>");
            }
            Inline::Strong(text) => {
                out.raw("<strong>").text(text).raw("</strong>");
            }
            Inline::Literal(text) => {
                out.raw("<code>").text(text).raw("</code>");
            }
            Inline::Member(name) => self.name(inline, name, out),
            Inline::Reference {
                role,
                target,
                label,
            } => match label {
                // What leads to another document says where to.
                Some(label) if role.is_some() => self.linked(inline, out, |out| {
                    out.raw("<span title=\"").text(target).raw("\">");
                    out.text(label).raw("</span>");
                }),
                _ => self.name(inline, label.as_deref().unwrap_or(target), out),
            },
            Inline::Link { text, url } => {
                out.raw("<a href=\"").text(url).raw("\">");
                out.text(text).raw("</a>");
            }
        }
    }

    /// A name as code, and a link if it leads somewhere.
    fn name(&self, inline: &Inline, name: &str, out: &mut Html) {
        self.linked(inline, out, |out| {
            out.raw("<code>").text(name).raw("</code>");
        });
    }

    fn linked(&self, inline: &Inline, out: &mut Html, shown: impl FnOnce(&mut Html)) {
        match self.site.text_address(self.at, inline) {
            Some(address) => {
                out.raw("<a href=\"").text(&address).raw("\">");
                shown(out);
                out.raw("</a>");
            }
            None => shown(out),
        }
    }
}

/// Messages, with who sends each.
fn exchange(lines: &[ExchangeLine], out: &mut Html) {
    out.raw("<pre class=\"exchange\">");
    let mut state = highlight::State::default();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.raw("\n");
        }
        match line.sender {
            Some(Sender::Client) => {
                state = highlight::State::default();
                out.raw("<b class=\"sent\">-&gt;</b> ");
            }
            Some(Sender::Server) => {
                state = highlight::State::default();
                out.raw("<b class=\"got\">&lt;-</b> ");
            }
            None => {}
        }
        highlight::json(&line.text, &mut state, out);
    }
    out.raw("</pre>\n");
}
