//! Commands and events.

use super::entities::{EntityId, EntityKind};
use super::names::Permit;
use super::resolve::Resolver;
use super::scope::Scope;
use super::shape::{Data, ShapeData, TypeName};
use super::structs::object;
use super::{features, keys, members, structs};
use crate::diagnostic::{Code, quoted};
use crate::syntax::Object;

/// command = "{" "command" ":" NAME [ "data" ] [ "returns" ] [ flags ] [ "if" ] [ "features" ] "}"
pub(super) fn command(object: &Object, scope: &mut Scope<'_>) -> ShapeData {
    let optional = [
        "data",
        "returns",
        "boxed",
        "if",
        "features",
        "gen",
        "success-response",
        "allow-oob",
        "allow-preconfig",
        "coroutine",
    ];
    keys::check(
        object,
        scope.span,
        &"a command",
        &["command"],
        &optional,
        scope,
    );
    let data = data(object, scope);
    let returns = members::given(object, "returns")
        .and_then(|returns| members::type_or_array(returns, &"`returns`", scope));
    ShapeData::Command {
        data,
        returns,
        generated: !keys::flag(object, "gen"),
        success_response: !keys::flag(object, "success-response"),
        boxed: keys::flag(object, "boxed"),
        allow_oob: keys::flag(object, "allow-oob"),
        allow_preconfig: keys::flag(object, "allow-preconfig"),
        coroutine: keys::flag(object, "coroutine"),
    }
}

/// event = "{" "event" ":" NAME [ "data" ] [ "boxed" ] [ "if" ] [ "features" ] "}"
pub(super) fn event(object: &Object, scope: &mut Scope<'_>) -> ShapeData {
    keys::check(
        object,
        scope.span,
        &"an event",
        &["event"],
        &["data", "boxed", "if", "features"],
        scope,
    );
    ShapeData::Event {
        data: data(object, scope),
        boxed: keys::flag(object, "boxed"),
    }
}

/// Members in place, or the name of a type; with `boxed`, only the latter.
fn data(object: &Object, scope: &mut Scope<'_>) -> Data {
    let value = members::given(object, "data");
    let Some((boxed, _)) = object.entry("boxed") else {
        return members::data(value, &"`data`", Permit::default(), scope);
    };
    let Some(value) = value else {
        let label = "there is nothing to be boxed";
        scope.error(
            Code::BoxedWithoutData,
            "`boxed` needs `data`",
            boxed.span,
            label,
        );
        return Data::None;
    };
    match members::type_name(value, &"`data` of what is `boxed`", scope) {
        Some(name) => Data::Named(name),
        None => Data::None,
    }
}

pub(super) fn resolve_command(id: EntityId, resolver: &mut Resolver<'_>) {
    let EntityKind::Command(command) = &resolver.table.entity(id).kind else {
        return;
    };
    let (data, boxed, returns) = (command.data.clone(), command.boxed, command.returns.clone());
    check_features(id, resolver);
    let data_resolved = data.and_then(|data| arguments(id, &data, boxed, resolver));
    let returns_resolved = returns.and_then(|returns| returned(id, &returns, resolver));
    if let EntityKind::Command(command) = &mut resolver.table.entity_mut(id).kind {
        command.data_resolved = data_resolved;
        command.returns_resolved = returns_resolved;
    }
}

pub(super) fn resolve_event(id: EntityId, resolver: &mut Resolver<'_>) {
    let EntityKind::Event { data, boxed, .. } = &resolver.table.entity(id).kind else {
        return;
    };
    let (data, boxed) = (data.clone(), *boxed);
    check_features(id, resolver);
    let found = data.and_then(|data| arguments(id, &data, boxed, resolver));
    if let EntityKind::Event { resolved, .. } = &mut resolver.table.entity_mut(id).kind {
        *resolved = found;
    }
}

fn check_features(id: EntityId, resolver: &mut Resolver<'_>) {
    let (entity, mut scope) = resolver.entity_and_scope(id);
    features::check_clash(&entity.features, &mut scope);
}

/// Arguments are an object; a union, or members under conditions, need `boxed`.
fn arguments(
    id: EntityId,
    data: &TypeName,
    boxed: bool,
    resolver: &mut Resolver<'_>,
) -> Option<EntityId> {
    let found = resolver.type_of(id, data, &"`data`")?;
    let Some(arguments) = object(resolver.table, found) else {
        let message = format!("`data` must be an object, not {}", resolver.describe(found));
        resolver
            .scope(id)
            .error(Code::WrongKindOfType, message, data.span, "");
        return None;
    };
    if arguments.union.is_some() && !boxed {
        let message = format!(
            "{} as `data` needs `'boxed': true`",
            resolver.describe(found)
        );
        resolver
            .scope(id)
            .error(Code::UnboxedUnion, message, data.span, "");
    }
    structs::resolve(found, resolver);
    let conditional = resolver.object(found).conditional;
    if conditional && !boxed && resolver.dialect.boxes_conditional_arguments() {
        let message = "conditional arguments need `'boxed': true`";
        let diagnostic = resolver
            .scope(id)
            .diagnostic(Code::ConditionalArguments, message)
            .label(data.span, "some of these depend on a condition")
            .help("define a struct with these members and name it as `data`");
        resolver.sink.push(diagnostic);
    }
    Some(found)
}

/// What is returned is an object or an array of objects, unless a pragma says otherwise.
fn returned(id: EntityId, returns: &TypeName, resolver: &mut Resolver<'_>) -> Option<EntityId> {
    let found = resolver.type_of(id, returns, &"`returns`")?;
    let name = resolver.table.entity(id).name.clone();
    if resolver.pragmas.command_returns_exceptions.contains(&name) {
        return Some(found);
    }
    let element = match &resolver.table.entity(found).kind {
        EntityKind::Array { element, .. } => resolver.table.by_name.get(&element.name).copied(),
        _ => Some(found),
    };
    if element.is_some_and(|element| object(resolver.table, element).is_none()) {
        let message = format!("a command cannot return {}", resolver.describe(found));
        let diagnostic = resolver
            .scope(id)
            .diagnostic(Code::ReturnType, message)
            .label(
                returns.span,
                "only objects and arrays of objects can be extended later",
            )
            .note(format!(
                "the pragma `command-returns-exceptions` can allow it for {}",
                quoted(&name)
            ));
        resolver.sink.push(diagnostic);
    }
    Some(found)
}
