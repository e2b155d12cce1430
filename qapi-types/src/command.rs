//! Commands.

use crate::decode::Decode;
use crate::encode::Encode;

/// A command: its arguments are the type's own members, and this is what belongs to it besides.
///
/// Generated for every command of a schema.
pub trait Command: Encode {
    /// What the server answers: `()` where the schema says nothing.
    type Return: Decode;

    /// The command's name on the wire.
    const NAME: &'static str;

    /// Whether it may be sent out of band (`exec-oob`), past the commands that wait.
    const ALLOW_OOB: bool = false;

    /// Whether it may be sent before the machine is configured, while QEMU waits in `-preconfig`.
    const ALLOW_PRECONFIG: bool = false;

    /// Whether the server answers when all went well. Those of the guest agent that end the guest do not.
    const SUCCESS_RESPONSE: bool = true;

    /// The version of QEMU that has it first, as the schema says it.
    const SINCE: Option<&'static str> = None;
}
