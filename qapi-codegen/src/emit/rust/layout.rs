//! Rust as a tree of lines, blocks and lists, and the one place that decides where lines break: as rustfmt
//! does with its default settings, so that its output is the same as its input.

mod wide;

/// The widest line.
const MAX_WIDTH: usize = 100;

/// A piece of Rust.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One line, however long.
    Line(String),
    /// An empty line; at the beginning or end of a block, or after another one, it is left out.
    Blank,
    /// Outer documentation: Markdown, a line for every line.
    Doc(String),
    /// `PATTERN => VALUE,`: the value goes into a block where both are too wide.
    Arm(String, String),
    /// `PATTERN => FUNCTION(ARGUMENTS),`
    ArmCall(String, String, Vec<String>),
    /// `HEAD.a.b,`, a field's value: each call goes to a line of its own where they are too wide.
    Chain(String, [String; 2]),
    /// `head`, indented nodes, `tail`.
    Block(String, Vec<Node>, &'static str),
    /// `head`, items with commas between them, `tail`: on one line if that fits, else an item a line.
    List(List),
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) head: String,
    pub(super) items: Vec<Node>,
    pub(super) tail: String,
    pub(super) width: Width,
}

/// How wide the items may be to stand on one line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Width {
    /// The parameters of a function: as wide as the line.
    Line,
    /// The arguments of a call, the elements of an array or tuple.
    Call,
    /// The fields of a struct expression.
    Struct,
    /// Not at all: it was tried.
    Never,
}

impl Width {
    fn fits(self, items: &str) -> bool {
        match self {
            Width::Line => true,
            Width::Call => items.len() <= 60,
            Width::Struct => items.len() <= 18,
            Width::Never => false,
        }
    }
}

/// A line.
pub(super) fn line(text: impl Into<String>) -> Node {
    Node::Line(text.into())
}

/// An arm of a match.
pub(super) fn arm(pattern: impl Into<String>, value: impl Into<String>) -> Node {
    Node::Arm(pattern.into(), value.into())
}

/// An arm of a match whose value is a call.
pub(super) fn arm_call(
    pattern: impl Into<String>,
    function: impl Into<String>,
    arguments: impl IntoIterator<Item = String>,
) -> Node {
    let arguments = arguments.into_iter().collect();
    Node::ArmCall(pattern.into(), function.into(), arguments)
}

/// A block.
pub(super) fn block(head: impl Into<String>, body: Vec<Node>) -> Node {
    Node::Block(head.into(), body, "}")
}

/// A call or array of items that are lines.
pub(super) fn list(
    head: impl Into<String>,
    items: impl IntoIterator<Item = String>,
    tail: impl Into<String>,
    width: Width,
) -> Node {
    nested(
        head,
        items.into_iter().map(Node::Line).collect(),
        tail,
        width,
    )
}

/// A list whose items may be lists themselves.
pub(super) fn nested(
    head: impl Into<String>,
    items: Vec<Node>,
    tail: impl Into<String>,
    width: Width,
) -> Node {
    Node::List(List {
        head: head.into(),
        items,
        tail: tail.into(),
        width,
    })
}

/// A function: its parameters on one line if they fit.
pub(super) fn function(
    head: impl Into<String>,
    parameters: impl IntoIterator<Item = String>,
    tail: impl Into<String>,
    body: Vec<Node>,
) -> Vec<Node> {
    let signature = list(head, parameters, tail, Width::Line);
    let mut nodes = vec![signature];
    nodes.push(Node::Block(String::new(), body, "}"));
    nodes
}

/// Prints a file.
pub(super) fn print(nodes: &[Node]) -> String {
    let mut printer = Printer {
        out: String::new(),
        indent: 0,
        blank: None,
    };
    printer.nodes(nodes);
    printer.out
}

struct Printer {
    out: String,
    indent: usize,
    /// Is a blank line due? `None` at the beginning of a block, where there is none.
    blank: Option<bool>,
}

impl Printer {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Blank => self.blank = self.blank.map(|_| true),
            Node::Line(text) => self.wide(text),
            Node::Doc(text) => {
                for text in text.lines() {
                    let space = if text.is_empty() { "" } else { " " };
                    self.line(&format!("///{space}{text}"));
                }
            }
            Node::Block(head, body, tail) => {
                if body.is_empty() && !head.is_empty() {
                    self.wide(&format!("{head}{tail}"));
                    return;
                }
                if !head.is_empty() {
                    self.wide(head);
                }
                self.indented(|printer| printer.nodes(body));
                self.blank = None;
                self.line(tail);
            }
            Node::Arm(pattern, value) => {
                let lines = wide::arm(pattern, value, self.room());
                self.lines(lines);
            }
            Node::ArmCall(pattern, function, arguments) => {
                let call = arguments.join(", ");
                let value = format!("{function}({call})");
                if Width::Call.fits(&call) && value.len() + 4 <= self.room() {
                    return self.lines(wide::arm(pattern, &value, self.room()));
                }
                let call = |head: String, tail: &str| {
                    let items = arguments.iter().cloned().map(Node::Line).collect();
                    nested(head, items, tail, Width::Never)
                };
                let head = format!("{pattern} => {function}(");
                if head.len() < self.room() {
                    return self.node(&call(head, "),"));
                }
                self.line(&format!("{pattern} => {{"));
                self.indented(|printer| printer.node(&call(format!("{function}("), ")")));
                self.line("}");
            }
            Node::Chain(head, links) => {
                let text = format!("{head}{},", links.concat());
                if 4 * self.indent + text.len() <= MAX_WIDTH {
                    self.line(&text);
                } else {
                    self.line(head);
                    self.indented(|printer| {
                        printer.line(&links[0]);
                        printer.line(&format!("{},", links[1]));
                    });
                }
            }
            Node::List(list) => self.list(list, ""),
        }
    }

    fn indented(&mut self, body: impl FnOnce(&mut Self)) {
        self.blank = None;
        self.indent += 1;
        body(self);
        self.indent -= 1;
    }

    /// A line that may be too wide.
    fn wide(&mut self, text: &str) {
        self.lines(wide::broken(text, self.room()));
    }

    fn lines(&mut self, lines: Vec<(usize, String)>) {
        for (depth, text) in lines {
            self.indent += depth;
            self.line(&text);
            self.indent -= depth;
        }
    }

    /// How wide a line may be.
    fn room(&self) -> usize {
        MAX_WIDTH.saturating_sub(4 * self.indent)
    }

    fn line(&mut self, text: &str) {
        if self.blank == Some(true) {
            self.out.push('\n');
        }
        self.blank = Some(false);
        if !text.is_empty() {
            self.out.extend(std::iter::repeat_n("    ", self.indent));
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    fn list(&mut self, list: &List, comma: &str) {
        if let Some(text) = one_line(list)
            && 4 * self.indent + text.len() + comma.len() <= MAX_WIDTH
        {
            self.line(&format!("{text}{comma}"));
            return;
        }
        // A lone item that is a list itself opens on the same line.
        if let (Width::Call, [Node::List(inner)]) = (list.width, list.items.as_slice()) {
            let mut joined = inner.clone();
            joined.head.insert_str(0, &list.head);
            joined.tail.push_str(&list.tail);
            joined.width = Width::Never;
            self.list(&joined, comma);
            return;
        }
        self.line(list.head.trim_end());
        self.indented(|printer| {
            for (at, item) in list.items.iter().enumerate() {
                let comma = match (at + 1 == list.items.len(), item) {
                    // To a macro a last comma may mean something.
                    (true, _) if list.head.ends_with("!(") => "",
                    // The value that the other fields are taken from.
                    (true, Node::Line(text)) if text.starts_with("..") => "",
                    _ => ",",
                };
                match item {
                    Node::List(inner) => printer.list(inner, comma),
                    Node::Line(text) => {
                        // The `impl` of a parameter does not count.
                        let beyond = if text.contains(": impl ") {
                            "impl ".len()
                        } else {
                            0
                        };
                        let room = printer.room() + beyond;
                        printer.lines(wide::broken(&format!("{text}{comma}"), room));
                    }
                    other => printer.node(other),
                }
            }
        });
        self.wide(&format!("{}{comma}", list.tail.trim_start()));
    }
}

fn one_line(list: &List) -> Option<String> {
    let mut items = String::new();
    for (at, item) in list.items.iter().enumerate() {
        items.push_str(if at > 0 { ", " } else { "" });
        match item {
            Node::Line(text) => items.push_str(text),
            Node::List(inner) => items.push_str(&one_line(inner)?),
            Node::Chain(head, links) => items.extend([head.as_str(), &links[0], &links[1]]),
            _ => return None,
        }
    }
    // An array's lone item that is a list itself is held to its own width only.
    let lone = matches!(list.items[..], [Node::List(_)]) && list.head.ends_with('[');
    (lone || list.width.fits(&items)).then(|| format!("{}{items}{}", list.head, list.tail))
}
