//! Any bytes, read as types of every construct: no panic, no hang, no memory beyond the limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_types::qmp::types::{BlockDeviceInfo, BlockJobInfo, ImageInfo, SchemaInfo, VersionInfo};
use qapi_types::{Decode, qga, utf8};
use qapi_types::{Limits, Problem, Reader};

/// What a text may make its reader do in this run: so little that the bounds are met.
const LIMITS: Limits = Limits {
    nesting: 16,
    skipped_nesting: 24,
    memory: 1 << 16,
};

fn read<T: Decode>(text: &str) {
    let generous = Reader::new(text).finish::<T>();
    let strict = Reader::with_limits(text, LIMITS).finish::<T>();
    // Bounds turn a value into an error, and nothing into another value.
    match (generous, strict) {
        (Ok(_), Err(error)) => assert!(
            matches!(error.problem(), Problem::TooDeep | Problem::TooLarge),
            "{error}"
        ),
        (Err(error), Ok(_)) => panic!("with less room there is no more error: {error}"),
        (Ok(_), Ok(_)) | (Err(_), Err(_)) => {}
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = utf8(bytes) else {
        return;
    };
    read::<VersionInfo>(text);
    read::<Vec<SchemaInfo>>(text);
    read::<BlockJobInfo>(text);
    read::<ImageInfo>(text);
    read::<BlockDeviceInfo>(text);
    read::<qga::types::GuestNetworkInterface>(text);
});
