use super::check;

#[test]
fn unions_and_alternates() {
    for (words, expected) in [
        (
            "add filename=/a driver=file",
            Ok(r#"{"filename":"/a","driver":"file"}"#),
        ),
        ("add driver=null-co", Ok(r#"{"driver":"null-co"}"#)),
        (
            "add driver=qcow2 file.driver=file file.filename=007 backing=null",
            Ok(r#"{"driver":"qcow2","file":{"driver":"file","filename":"007"},"backing":null}"#),
        ),
        (
            "add driver=qcow2 file=f backing=\"null\"",
            Ok(r#"{"driver":"qcow2","file":"f","backing":"null"}"#),
        ),
        (
            "add driver=qcow2 file=null",
            Ok(r#"{"driver":"qcow2","file":"null"}"#),
        ),
        (
            "add driver=qcow2 file={\"driver\":\"file\"} file.filename=x",
            Ok(r#"{"driver":"qcow2","file":{"driver":"file","filename":"x"}}"#),
        ),
        (
            "add driver=quorum children.0=a children.1.driver=null-co",
            Ok(r#"{"driver":"quorum","children":["a",{"driver":"null-co"}]}"#),
        ),
        (
            "add",
            Err("missing: `driver` (one of qcow2, file, quorum, null-co, nbd)"),
        ),
        (
            "add file=x",
            Err("missing: `driver` (one of qcow2, file, quorum, null-co, nbd)"),
        ),
        (
            "add server.path=x server.typ=inet",
            Err("missing: `driver` (one of qcow2, file, quorum, null-co, nbd)"),
        ),
        (
            "add drivr=qcow2",
            Err(
                "there is no argument `drivr`: did you mean `driver`?\nmissing: `driver` (one of qcow2, file, quorum, null-co, nbd)",
            ),
        ),
        (
            "add driver=qcow filename=x",
            Err(
                "`driver` takes one of qcow2, file, quorum, null-co, nbd, not `qcow`: did you mean `qcow2`?",
            ),
        ),
        (
            "add driver=qcow2 filename=x",
            Err(
                "there is no argument `filename`: there are `driver`, `node-name`, `file`, `backing`\nmissing: `file` (an object or a string)",
            ),
        ),
        (
            "add driver=qcow2 file.driver=fil",
            Err(
                "`file.driver` takes one of qcow2, file, quorum, null-co, nbd, not `fil`: did you mean `file`?",
            ),
        ),
        (
            "add driver=qcow2 file.driver=file",
            Err("missing: `file.filename` (a string)"),
        ),
        (
            "add driver=qcow2 file=a file.driver=file",
            Err("`file` takes an object, not `a`"),
        ),
        (
            "add driver=qcow2 file=[1]",
            Ok(r#"{"driver":"qcow2","file":"[1]"}"#),
        ),
        (
            "add {\"driver\":\"qcow2\",\"file\":[1]}",
            Err("`file` takes an object or a string, not `[1]`"),
        ),
        (
            "add driver=qcow2 file.0=a",
            Err(
                "there is no argument `file.0`: there are `driver`, `node-name`\nmissing: `file.driver` (one of qcow2, file, quorum, null-co, nbd)",
            ),
        ),
        // A union within a union.
        (
            "move channels.0.port=1 channels.0.host=h channels.0.type=inet channels.0.transport=socket",
            Ok(r#"{"channels":[{"port":"1","host":"h","type":"inet","transport":"socket"}]}"#),
        ),
        (
            "move channels.0.transport=socket channels.0.path=x",
            Err("missing: `channels.0.type` (one of inet, unix)"),
        ),
        (
            "move channels.0.host=x",
            Err("missing: `channels.0.transport` (one of socket, exec)"),
        ),
        // Alternates without strings.
        ("plain creds=null", Ok(r#"{"creds":null}"#)),
        ("plain creds=\"null\"", Ok(r#"{"creds":"null"}"#)),
        ("plain creds=5", Ok(r#"{"creds":"5"}"#)),
        ("plain whence=1K", Ok(r#"{"whence":1024}"#)),
        ("plain whence=existing", Ok(r#"{"whence":"existing"}"#)),
        (
            "plain whence=exsting",
            Err(
                "`whence` takes an integer or one of absolute-paths, existing, not `exsting`: did you mean `existing`?",
            ),
        ),
        ("plain stat=on", Ok(r#"{"stat":true}"#)),
        ("plain stat=[1,2]", Ok(r#"{"stat":[1,2]}"#)),
        ("plain stat.0=0x1", Ok(r#"{"stat":[1]}"#)),
        (
            "plain stat=x",
            Err("`stat` takes an integer or on or off or a list, each element an integer, not `x`"),
        ),
        ("plain stat=1 stat=2", Err("`stat` is given twice")),
        (
            "plain stat.x=1",
            Err("`stat.x` is no element of the list: these are 0, 1 and so on"),
        ),
        (
            "plain creds.x=1",
            Err("`creds.x` cannot be: what it is a part of takes a string or null"),
        ),
    ] {
        check(words, expected);
    }
}

#[test]
fn a_device_takes_the_properties_of_its_driver() {
    for (words, expected) in [
        (
            "device_add driver=net mq=on id=5",
            Ok(r#"{"driver":"net","mq":true,"id":"5"}"#),
        ),
        (
            "device_add sse4.1=off driver=net",
            Ok(r#"{"sse4.1":false,"driver":"net"}"#),
        ),
        (
            "device_add driver=net queues=0x10 mem=1M",
            Ok(r#"{"driver":"net","queues":16,"mem":1048576}"#),
        ),
        (
            "device_add driver=net queues=1K",
            Err("`queues` takes an integer (uint16), not `1K`"),
        ),
        (
            "device_add driver=net rombar=on",
            Ok(r#"{"driver":"net","rombar":"on"}"#),
        ),
        (
            "device_add driver=net ports=[\"a\"]",
            Ok(r#"{"driver":"net","ports":["a"]}"#),
        ),
        (
            "device_add driver=net ports.0=a",
            Ok(r#"{"driver":"net","ports":["a"]}"#),
        ),
        (
            "device_add driver=net mq.x=1",
            Err("`mq.x` cannot be: what it is a part of takes on or off"),
        ),
        (
            "device_add driver=net queus=1",
            Err("there is no argument `queus`: did you mean `queues`?"),
        ),
        (
            "device_add {\"driver\":\"net\",\"mq\":\"on\"}",
            Err("`mq` takes on or off, not `\"on\"`"),
        ),
        // Nobody knows that one.
        (
            "device_add driver=disk mq=true queues=1 a=on",
            Ok(r#"{"driver":"disk","mq":true,"queues":1,"a":"on"}"#),
        ),
        ("device_add mq=true", Err("missing: `driver` (a string)")),
    ] {
        check(words, expected);
    }
}
