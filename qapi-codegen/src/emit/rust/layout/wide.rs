//! Lines that are too wide: names may be of any length. What a line is, its words tell; how rustfmt breaks that, it has been
//! asked.
//!
//! Where nothing fits however it is broken rustfmt leaves what it finds, and so it may stay in one line.

use super::MAX_WIDTH;

/// The widest chain of calls.
const MAX_CHAIN: usize = 60;

/// A line, and how many levels it is indented against the one that it is part of.
type Line = (usize, String);

/// The lines that a line becomes where there is so much room.
pub(super) fn broken(text: &str, room: usize) -> Vec<Line> {
    // What ends with a `?` is counted wider than it is, and calls that follow one another have a width of their own.
    let asked = usize::from(text.contains("discriminator(")) * 2;
    // A call within a call may be wider by one.
    let room_for_calls = room + usize::from(text.ends_with("(rt::Decode::blank())"));
    let chained =
        text.starts_with("self.") && text.ends_with(".name(),") && text.len() > MAX_CHAIN + 1;
    let whole = || vec![(0, text.to_owned())];
    let refuses = text.starts_with("Err(r.unknown_value(")
        && text.len() > MAX_CHAIN + "Err(r.unknown_value())".len();
    let is_wide = text.len() + asked > room_for_calls || chained || refuses || returns(text, room);
    if !is_wide || text.starts_with("//") {
        return whole();
    }
    let found = implementation(text, room)
        .or_else(|| result(text, room))
        .or_else(|| unknown("", text, room))
        .or_else(|| blank(text, room))
        .or_else(|| field(text, room))
        .or_else(|| assignment(text, room))
        .or_else(|| value(text, room))
        .or_else(|| chain(text, room))
        .or_else(|| call(text, room));
    found.unwrap_or_else(whole)
}

/// Is it `) -> Result<TYPE, ERROR> {`, and too wide? What it is indented by counts twice.
fn returns(text: &str, room: usize) -> bool {
    text.starts_with(") -> Result<") && text.len() + MAX_WIDTH > 2 * room
}

/// `) -> Result<TYPE, ERROR> {`
fn result(text: &str, room: usize) -> Option<Vec<Line>> {
    let head = text.strip_suffix(" {")?;
    let (result, types) = head
        .strip_prefix(") -> ")?
        .strip_suffix('>')?
        .split_once('<')?;
    if !returns(text, room) {
        return None;
    }
    if head.len() <= room + 2 {
        return Some(vec![(0, head.to_owned()), (0, "{".to_owned())]);
    }
    let (value, error) = types.rsplit_once(", ")?;
    let lines = vec![
        (0, format!(") -> {result}<")),
        (1, format!("{value},")),
        (1, format!("{error},")),
        (0, "> {".to_owned()),
    ];
    fit(&lines, room).then_some(lines)
}

/// `Err(r.unknown_value(NAME, VALUE))`, as an arm's value or by itself: the call goes below, or the error, or the arguments.
fn unknown(before: &str, value: &str, room: usize) -> Option<Vec<Line>> {
    let (leave, error) = match value.strip_prefix("return ") {
        Some(error) => ("return ", error),
        None => ("", value),
    };
    let call = error.strip_prefix("Err(")?.strip_suffix(')')?;
    let arguments = call.strip_prefix("r.unknown_value(")?.strip_suffix(')')?;
    let (name, given) = arguments.rsplit_once(", ")?;
    let narrow = arguments.len() <= MAX_CHAIN;
    let line = |depth: usize, text: String| (depth, text);
    let listed = |depth: usize, before: &str, after: &str| {
        vec![
            line(depth, format!("{before}{leave}Err(r.unknown_value(")),
            line(depth + 1, format!("{name},")),
            line(depth + 1, format!("{given},")),
            line(depth, format!(")){after}")),
        ]
    };
    let below = |depth: usize, before: &str| {
        vec![
            line(depth, format!("{before}Err(r")),
            line(depth + 1, format!(".unknown_value({arguments}))")),
        ]
    };
    let block = |inner: Vec<Line>| {
        let mut lines = vec![line(0, format!("{before}{{"))];
        lines.extend(inner);
        lines.push(line(0, "}".to_owned()));
        lines
    };
    let fits = |lines: &Vec<Line>| fit(lines, room);
    if before.is_empty() {
        return [below(0, "")]
            .into_iter()
            .find(|lines| narrow && fits(lines))
            .or(Some(listed(0, "", "")));
    }
    if !leave.is_empty() {
        let whole = block(vec![line(1, format!("{value};"))]);
        if fits(&whole) {
            return Some(whole);
        }
        let inner = vec![
            line(1, "return Err(".to_owned()),
            line(2, call.to_owned()),
            line(1, ");".to_owned()),
        ];
        if call.len() + 9 < room {
            return Some(block(inner));
        }
        let both = [block(listed(1, "", ";")), listed(0, before, ",")];
        return both.into_iter().find(fits);
    }
    let forms = [
        (true, block(vec![line(1, value.to_owned())])),
        (narrow, block(below(1, ""))),
        (
            narrow && call.len() + 4 < room,
            vec![
                line(0, format!("{before}Err(")),
                line(1, call.to_owned()),
                line(0, "),".to_owned()),
            ],
        ),
        (true, listed(0, before, ",")),
    ];
    forms
        .into_iter()
        .find(|(may, lines)| *may && fits(lines))
        .map(|(_, lines)| lines)
}

/// The lines of an arm.
pub(super) fn arm(pattern: &str, value: &str, room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut last = pattern;
    if pattern.len() + " => {".len() > room
        && let Some((head, held)) = pattern.strip_suffix(')').and_then(|it| it.split_once('('))
    {
        lines.extend([(0, format!("{head}(")), (1, format!("{held},"))]);
        last = ")";
    }
    let one = format!("{last} => {value},");
    if one.len() <= room {
        lines.push((0, one));
        return lines;
    }
    if let Some(unknown) = unknown(&format!("{last} => "), value, room) {
        return unknown;
    }
    let mut below = vec![vec![
        (0, format!("{last} => {{")),
        (1, value.to_owned()),
        (0, "}".to_owned()),
    ]];
    if let Some((decoded, mapped)) = value.split_once(".map(") {
        let mapped = mapped.trim_end_matches(')');
        below.extend([
            vec![
                (0, format!("{last} => {decoded}")),
                (1, format!(".map({mapped}),")),
            ],
            vec![
                (0, format!("{last} => {decoded}.map(")),
                (1, format!("{mapped},")),
                (0, "),".to_owned()),
            ],
            vec![
                (0, format!("{last} => {{")),
                (1, decoded.to_owned()),
                (2, format!(".map({mapped})")),
                (0, "}".to_owned()),
            ],
            vec![
                (0, format!("{last} => {{")),
                (1, format!("{decoded}.map(")),
                (2, format!("{mapped},")),
                (1, ")".to_owned()),
                (0, "}".to_owned()),
            ],
        ]);
        // One column is kept for what may follow.
        let opens = |lines: &Vec<Line>| lines.len() != 2 || lines[0].1.len() < room;
        below.retain(opens);
    }
    let at = below.iter().position(|lines| fit(lines, room));
    lines.extend(below.swap_remove(at.unwrap_or(0)));
    lines
}

fn fit(lines: &[Line], room: usize) -> bool {
    lines
        .iter()
        .all(|(depth, text)| 4 * depth + text.len() <= room)
}

/// `impl TRAIT for TYPE {`, `pub enum TYPE {`
fn implementation(text: &str, room: usize) -> Option<Vec<Line>> {
    let (head, body) = text.split_once(" {")?;
    let starts = ["impl ", "pub enum ", "pub struct "];
    if !starts.iter().any(|start| head.starts_with(start)) {
        return None;
    }
    // For what stands at the beginning of an item, being indented does not count.
    let tail = if head.starts_with("impl ") {
        2
    } else {
        1 + body.len() + 1
    };
    if head.len() + tail <= MAX_WIDTH {
        return Some(vec![(0, text.to_owned())]);
    }
    let mut lines = match head.split_once(" for ") {
        Some((what, of)) if what.len() > room => {
            let what = what.trim_start_matches("impl ");
            let narrow = match what.len() + 4 > room {
                true => generic("", what, &format!(" for {of}"), room.saturating_sub(4)),
                false => None,
            };
            let narrow =
                narrow.unwrap_or_else(|| vec![(0, what.to_owned()), (0, format!("for {of}"))]);
            let narrow = narrow.into_iter().map(|(depth, text)| (depth + 1, text));
            std::iter::once((0, "impl".to_owned()))
                .chain(narrow)
                .collect()
        }
        Some((what, of)) => vec![(0, what.to_owned()), (1, format!("for {of}"))],
        None if head.starts_with("impl ") => return None,
        None => vec![(0, head.to_owned())],
    };
    match body {
        "}" if !head.starts_with("impl ") => lines.push((0, "{}".to_owned())),
        "}" => lines.extend(["{", "}"].map(|text| (0, text.to_owned()))),
        _ => lines.push((0, "{".to_owned())),
    }
    Some(lines)
}

/// `pub NAME: TYPE,`, and `NAME: TYPE,`, a parameter.
fn field(text: &str, room: usize) -> Option<Vec<Line>> {
    let (name, ty) = text.strip_suffix(',')?.split_once(": ")?;
    let is_type = |ty: &str| {
        let ty = ty
            .trim_start_matches("std::")
            .split("::")
            .next()
            .unwrap_or_default();
        ty == "types"
            || ty.contains('<')
            || ty.starts_with(|ch: char| ch.is_ascii_uppercase() && !ty.contains("None"))
    };
    if name.starts_with("pub ") && ty.len() + 5 <= room {
        return Some(vec![(0, format!("{name}:")), (1, format!("{ty},"))]);
    }
    if !is_type(ty) {
        return None;
    }
    let beside = generic(&format!("{name}: "), ty, ",", room);
    if beside.is_some() || !name.starts_with("pub ") {
        return beside;
    }
    let below = generic("", ty, ",", room.saturating_sub(4))?.into_iter();
    let below = below.map(|(depth, text)| (depth + 1, text));
    Some(
        std::iter::once((0, format!("{name}:")))
            .chain(below)
            .collect(),
    )
}

/// `NAME: CALL(),`: its parentheses are broken if that is enough, or it goes below.
fn blank(text: &str, room: usize) -> Option<Vec<Line>> {
    let (name, call) = text.strip_suffix("),")?.split_once(": ")?;
    if !call.ends_with("::blank(") && !call.ends_with("::new(") {
        return None;
    }
    let lines = match text.len() <= room + 2 {
        true => [(0, format!("{name}: {call}")), (0, "),".to_owned())],
        false => [(0, format!("{name}:")), (1, format!("{call}),"))],
    };
    Some(lines.into())
}

/// `HEAD OUTER<INNER> TAIL`, with the inner type on a line of its own.
fn generic(head: &str, ty: &str, tail: &str, room: usize) -> Option<Vec<Line>> {
    let (outer, inner) = ty.strip_suffix('>')?.split_once('<')?;
    let mut lines = vec![(0, format!("{head}{outer}<"))];
    let inner = match inner.len() + 5 <= room {
        true => vec![(0, format!("{inner},"))],
        false => generic("", inner, ",", room.saturating_sub(4))?,
    };
    lines.extend(inner.into_iter().map(|(depth, text)| (depth + 1, text)));
    lines.push((0, format!(">{tail}")));
    fit(&lines, room).then_some(lines)
}

/// `LEFT = RIGHT;`
fn assignment(text: &str, room: usize) -> Option<Vec<Line>> {
    let (left, right) = text.split_once(" = ")?;
    let starts = ["let ", "const ", "type ", "self."];
    if !starts.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    if left.len() + 2 <= room && right.len() + 4 <= room {
        return Some(vec![(0, format!("{left} =")), (1, right.to_owned())]);
    }
    if let (Some((name, ty)), "None;") = (left.split_once(": "), right) {
        return generic(&format!("{name}: "), ty, " = None;", room);
    }
    if let Some(ty) = right.strip_suffix(';')
        && left.starts_with("type ")
    {
        return generic(&format!("{left} = "), ty, ";", room);
    }
    if left.len() + 2 > room {
        return None;
    }
    // A `?` behind the call is counted here, too.
    let same = call(text, room).filter(|lines| fit(lines, room) && lines[0].1.len() < room);
    same.or_else(|| {
        let below = call(right, room.saturating_sub(4))?.into_iter();
        let below = below.map(|(depth, text)| (depth + 1, text));
        let lines = std::iter::once((0, format!("{left} ="))).chain(below);
        Some(lines.collect())
    })
}

/// `NAME: VALUE,` in a struct expression: calls of a value that fits go below it, any other value to a line of its own.
fn value(text: &str, room: usize) -> Option<Vec<Line>> {
    let (name, value) = text.strip_suffix(',')?.split_once(": ")?;
    let root = value.trim_end_matches(".into()");
    if root.len() < value.len() && name.len() + 2 + root.len() < room {
        let calls = value[root.len()..].split_inclusive(')');
        let mut lines = vec![(0, format!("{name}: {root}"))];
        lines.extend(calls.map(|call| (1, call.to_owned())));
        if let Some((_, last)) = lines.last_mut() {
            last.push(',');
        }
        return Some(lines);
    }
    if value.len() + 4 > room && root.len() < value.len() {
        let lines = [
            (0, format!("{name}:")),
            (1, root.to_owned()),
            (2, ".into(),".to_owned()),
        ];
        return Some(lines.to_vec());
    }
    let plain = value == "None" || root.len() < value.len();
    plain.then(|| vec![(0, format!("{name}:")), (1, format!("{value},"))])
}

/// `&self.NAME,`, `&mut self.NAME,` and `self.NAME.name(),`
fn chain(text: &str, room: usize) -> Option<Vec<Line>> {
    if let Some(method) = text.strip_prefix("machine.") {
        let lines = vec![(0, "machine".to_owned()), (1, format!(".{method}"))];
        return fit(&lines, room).then_some(lines);
    }
    let (head, rest) = text
        .split_once("self.")
        .filter(|(head, _)| matches!(*head, "" | "&" | "&mut "))?;
    if let Some(name) = rest.strip_suffix(".name(),")
        && name.len() + 5 < room
    {
        return Some(vec![
            (0, format!("{head}self.{name}")),
            (1, ".name(),".to_owned()),
        ]);
    }
    let mut lines = vec![(0, format!("{head}self"))];
    match rest.strip_suffix(".name(),") {
        Some(name) => lines.extend([(1, format!(".{name}")), (1, ".name(),".to_owned())]),
        None => lines.push((1, format!(".{rest}"))),
    }
    Some(lines)
}

/// `HEAD(ARGUMENTS)TAIL`, with the arguments on lines of their own.
fn call(text: &str, room: usize) -> Option<Vec<Line>> {
    let open = text.find('(')?;
    let close = text.rfind(')')?;
    let (head, arguments, tail) = (&text[..=open], text.get(open + 1..close)?, &text[close..]);
    if arguments.is_empty() {
        return None;
    }
    let arguments = format!("{arguments},");
    let inner = match arguments.len() + 4 <= room {
        true => vec![(0, arguments)],
        false => argument(&arguments, room.saturating_sub(4)),
    };
    let mut lines = vec![(0, head.to_owned())];
    lines.extend(inner.into_iter().map(|(depth, text)| (depth + 1, text)));
    lines.push((0, tail.to_owned()));
    Some(lines)
}

/// An argument, or what a tuple holds, which may be a type.
fn argument(text: &str, room: usize) -> Vec<Line> {
    let ty = text.trim_end_matches(',');
    let visibility = if ty.starts_with("pub ") { "pub " } else { "" };
    let ty = generic(visibility, &ty[visibility.len()..], ",", room);
    ty.or_else(|| chain(text, room))
        .unwrap_or_else(|| vec![(0, text.to_owned())])
}
