//! The bridge to serde: `#[serde(with = "qapi_types::as_json")]` on a member whose type is one of ours.
//!
//! The value goes through its JSON form, so any format that serde knows can hold it.
//!
//! ```
//! use qapi_types::Timestamp;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Entry {
//!     #[serde(with = "qapi_types::as_json")]
//!     at: Timestamp,
//! }
//!
//! let value = serde_json::json!({"at": {"seconds": 1, "microseconds": 5}});
//! let entry: Entry = serde_json::from_value(value.clone())?;
//! assert_eq!(entry.at.seconds, 1);
//! assert_eq!(serde_json::to_value(&entry)?, value);
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::any::Any;
use crate::decode::Decode;
use crate::encode::Encode;

/// Serialises a value as the JSON it is written as.
///
/// # Errors
/// The serialiser's own; and the JSON is beyond what [`Any::to_value`] holds.
pub fn serialize<T: Encode, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let value = Any::encode_from(value).to_value();
    value.map_err(ser::Error::custom)?.serialize(serializer)
}

/// Deserialises a value from the JSON it is read from.
///
/// # Errors
/// The deserialiser's own; and the JSON is not a `T`.
pub fn deserialize<'de, T: Decode, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Any::from(value).to().map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use crate::Any;

    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    struct Entry {
        #[serde(with = "crate::as_json")]
        sizes: Vec<u8>,
        #[serde(with = "crate::as_json")]
        any: Any,
    }

    #[test]
    fn values_cross_both_ways_or_say_why_not() {
        let text = r#"{"sizes":[1,2],"any":{"a":[null]}}"#;
        let entry: Entry = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), text);

        let error = serde_json::from_str::<Entry>(r#"{"sizes":[1,256],"any":0}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("[1]: expected an 8-bit"),
            "{error}"
        );

        let any = "1e400".parse().unwrap();
        let sizes = Vec::new();
        assert!(serde_json::to_string(&Entry { sizes, any }).is_err());
    }
}
