//! What a schema makes the compiler allocate is bounded by its size.
//!
//! This is the only test of its program, as it looks at the memory of the whole process.
#![cfg(target_os = "linux")]

mod files;

use qapi_codegen::diagnostic::human;

const MIB: usize = 1 << 20;

/// So much memory is allowed whatever the input, and so many times its size.
const FIXED: usize = 64 * MIB;
const TIMES: usize = 100;

/// The largest amount of memory that this process has had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("the kernel tells");
    let kib = line.trim().trim_end_matches(" kB");
    kib.parse::<usize>().expect("a number") * 1024
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..count).map(item).collect();
    items.join(",")
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|at| line(at) + "\n").collect()
}

#[test]
fn memory_is_bounded_by_the_size_of_the_schema() {
    let before = peak();
    let enum_of = |count| {
        let values = list(count, |at| format!("'v{at}'"));
        format!("{{ 'enum': 'Ee', 'data': [ {values} ] }}\n")
    };
    let union = |at: usize| {
        format!(
            "{{ 'union': 'Uu{at}', 'base': {{ 'kind': 'Ee' }}, 'discriminator': 'kind', 'data': {{}} }}"
        )
    };
    let faults = list(2_000, |at| format!("'X{at}': 'int'"));
    let members = list(3_000, |at| format!("'m{at}': 'int'"));
    let mut texts = [
        // Every value that has no branch is given one.
        enum_of(5_000) + &lines(5_000, union),
        // A long name in each of a thousand diagnostics.
        format!(
            "{{ 'struct': 'A{}', 'data': {{ {faults} }} }}",
            "a".repeat(MIB)
        ),
        // A line that is long, shown a thousand times.
        list(50_000, |at| format!("{{ 'command': 'C{at}' }}")),
        // A large base that many have.
        format!("{{ 'struct': 'Bb', 'data': {{ {members} }} }}\n")
            + &lines(3_000, |at| {
                format!("{{ 'struct': 'Ss{at}', 'base': 'Bb', 'data': {{}} }}")
            }),
        "##\n".repeat(100_000),
        // An example of a great many values.
        format!(
            "##\n# .. qmp-example::\n#\n#  -> {{ \"id\": [{}] }}\n##\n",
            list(1_000_000, |_| "1".to_owned())
        ),
        "{'a':[\n".repeat(100_000),
        lines(50_000, |at| {
            format!("{{ 'struct': 'Ss{at}', 'data': {{ 'x': [ 'Tt{at}' ] }} }}")
        }),
    ];
    texts.sort_by_key(String::len);
    for text in texts {
        let analysis = files::analysis(&text, None);
        for diagnostic in analysis.diagnostics.iter().chain(&analysis.lints()) {
            human(diagnostic, &analysis.sources, false);
        }
        let used = peak().saturating_sub(before);
        let allowed = FIXED + TIMES * text.len();
        let start: String = text.chars().take(80).collect();
        assert!(
            used <= allowed,
            "{} MiB for {} KiB: {start}",
            used / MIB,
            text.len() / 1024
        );
    }
}
