//! Disks, and jobs on them.

use std::fs;

use qapi_tests::both_ways::qmp as both_ways;
use qapi_tests::live::{Image, MONITOR, folder, machine_in};
use qapi_types::from_str;
use qapi_types::qmp::{Event, commands, types};
use tempfile::TempDir;

use crate::events::wait_for;
use crate::introspection::check_written;
use crate::monitor::there_and_back;

/// The arguments for a machine with the disk `overlay`.
const DISK: &[&str] = &[
    "-blockdev",
    "driver=qcow2,node-name=overlay,file.driver=file,file.filename=overlay.qcow2",
    "-device",
    "virtio-blk-pci,id=disk,drive=overlay",
];

/// A folder with an image `base`, an `overlay` over it, and what is to be seen through both.
pub(crate) fn images(tool: &Image) -> TempDir {
    let folder = folder();
    let mut content = vec![0_u8; 1 << 20];
    content[70_000..300_000].fill(7);
    fs::write(folder.path().join("seen.raw"), content).unwrap();
    for command in [
        "create -f qcow2 base.qcow2 1M",
        "convert -O qcow2 -B base.qcow2 -F qcow2 seen.raw overlay.qcow2",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        tool.run(folder.path(), &words);
    }
    folder
}

#[test]
fn an_overlay_is_committed() {
    let Some(tool) = Image::tool() else {
        return;
    };
    let Some(mut machine) = machine_in(images(&tool), DISK) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    client
        .execute(&commands::BlockCommit::new("overlay").job_id("commit"))
        .unwrap();
    let mut ready = None;
    let mut states = Vec::new();
    let completed = wait_for(&mut client, |client, event| {
        match event {
            Event::BlockJobReady(job) => {
                // What was written meanwhile is copied, too, until the job is told to end.
                client
                    .execute(&commands::JobComplete::new("commit"))
                    .unwrap();
                ready = Some(job);
            }
            Event::JobStatusChange(change) if change.id == "commit" => states.push(change.status),
            Event::BlockJobCompleted(job) => return Some(job),
            _ => {}
        }
        None
    });
    let ready = ready.expect("a job on the uppermost image waits for its end");
    for (job, ty) in [
        (&ready.device, ready.r#type),
        (&completed.device, completed.r#type),
    ] {
        assert_eq!((job.as_str(), ty), ("commit", types::JobType::Commit));
    }
    assert_eq!((completed.error, completed.offset), (None, completed.len));
    assert_eq!(states.first(), Some(&types::JobStatus::Created));
    assert!(states.contains(&types::JobStatus::Ready), "{states:?}");

    let disks = client.execute(&commands::QueryBlock).unwrap();
    let [disk] = &*disks else { panic!("{disks:?}") };
    let image = &disk.inserted.as_ref().expect("the disk has an image").image;
    assert!(image.filename.ends_with("base.qcow2"), "{}", image.filename);
    client.execute(&commands::Quit).unwrap();
    assert!(machine.wait().success());

    let folder = machine.folder();
    tool.run(folder, &["compare", "base.qcow2", "seen.raw"]);
    // The tool describes an image in the words of the protocol.
    let info = tool.run(folder, &["info", "--output=json", "base.qcow2"]);
    let info: types::ImageInfo = from_str(&info).unwrap();
    assert_eq!((&*info.format, info.virtual_size), ("qcow2", 1 << 20));
    assert!(info.backing_filename.is_none());
    let check = tool.run(folder, &["check", "base.qcow2"]);
    assert!(check.starts_with("No errors"), "{check}");
}

#[test]
fn disks_and_nodes_are_written_as_they_are_read() {
    let Some(tool) = Image::tool() else {
        return;
    };
    let Some(mut machine) = machine_in(images(&tool), DISK) else {
        return;
    };
    let client = &mut machine.client(MONITOR);
    for (said, written) in [
        there_and_back::<both_ways::commands::QueryBlock>(client),
        there_and_back::<both_ways::commands::QueryNamedBlockNodes>(client),
    ] {
        check_written(&client.greeting().version, &said, &written);
    }
    let nodes = client
        .execute(&commands::QueryNamedBlockNodes::new())
        .unwrap();
    let overlay = nodes
        .iter()
        .find(|node| node.node_name == "overlay")
        .unwrap();
    let backing = overlay
        .image
        .backing_image
        .as_ref()
        .expect("an overlay has an image below");
    assert!(backing.filename.ends_with("base.qcow2"));
    let Some(types::ImageInfoSpecificBranch::Qcow2(specific)) = overlay
        .image
        .format_specific
        .as_ref()
        .map(|specific| &specific.r#type)
    else {
        panic!("{:?}", overlay.image.format_specific);
    };
    assert_eq!(specific.data.compat, "1.1");
}
