use super::*;

/// The statements of `text`, each as a line, and what is missing from the last.
fn statements(text: &str, mode: Mode) -> (Vec<String>, Option<Open>) {
    let mut found = Vec::new();
    let (mut at, mut open) = (0, None);
    while let Some(read) = read(text, at, mode) {
        assert!(read.end > at, "{text:?} at {at}");
        at = read.end;
        open = read.open;
        let joined = |words: &[Word]| {
            let words: Vec<&str> = words.iter().map(|word| &*word.text).collect();
            words.join("|")
        };
        let piped = read
            .pipe
            .map_or_else(String::new, |pipe| format!(" {}", &text[pipe]));
        let statement = match read.statement {
            Statement::Nothing if piped.is_empty() => continue,
            Statement::Nothing => "nothing".to_owned(),
            Statement::Own(own, words, rest) => {
                format!("own {} {} <{}>", own.name(), joined(&words), &text[rest])
            }
            Statement::Command(command) => {
                let kind = if command.out_of_band { "oob" } else { "do" };
                format!("{kind} {} {}", command.name.text, joined(&command.words))
            }
            Statement::Message(span) => format!("message {}", &text[span]),
            Statement::Hmp(span) => format!("hmp {}", &text[span]),
        };
        found.push(statement + &piped);
    }
    (found, open)
}

#[test]
fn texts_are_statements() {
    for (text, expected) in [
        ("", &[][..]),
        ("\n \t\n# stop\n", &[]),
        (
            "stop # it's over\ncont a=#b '#'",
            &["do stop ", "do cont a=#b|#"],
        ),
        (
            "transaction( # all\n# or none\na b=1 # {\n)",
            &["do transaction actions.0.type=a|actions.0.data.b=1"],
        ),
        ("hmp print 1 # 2", &["own hmp  < print 1 # 2>"]),
        ("stop", &["do stop "]),
        ("stop\r\n", &["do stop "]),
        (
            " stop a=1 b='c d'\ncont\n",
            &["do stop a=1|b=c d", "do cont "],
        ),
        ("a b={\n1}\nc", &["do a b={\n1}", "do c "]),
        ("quit", &["do quit "]),
        ("help", &["own help  <>"]),
        ("help a b", &["own help a|b < a b>"]),
        ("exit\nstop", &["own exit  <>", "do stop "]),
        ("hmp", &["own hmp  <>"]),
        ("hmp info 'it\nx", &["own hmp  < info 'it>", "do x "]),
        ("oob yank instances=[]", &["oob yank instances=[]"]),
        ("oob", &["own oob  <>"]),
        ("oob exit", &["oob exit "]),
        (
            "{\"execute\":\n \"stop\"}\ncont",
            &["message {\"execute\":\n \"stop\"}", "do cont "],
        ),
        ("{} x\ncont", &["message {} x", "do cont "]),
        ("'stop' \"a\"=1", &["do stop a=1"]),
    ] {
        assert_eq!(
            statements(text, Mode::Qmp),
            (expected.iter().map(|&text| text.to_owned()).collect(), None),
            "{text}"
        );
    }
}

#[test]
fn programs_read_what_comes_of_it() {
    for (text, mode, expected) in [
        (
            "stop a=1 | x | y\ncont",
            Mode::Qmp,
            &["do stop a=1 | x | y", "do cont "][..],
        ),
        ("help stop |x", Mode::Qmp, &["own help stop < stop > |x"]),
        ("oob a | x", Mode::Agent, &["do oob a | x"]),
        (
            "hmp info a | x\nb",
            Mode::Qmp,
            &["own hmp  < info a > | x", "do b "],
        ),
        ("hmp a 'b | x", Mode::Qmp, &["own hmp  < a 'b | x>"]),
        ("info 'a\nb' | x", Mode::Hmp, &["hmp info 'a", "hmp b' | x"]),
        ("info a | x", Mode::Hmp, &["hmp info a  | x"]),
        ("{}|x\na", Mode::Qmp, &["message {} |x", "do a "]),
        ("{} y | x", Mode::Qmp, &["message {} y | x"]),
        ("| x", Mode::Qmp, &["nothing | x"]),
        (
            "transaction( a ) | x\nb",
            Mode::Qmp,
            &["do transaction actions.0.type=a | x", "do b "],
        ),
        (
            "transaction(\na | x\n)",
            Mode::Qmp,
            &["do transaction actions.0.type=a|actions.0.data.| x"],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(statements(text, mode), (expected, None), "{text}");
    }
}

#[test]
fn transactions_are_arguments() {
    for (text, expected) in [
        ("transaction( )", "do transaction "),
        (
            "transaction( drop node=a name=b )",
            "do transaction actions.0.type=drop|actions.0.data.node=a|actions.0.data.name=b",
        ),
        (
            "transaction(\ndrop node=a\n# it's\n\nadd x={\n}\n)\n",
            "do transaction actions.0.type=drop|actions.0.data.node=a|actions.1.type=add|actions.1.data.x={\n}",
        ),
        (
            "transaction (a {\"k\": 1}\nb )",
            "do transaction actions.0.type=a|actions.0.data={\"k\": 1}|actions.1.type=b",
        ),
        (
            "transaction( properties.completion-mode=grouped\na ')' )",
            "do transaction properties.completion-mode=grouped|actions.0.type=a|actions.0.data.)",
        ),
        ("transaction actions=[]", "do transaction actions=[]"),
        ("oob transaction( a )", "oob transaction actions.0.type=a"),
    ] {
        assert_eq!(
            statements(text, Mode::Qmp),
            (vec![expected.to_owned()], None),
            "{text}"
        );
    }
    let (found, _) = statements("transaction( a ) b\nc", Mode::Qmp);
    assert_eq!(found, ["do transaction actions.0.type=a", "do b ", "do c "]);
}

#[test]
fn what_is_not_complete() {
    for (text, expected) in [
        ("stop", None),
        ("a b='", Some(Open::Quote('\'', 4))),
        ("a\nb [", Some(Open::Bracket('[', 4))),
        ("a \\", Some(Open::Backslash)),
        ("{\"execute\"", Some(Open::Bracket('{', 0))),
        ("transaction(", Some(Open::Transaction)),
        ("transaction(\na\n", Some(Open::Transaction)),
        ("transaction(\na b='\n)", Some(Open::Quote('\'', 17))),
        ("transaction(\na ')'", Some(Open::Transaction)),
        ("hmp it's", None),
        ("# it's", None),
    ] {
        assert_eq!(statements(text, Mode::Qmp).1, expected, "{text}");
    }
    let mode = Mode::Agent;
    let found = statements("oob a\nhmp b\ntransaction( c\nhelp d", mode);
    let expected = [
        "do oob a",
        "do hmp b",
        "do transaction( c",
        "own help d < d>",
    ];
    assert_eq!(found, (expected.map(str::to_owned).into(), None));
    assert_eq!(
        statements("it's {", Mode::Hmp),
        (vec!["hmp it's {".to_owned()], None)
    );
}
