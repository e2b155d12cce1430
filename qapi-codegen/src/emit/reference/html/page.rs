//! The frame of every page: head, bar, the list of subjects.

use super::escape::Html;
use super::site::Site;
use crate::emit::reference::model::{Chapter, SubjectId};
use crate::emit::{GENERATED, OutputFile};

/// A page without its frame.
pub(super) struct Page {
    /// The file, without `.html`.
    pub(super) name: String,
    /// The heading.
    pub(super) title: String,
    /// What it is about in a sentence, for other programs; may be empty.
    pub(super) summary: String,
    /// The subject that it is of.
    pub(super) subject: Option<SubjectId>,
    /// What stands below the heading.
    pub(super) body: Html,
    /// What is on it, to be shown beside it; may be empty.
    pub(super) outline: Html,
}

/// Puts a page into its frame.
pub(super) fn file(site: &Site<'_, '_>, page: &Page) -> OutputFile {
    let mut out = Html::new();
    out.raw("<!DOCTYPE html><!-- ").raw(GENERATED);
    out.raw(" -->\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    if page.title != site.title {
        out.text(&page.title).raw(" – ");
    }
    out.text(&site.title).raw(HEAD);
    if !page.summary.is_empty() {
        out.raw("<meta name=\"description\" content=\"");
        out.text(&page.summary).raw("\">\n");
    }
    out.raw("</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the text</a>\n");
    out.raw("<header class=\"bar\">\n<a class=\"home\" href=\"index.html\">");
    out.text(&site.title).raw("</a>\n");
    indexes(&page.name, &mut out);
    out.raw(TOOLS).raw("</header>\n<div class=\"columns\">\n");
    subjects(site, page.subject, &mut out);
    out.raw("<main id=\"main\" tabindex=\"-1\">\n<h1>");
    out.text(&page.title).raw("</h1>\n").html(&page.body);
    out.raw("</main>\n");
    if !page.outline.is_empty() {
        out.raw("<nav class=\"outline\" aria-label=\"On this page\">\n");
        out.raw("<details><summary>On this page</summary>\n");
        out.html(&page.outline).raw("</details></nav>\n");
    }
    out.raw("</div>\n</body>\n</html>\n");
    OutputFile {
        path: format!("{}.html", page.name),
        text: out.into_string(),
    }
}

const HEAD: &str = "</title>
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<link rel=\"icon\" href=\"data:,\">
<link rel=\"stylesheet\" href=\"assets/reference.css\">
<script src=\"assets/theme.js\"></script>
<script src=\"assets/reference.js\" defer></script>
<script src=\"assets/search.js\" defer></script>
";

/// What only works with scripts is hidden without.
const TOOLS: &str = "<div class=\"tools\">
<button type=\"button\" class=\"open-search scripted\" aria-keyshortcuts=\"/\"><span>Search</span> <kbd>/</kbd></button>
<button type=\"button\" class=\"theme scripted\" aria-label=\"Change between light and dark\">◐</button>
<a class=\"menu\" href=\"#subjects\">Subjects</a>
</div>
";

/// The pages besides those of subjects: file and title.
pub(super) const INDEXES: [(&str, &str); 3] = [
    ("names", "Names"),
    ("versions", "Versions"),
    ("stability", "Stability"),
];

fn indexes(current: &str, out: &mut Html) {
    out.raw("<nav class=\"indexes\" aria-label=\"Indexes\">\n");
    for (name, title) in INDEXES {
        out.raw("<a href=\"").raw(name).raw(".html\"");
        if current == name {
            out.raw(" aria-current=\"page\"");
        }
        out.raw(">").raw(title).raw("</a>\n");
    }
    out.raw("</nav>\n");
}

/// All chapters, and the subjects of the one that the page is in. Those of the others are on the overview.
fn subjects(site: &Site<'_, '_>, current: Option<SubjectId>, out: &mut Html) {
    out.raw("<nav class=\"subjects\" id=\"subjects\" aria-label=\"Subjects\">\n");
    for (number, chapter) in site.reference.chapters.iter().enumerate() {
        if let Some(title) = &chapter.title {
            out.raw("<p><a href=\"index.html#chapter-").number(number);
            out.raw("\">").text(title).raw("</a></p>\n");
        }
        let here = current.is_some_and(|current| chapter.subjects.contains(&current));
        if here || chapter.title.is_none() {
            links(site, chapter, current, out);
        }
    }
    out.raw("</nav>\n");
}

fn links(site: &Site<'_, '_>, chapter: &Chapter, current: Option<SubjectId>, out: &mut Html) {
    out.raw("<ul>\n");
    for &id in &chapter.subjects {
        let subject = site.reference.subject(id);
        out.raw("<li><a href=\"").text(&subject.slug).raw(".html\"");
        if current == Some(id) {
            out.raw(" aria-current=\"page\"");
        }
        out.raw(">").text(&subject.title).raw("</a></li>\n");
    }
    out.raw("</ul>\n");
}
