//! The resolved schema as text, in the layout of the `.out` files of QEMU's test-suite, so that the two can
//! be compared line by line.

use std::fmt::{self, Write};

use crate::schema::{Condition, Definition, DocKind, Entry, Feature, Kind, Schema};

/// Writes the whole schema, documentation included.
pub fn dump(schema: &Schema) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(schema, &mut out);
    out
}

fn write(schema: &Schema, out: &mut String) -> fmt::Result {
    for (_, module) in schema.modules() {
        writeln!(out, "module {}", module.name)?;
        for entry in &module.entries {
            match entry {
                Entry::Include(target) => writeln!(out, "include {}", schema.module(*target).name)?,
                Entry::Definition(id) => definition(schema, schema.definition(*id), out)?,
            }
        }
    }
    docs(schema, out)
}

fn definition(schema: &Schema, definition: &Definition, out: &mut String) -> fmt::Result {
    let name = &definition.name;
    let type_name = |id| schema.definition(id).name.as_str();
    match &definition.kind {
        Kind::Builtin(_) => return Ok(()),
        Kind::Array(element) => {
            // Arrays of built-in types are not part of the layout.
            if definition.span.is_some() {
                writeln!(out, "array {name} {}", type_name(*element))?;
                conditional(definition.condition.as_ref(), 4, out)?;
            }
            return Ok(());
        }
        Kind::Enum(kind) => {
            writeln!(out, "enum {name}")?;
            if let Some(prefix) = kind.prefix.as_ref().filter(|_| definition.span.is_some()) {
                writeln!(out, "    prefix {prefix}")?;
            }
            for value in &kind.values {
                writeln!(out, "    member {}", value.name)?;
                conditional(value.condition.as_ref(), 8, out)?;
                features(&value.features, 8, out)?;
            }
        }
        Kind::Object(object) => {
            writeln!(out, "object {name}")?;
            if let Some(base) = object.base {
                writeln!(out, "    base {}", type_name(base))?;
            }
            for member in &object.members {
                let optional = boolean(member.optional);
                writeln!(
                    out,
                    "    member {}: {} optional={optional}",
                    member.name,
                    type_name(member.ty)
                )?;
                conditional(member.condition.as_ref(), 8, out)?;
                features(&member.features, 8, out)?;
            }
            if let Some(union) = &object.union {
                branches(schema, &union.discriminator, &union.branches, out)?;
            }
        }
        Kind::Alternate(alternate) => {
            writeln!(out, "alternate {name}")?;
            branches(schema, "type", &alternate.branches, out)?;
        }
        Kind::Command(command) => {
            let arguments = command.arguments.map_or("None", type_name);
            let returns = command.returns.map_or("None", type_name);
            writeln!(out, "command {name} {arguments} -> {returns}")?;
            write!(
                out,
                "    gen={} success_response={} boxed={} oob={} preconfig={}",
                boolean(command.generated),
                boolean(command.success_response),
                boolean(command.boxed),
                boolean(command.allow_oob),
                boolean(command.allow_preconfig),
            )?;
            if command.coroutine {
                out.push_str(" coroutine=True");
            }
            out.push('\n');
        }
        Kind::Event(event) => {
            writeln!(out, "event {name} {}", event.data.map_or("None", type_name))?;
            writeln!(out, "    boxed={}", boolean(event.boxed))?;
        }
    }
    conditional(definition.condition.as_ref(), 4, out)?;
    features(&definition.features, 4, out)
}

fn branches(
    schema: &Schema,
    tag: &str,
    branches: &[crate::schema::Branch],
    out: &mut String,
) -> fmt::Result {
    writeln!(out, "    tag {tag}")?;
    for branch in branches {
        writeln!(
            out,
            "    case {}: {}",
            branch.name,
            schema.definition(branch.ty).name
        )?;
        conditional(branch.condition.as_ref(), 8, out)?;
    }
    Ok(())
}

fn features(features: &[Feature], indent: usize, out: &mut String) -> fmt::Result {
    for feature in features {
        writeln!(out, "{:indent$}feature {}", "", feature.name)?;
        conditional(feature.condition.as_ref(), indent + 4, out)?;
    }
    Ok(())
}

fn conditional(condition: Option<&Condition>, indent: usize, out: &mut String) -> fmt::Result {
    match condition {
        None => Ok(()),
        Some(Condition::Defined(symbol)) => writeln!(out, "{:indent$}if {symbol}", ""),
        Some(condition) => {
            write!(out, "{:indent$}if ", "")?;
            literal(condition, out)?;
            out.write_char('\n')
        }
    }
}

/// A condition as Python would print it.
fn literal(condition: &Condition, out: &mut String) -> fmt::Result {
    let list = |key: &str, inner: &[Condition], out: &mut String| {
        write!(out, "{{'{key}': [")?;
        for (at, condition) in inner.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            literal(condition, out)?;
        }
        out.write_str("]}")
    };
    match condition {
        Condition::Defined(symbol) => write!(out, "'{symbol}'"),
        Condition::All(inner) => list("all", inner, out),
        Condition::Any(inner) => list("any", inner, out),
        Condition::Not(inner) => {
            out.push_str("{'not': ");
            literal(inner, out)?;
            out.write_char('}')
        }
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn docs(schema: &Schema, out: &mut String) -> fmt::Result {
    for (_, doc) in schema.docs() {
        match &doc.symbol {
            Some(symbol) => writeln!(out, "doc symbol={symbol}")?,
            None => writeln!(out, "doc freeform")?,
        }
        writeln!(out, "    body=\n{}", doc.body)?;
        for (name, text) in &doc.members {
            writeln!(out, "    arg={name}\n{text}")?;
        }
        for (name, text) in &doc.features {
            writeln!(out, "    feature={name}\n{text}")?;
        }
        for section in &doc.sections {
            let kind = match section.kind {
                DocKind::Plain => "Plain",
                DocKind::Returns => "Returns",
                DocKind::Errors => "Errors",
                DocKind::Since => "Since",
                DocKind::Todo => "Todo",
                DocKind::Note => "Note",
                DocKind::Example => "Example",
            };
            writeln!(out, "    section={kind}\n{}", section.text)?;
        }
    }
    Ok(())
}
