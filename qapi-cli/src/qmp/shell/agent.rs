//! What is different with a guest's agent.

use qapi_types::qga::commands::{GuestFsfreezeStatus, GuestFsfreezeThaw, GuestInfo};
use qapi_types::qga::types::GuestFsfreezeStatus as Frozen;
use qapi_types::{Command as _, ErrorClass, Refusal};

use super::super::Failure;
use super::super::agent::why_not;
use super::interpreter::Interpreter;
use super::statement::Mode;

impl Interpreter<'_> {
    /// Who is spoken with, as far as it says.
    pub(super) fn agents_name(&self) -> String {
        match &self.knowledge().agent {
            Some(agent) => format!("guest agent {}", agent.version),
            None => "guest agent".to_owned(),
        }
    }

    /// Why an agent has refused the command `name`, if it has said no more than that there is none such; for people.
    pub(super) fn why_not(
        &mut self,
        name: &str,
        refusal: &Refusal,
    ) -> Result<Option<String>, Failure> {
        if self.mode != Mode::Agent
            || refusal.class != ErrorClass::CommandNotFound
            || self.view().json
        {
            return Ok(None);
        }
        let Some(info) = self.told_by(GuestInfo::NAME)? else {
            return Ok(None);
        };
        let frozen = self.told_by(GuestFsfreezeStatus::NAME)? == Some(Frozen::Frozen);
        let knowledge = self.knowledge();
        let said = knowledge.words().and_then(|words| words.find(name));
        let since = said.and_then(|said| said.since());
        Ok(why_not(
            &info,
            name,
            since,
            || frozen,
            GuestFsfreezeThaw::NAME,
        ))
    }
}
