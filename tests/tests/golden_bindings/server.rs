use qapi_types::{ErrorClass, Flag, Reader, Refusal, Report, Service as _, to_string};

use crate::bindings::server::{Commands, INTROSPECTION, Service, commands, events, types};

/// A machine that can do some of the commands.
struct Machine;

impl Commands for Machine {
    fn stop(&self) -> Result<(), Refusal> {
        Ok(())
    }

    fn block_resize(&self, arguments: commands::BlockResize) -> Result<(), Refusal> {
        Err(Refusal::generic(format!(
            "{} cannot have {} bytes, {:?}",
            arguments.id, arguments.size, arguments.force
        )))
    }

    fn image_add(&self, arguments: commands::ImageAdd) -> Result<(), Refusal> {
        match arguments.0.format {
            types::ImageBranch::Qcow2(format) if format.size == 0 => {
                Err(Refusal::generic("an image has bytes"))
            }
            _ => Ok(()),
        }
    }

    fn device_add(&self, arguments: commands::DeviceAdd) -> Result<(), Refusal> {
        Err(Refusal::generic(to_string(&arguments.others)))
    }

    fn query_status(&self) -> Result<types::Status, Refusal> {
        let image = types::Image::new("a", types::ImageBranch::Qcow2(types::Qcow2::new(7)));
        Ok(types::Status::new(true).images(vec![image]))
    }
}

/// What the machine answers, or why it does not.
fn execute(command: &str, arguments: &str) -> String {
    let service = Service(Machine);
    match service.execute(command, &mut Reader::new(arguments)) {
        Ok(value) => value,
        Err(Refusal {
            class: ErrorClass::GenericError,
            desc,
        }) => desc,
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn commands_are_done_by_their_methods() {
    for (command, arguments, expected) in [
        ("stop", "{}", "{}"),
        ("stop", r#"{"x": 1}"#, "Parameter 'x' is unexpected"),
        (
            "query-status",
            "{}",
            r#"{"running":true,"images":[{"file":"a","format":"qcow2","size":7}]}"#,
        ),
        (
            "block-resize",
            r#"{"size": 5, "id": "d", "force": true}"#,
            "d cannot have 5 bytes, Some(true)",
        ),
        (
            "block-resize",
            r#"{"size": true}"#,
            "Parameter 'id' is missing",
        ),
        (
            "image-add",
            r#"{"file": "a", "format": "qcow2", "size": 0}"#,
            "an image has bytes",
        ),
        ("image-add", r#"{"file": "a", "format": "raw"}"#, "{}"),
        (
            "image-add",
            r#"{"file": "a", "format": "raw", "size": 0}"#,
            "Parameter 'size' is unexpected",
        ),
        (
            "image-add",
            r#"{"file": 1, "format": "qcow2", "size": "x"}"#,
            "Invalid parameter type for 'file', expected: string",
        ),
        (
            "image-add",
            r#"{"size": "x", "format": "qcow2"}"#,
            "Parameter 'file' is missing",
        ),
        (
            "image-add",
            r#"{"format": "vdi"}"#,
            "Parameter 'format' does not accept value 'vdi'",
        ),
        (
            "image-add",
            r#"{"file": "a"}"#,
            "Parameter 'format' is missing",
        ),
        (
            "device-add",
            r#"{"driver": "d", "bus": [1]}"#,
            r#"{"bus":[1]}"#,
        ),
        // Not implemented, unknown, and the server's own.
        (
            "rescue",
            "{}",
            "CommandNotFound: The command rescue has not been found",
        ),
        (
            "shutdown",
            r#"{"mode": 5}"#,
            "Invalid parameter type for 'mode', expected: string",
        ),
        (
            "nonsense",
            "{}",
            "CommandNotFound: The command nonsense has not been found",
        ),
        (
            "qmp_capabilities",
            "{}",
            "CommandNotFound: The command qmp_capabilities has not been found",
        ),
    ] {
        assert_eq!(
            execute(command, arguments),
            expected,
            "{command} {arguments}"
        );
    }
}

#[test]
fn commands_have_their_flags() {
    let service = Service(Machine);
    let rescue = [Flag::AllowOob, Flag::AllowPreconfig];
    assert_eq!(service.flags("rescue"), Some(&rescue[..]));
    assert_eq!(
        service.flags("shutdown"),
        Some(&[Flag::NoSuccessResponse][..])
    );
    assert_eq!(service.flags("stop"), Some(&[][..]));
    assert_eq!(service.flags("nonsense"), None);
    assert_eq!(service.introspection(), INTROSPECTION);
}

#[test]
fn events_have_names_and_data() {
    let said = |event: &dyn Report| format!("{} {}", event.name(), to_string(&event));
    assert_eq!(said(&events::Stop), "STOP {}");
    let full = events::ImageFull::new("a").bytes(3);
    assert_eq!(said(&full), r#"IMAGE_FULL {"file":"a","bytes":3}"#);
    let added = types::Image::new("a", types::ImageBranch::Raw).into();
    let added: events::ImageAdded = added;
    assert_eq!(said(&added), r#"IMAGE_ADDED {"file":"a","format":"raw"}"#);
}
