//! Commands to text: ours, and trees of `serde_json` that are there already.

use qapi_types::qmp::commands::{BlockdevAdd, Transaction};
use qapi_types::qmp::types;
use qapi_types::{Encode, to_string};
use serde_json::Value;

use crate::rounds::Contest;

/// A contest for each of two commands with unions in unions.
pub(crate) fn contests() -> Vec<Contest<'static>> {
    vec![
        contest("encode blockdev-add", blockdev_add()),
        contest("encode transaction", transaction()),
    ]
}

fn contest(work: &str, command: impl Encode + 'static) -> Contest<'static> {
    let text = to_string(&command);
    let value: Value = serde_json::from_str(&text).expect("it is JSON");
    Contest::new(work, text.len())
        .way("ours", move || to_string(&command))
        .way("serde_json::Value", move || {
            serde_json::to_string(&value).expect("it can be written")
        })
}

/// A qcow2 node over a file, with limits of caches, above a LUKS node given in place.
fn blockdev_add() -> BlockdevAdd {
    let file = |name: &str| {
        let file = types::BlockdevOptionsFile::new(name).locking(types::OnOffAuto::Off);
        types::BlockdevOptions::new(types::BlockdevOptionsBranch::File(file.into()))
    };
    let luks = types::BlockdevOptionsLuks::new(file("/srv/images/base.luks")).key_secret("secret0");
    let luks = types::BlockdevOptions::new(types::BlockdevOptionsBranch::Luks(luks.into()))
        .node_name("base")
        .read_only(true);
    let qcow2 = types::BlockdevOptionsQcow2::new(file("/srv/images/overlay.qcow2"))
        .backing(luks)
        .lazy_refcounts(true)
        .cache_size(4 << 20)
        .l2_cache_size(2 << 20)
        .cache_clean_interval(600);
    let node = types::BlockdevOptions::new(types::BlockdevOptionsBranch::Qcow2(qcow2.into()))
        .node_name("disk0")
        .discard(types::BlockdevDiscardOptions::Unmap);
    BlockdevAdd(node)
}

/// A backup with a bitmap of each of eight disks.
fn transaction() -> Transaction {
    let disks = 0..8;
    let actions = disks.flat_map(|disk| {
        let node = format!("disk{disk}");
        let bitmap = types::BlockDirtyBitmapAdd::new(node.as_str(), "since-today").persistent(true);
        let backup = types::BlockdevBackup::new(
            node.as_str(),
            types::MirrorSyncMode::Full,
            format!("target{disk}"),
        )
        .job_id(format!("backup{disk}"))
        .speed(100 << 20);
        [
            types::TransactionActionBranch::BlockDirtyBitmapAdd(
                types::BlockDirtyBitmapAddWrapper::new(bitmap),
            ),
            types::TransactionActionBranch::BlockdevBackup(types::BlockdevBackupWrapper::new(
                backup,
            )),
        ]
    });
    let actions = actions.map(types::TransactionAction::new).collect();
    Transaction::new(actions).properties(
        types::TransactionProperties::default()
            .completion_mode(types::ActionCompletionMode::Grouped),
    )
}
