//! Which text becomes which table, and what Markdown makes of it.

use super::shape::{bullets, check, literal, paragraph, text};
use crate::markup::{Block, Cell, ListKind, markdown, parse};

type Rows = Vec<Vec<Cell>>;

fn table(title: &str, header: Rows, rows: Rows) -> Block {
    Block::Table {
        title: if title.is_empty() {
            vec![]
        } else {
            text(title)
        },
        header,
        rows,
    }
}

fn cell(words: &str) -> Cell {
    Cell::of(if words.is_empty() {
        vec![]
    } else {
        vec![paragraph(words)]
    })
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<Cell> {
    cells.map(cell).to_vec()
}

fn spanning(words: &str, columns: usize, rows: usize) -> Cell {
    Cell {
        columns,
        rows,
        ..cell(words)
    }
}

#[test]
fn simple_tables() {
    check(
        "===  ===\nOne  Two\n===  ===\na    b\n     c\nd    e\n===  ===",
        &[table(
            "",
            vec![row(["One", "Two"])],
            vec![row(["a", "b c"]), row(["d", "e"])],
        )],
    );
    check(
        "==  ==\na   b\n==  ==",
        &[table("", vec![], vec![row(["a", "b"])])],
    );
    check(
        "==  ==\n\\   a\n\nb   c\n==  ==",
        &[table("", vec![], vec![row(["", "a"]), row(["b", "c"])])],
    );
    check(
        ".. table:: One\n   :widths: auto\n   :class: two\n\n   ==  ==\n   a   b\n   ==  ==",
        &[table("One", vec![], vec![row(["a", "b"])])],
    );
    check(
        "==  ==\nacross\n==  ==",
        &[literal("==  ==\nacross\n==  ==")],
    );
    check("==  ==\n==  ==", &[literal("==  ==\n==  ==")]);
}

#[test]
fn rules_say_what_cells_span() {
    let header = vec![
        vec![spanning("In", 2, 1), cell("Out")],
        row(["A", "B", "A or B"]),
    ];
    check(
        "=  =  ======\n In    Out\n----  ------\nA  B  A or B\n=  =  ======\n0  1  1\n=  =  ======",
        &[table("", header, vec![row(["0", "1", "1"])])],
    );
    for kept in [
        "==  ==\na   b\n ------\n==  ==",
        "==  ==\na   b\n--\n==  ==",
    ] {
        check(kept, &[literal(kept)]);
    }
}

#[test]
fn cells_hold_blocks() {
    let list = || bullets([vec![paragraph("b")], vec![paragraph("c"), paragraph("d")]]);
    let rows = || {
        vec![
            vec![cell("a"), Cell::of(vec![list()])],
            vec![cell("e"), Cell::of(vec![paragraph("f:"), literal("g")])],
        ]
    };
    for drawn in [
        "==  ======\na   - b\n    - c\n\n      d\ne   f::\n\n      g\n==  ======",
        "+---+-----+\n| a | - b |\n|   | - c |\n|   |     |\n|   |   d |\n+---+-----+\n| e | f:: |\n|   |     |\n|   |  g  |\n+---+-----+",
        ".. list-table::\n\n   * - a\n     - - b\n       - c\n\n         d\n   * - e\n     - f::\n\n         g",
    ] {
        check(drawn, &[table("", vec![], rows())]);
    }
}

#[test]
fn grids() {
    check(
        "+-----+------+\n| One | Two  |\n+=====+======+\n| a   | b    |\n|     | c    |\n+-----+------+\n| d   | é    |\n+-----+------+",
        &[table(
            "",
            vec![row(["One", "Two"])],
            vec![row(["a", "b c"]), row(["d", "é"])],
        )],
    );
    check(
        "one\n\n+---+\n| a |\n+---+\n\ntwo",
        &[
            paragraph("one"),
            table("", vec![], vec![row(["a"])]),
            paragraph("two"),
        ],
    );
    check(
        "+---+---+---+\n| A | B     |\n+===+===+===+\n| a | b | c |\n|   +---+---+\n|   | d e   |\n+---+-------+",
        &[table(
            "",
            vec![vec![cell("A"), spanning("B", 2, 1)]],
            vec![
                vec![spanning("a", 1, 2), cell("b"), cell("c")],
                vec![spanning("d e", 2, 1)],
            ],
        )],
    );
    check(
        "+---+---+\n| A | B |\n|   +---+\n|   | C |\n+===+===+\n| a | b |\n+---+---+",
        &[table(
            "",
            vec![vec![spanning("A", 1, 2), cell("B")], row(["C"])],
            vec![row(["a", "b"])],
        )],
    );
    check(
        "+---+---+\n| a     |\n+---+---+",
        &[table("", vec![], vec![row(["a"])])],
    );
    for kept in [
        "+---+---+\n| a | b |\n+   +---+\n|   | c |\n+---+   +",
        "+---+\n| a |",
        "+---+\n| a |\n+---+\nb",
        "+---+\n| a |\n+===+\n| b |\n+===+\n| c |\n+---+",
        "+---+",
    ] {
        check(kept, &[literal(kept)]);
    }
}

#[test]
fn tables_of_lists() {
    let rows = "   * - a\n     - b\n       c\n   * - d\n     -\n";
    let body = || vec![row(["a", "b c"]), row(["d", ""])];
    let header = || row(["One", "Two"]);
    for (options, header, rows, body) in [
        (
            "   :header-rows: 1\n   :widths: 1 2\n   :class: x\n\n   * - One\n     - Two\n",
            vec![header()],
            rows,
            body(),
        ),
        (
            "   :header-rows: 2\n   :stub-columns: 1\n\n   * - One\n     - Two\n   * - One\n     - Two\n",
            vec![header(), header()],
            rows,
            body(),
        ),
        ("\n", vec![], rows, body()),
    ] {
        check(
            &format!(".. list-table:: One\n{options}{rows}"),
            &[table("One", header, body)],
        );
    }
    for kept in [
        ".. list-table::\n   :file: x\n\n   * - a",
        ".. list-table::\n   :header-rows: x\n\n   * - a",
    ] {
        check(kept, &[Block::Unknown(kept.to_owned())]);
    }
    // What is no table after all is shown as what it is.
    let list = |items: &[&str]| {
        let items = items.iter().map(|item| vec![paragraph(item)]).collect();
        Block::List {
            kind: ListKind::Bullet,
            items,
        }
    };
    for (input, blocks) in [
        (
            ".. list-table:: One\n\n   two",
            vec![paragraph("One"), paragraph("two")],
        ),
        (
            ".. list-table::\n\n   * - a\n     - b\n   * - c",
            vec![bullets([vec![list(&["a", "b"])], vec![list(&["c"])]])],
        ),
        (
            ".. list-table::\n   :header-rows: 2\n\n   * - a",
            vec![bullets([vec![list(&["a"])]])],
        ),
        (
            ".. table:: One\n\n   two",
            vec![paragraph("One"), paragraph("two")],
        ),
    ] {
        check(input, &blocks);
    }
}

#[test]
fn tables_of_values() {
    check(
        ".. csv-table:: One\n   :header: \"A\", \"B, C\"\n   :widths: 1, 2\n\n   a, \"b \"\"c\"\"\n   d\"\n\n   e\n   ,f",
        &[table(
            "One",
            vec![row(["A", "B, C"])],
            vec![row(["a", "b \"c\" d"]), row(["e", ""]), row(["", "f"])],
        )],
    );
    check(
        ".. csv-table::\n   :header-rows: 1\n\n   A,B\n   1,2",
        &[table("", vec![row(["A", "B"])], vec![row(["1", "2"])])],
    );
    let wide = format!(".. csv-table::\n\n   {}a", "a,".repeat(32));
    let most = usize::MAX;
    let many = format!(".. csv-table::\n   :header: a\n   :header-rows: {most}\n\n   a, b");
    for kept in [
        ".. csv-table::",
        ".. csv-table::\n   :file: x",
        ".. csv-table::\n\n   \"a",
        ".. csv-table::\n\n   \"a\" b, c",
        ".. csv-table::\n   :header-rows: 2\n\n   a, b",
        &wide,
        &many,
    ] {
        check(kept, &[Block::Unknown(kept.to_owned())]);
    }
}

#[test]
fn markdown_has_a_line_for_a_row() {
    let check = |input: &str, expected: &str| {
        assert_eq!(markdown(&parse(input), &|_| None), expected, "{input:?}");
    };
    check(
        "+---+---+---+\n| A | B     |\n+===+===+===+\n| a | b | c |\n|   +---+---+\n|   | d e   |\n+---+-------+",
        "| A | B |  |\n|---|---|---|\n| a | b | c |\n|  | d e |  |\n",
    );
    check(
        "==  ========\na   - b\n    - ``c|d``\n\n      e::\n\n        f\n==  ========",
        "|  |  |\n|---|---|\n| a | - b<br>- `c\\|d`<br>e:<br>`f` |\n",
    );
    check("==  ==\nA   B\n==  ==\n==  ==", "| A | B |\n|---|---|\n");
}
