//! Migrations.

use std::ops::ControlFlow;
use std::time::Duration;

use qapi_types::qmp::commands::{Migrate, MigrateCancel, QueryMigrate};
use qapi_types::qmp::types::{MigrationInfo, MigrationStatus};

use super::{Deadline, Face, OperationError, next};

/// What is told of a migration that fails without a word.
const UNTOLD: &str = "the machine does not say why";

pub(crate) async fn migrate<F: Face>(
    face: &mut F,
    command: &Migrate,
    timeout: Option<Duration>,
    mut progress: impl FnMut(&MigrationInfo) -> ControlFlow<()>,
) -> Result<MigrationInfo, OperationError> {
    let deadline = Deadline::after(timeout);
    let what = || "the migration".to_owned();
    // The machine tells only if its capability `events` is set; it is asked in any case.
    let mut events = face.watch(&["MIGRATION"]);
    face.run(command).await?;
    let mut cancelled = false;
    loop {
        next(face, &mut events, deadline.interval()).await?;
        let info = face.run(&QueryMigrate).await?;
        match info.status {
            Some(MigrationStatus::Completed) => return Ok(info),
            Some(MigrationStatus::Failed) => {
                return Err(OperationError::Failed {
                    what: what(),
                    why: info.error_desc.unwrap_or_else(|| UNTOLD.to_owned()),
                });
            }
            Some(MigrationStatus::Cancelled) => {
                return Err(OperationError::Cancelled { what: what() });
            }
            _ if deadline.has_passed() => return Err(OperationError::TimedOut { what: what() }),
            _ if progress(&info).is_break() && !cancelled => {
                cancelled = true;
                face.run(&MigrateCancel).await?;
            }
            _ => {}
        }
    }
}
