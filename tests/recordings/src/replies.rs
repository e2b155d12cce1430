//! Recordings: JSON objects one after the other, each command followed by its reply.

use serde_json::{Deserializer, Value};

/// A command and what was answered.
pub struct Exchange {
    /// The command's name.
    pub command: String,
    /// Its arguments, if it had any.
    pub arguments: Option<Value>,
    /// What it returned; `None` if it failed.
    pub returned: Option<Value>,
}

/// The exchanges of a recording.
///
/// # Errors
/// What is no JSON, or a command without reply.
pub fn exchanges(text: &str) -> Result<Vec<Exchange>, String> {
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    let mut exchanges = Vec::new();
    while let Some(request) = values.next() {
        let request = request.map_err(|error| error.to_string())?;
        let reply = values.next().ok_or("the last command has no reply")?;
        let reply = reply.map_err(|error| error.to_string())?;
        let command = request["execute"]
            .as_str()
            .ok_or(format!("no command: {request}"))?;
        if request["id"] != reply["id"] {
            return Err(format!("{command} has the reply of another command"));
        }
        exchanges.push(Exchange {
            command: command.to_owned(),
            arguments: request.get("arguments").cloned(),
            returned: reply.get("return").cloned(),
        });
    }
    Ok(exchanges)
}
