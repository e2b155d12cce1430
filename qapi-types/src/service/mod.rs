//! What bindings for servers stand on: how a command finds its method, and what a method's result becomes.
//!
//! The generated trait `Commands` has a method a command. A table of [`Handler`]s, compiled once, leads from names to
//! methods; the generated struct `Service` puts a machine and the table behind the trait [`Service`], which a server of
//! QMP asks.

mod refused;

use crate::decode::Decode;
use crate::encode::Encode;
use crate::message::Refusal;
use crate::reader::Reader;
use crate::writer::to_string;

/// The commands of a schema, done by somebody.
///
/// Bindings that are made for servers have a struct of this name, which implements it for whoever implements their trait
/// `Commands`.
pub trait Service {
    /// What `query-qmp-schema` returns, as JSON.
    fn introspection(&self) -> &str;

    /// What is special about a command; `None` if there is no such command.
    fn flags(&self, command: &str) -> Option<&'static [Flag]>;

    /// Does a command and answers what it returns, as JSON. The arguments are read to their end before anything is done.
    ///
    /// # Errors
    /// There is no such command, the arguments are not its own, or it fails.
    fn execute(&self, command: &str, arguments: &mut Reader<'_>) -> Result<String, Refusal>;
}

impl<S: Service + ?Sized> Service for &S {
    fn introspection(&self) -> &str {
        (**self).introspection()
    }

    fn flags(&self, command: &str) -> Option<&'static [Flag]> {
        (**self).flags(command)
    }

    fn execute(&self, command: &str, arguments: &mut Reader<'_>) -> Result<String, Refusal> {
        (**self).execute(command, arguments)
    }
}

/// What is special about a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flag {
    /// It may be sent out of band (`exec-oob`), past the commands that wait.
    AllowOob,
    /// It may be sent before the machine is configured.
    AllowPreconfig,
    /// It has no reply when all went well.
    NoSuccessResponse,
}

/// A command in the table of generated bindings; `M` is their trait `Commands`.
pub struct Handler<M: ?Sized> {
    /// The command's name on the wire.
    pub name: &'static str,
    /// What is special about it.
    pub flags: &'static [Flag],
    /// Reads its arguments, calls its method, and writes what this returns.
    pub run: fn(&M, &mut Reader<'_>) -> Result<String, Refusal>,
}

impl<M: ?Sized> Handler<M> {
    /// The command `name` in a table that is in the order of its names.
    pub fn find(table: &'static [Self], name: &str) -> Option<&'static Self> {
        let index = table.binary_search_by(|handler| handler.name.cmp(name));
        index.ok().map(|index| &table[index])
    }

    /// Does the command `name` of a table that is in the order of its names.
    ///
    /// # Errors
    /// As [`Service::execute`].
    pub fn execute(
        table: &'static [Self],
        name: &str,
        machine: &M,
        arguments: &mut Reader<'_>,
    ) -> Result<String, Refusal> {
        match Self::find(table, name) {
            Some(handler) => (handler.run)(machine, arguments),
            None => Err(Refusal::command_not_found(name)),
        }
    }
}

/// Reads a command's arguments.
///
/// # Errors
/// They are not its own; the refusal says so as QEMU does.
pub fn arguments<T: Decode>(r: &mut Reader<'_>) -> Result<T, Refusal> {
    r.finish().map_err(|error| refused::refusal(&error))
}

/// Writes what a command's method has returned.
///
/// # Errors
/// It was an error.
pub fn answer<T: Encode>(result: Result<T, Refusal>) -> Result<String, Refusal> {
    result.map(|value| to_string(&value))
}

/// An event that a server reports: its data are the type's own members.
pub trait Report: Encode {
    /// The event's name on the wire.
    fn name(&self) -> &'static str;
}
