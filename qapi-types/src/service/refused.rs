//! Arguments that cannot be read, in the words that QMP has for it: programs have come to look at them.

use crate::error::{DecodeError, Problem};
use crate::message::Refusal;

/// What a client is told of arguments that it should not have sent.
pub(super) fn refusal(error: &DecodeError) -> Refusal {
    let path = error.path();
    Refusal::generic(match error.problem() {
        Problem::Missing { member } if path.is_empty() => {
            format!("Parameter '{member}' is missing")
        }
        Problem::Missing { member } => format!("Parameter '{path}.{member}' is missing"),
        Problem::UnknownMember => format!("Parameter '{path}' is unexpected"),
        Problem::Unexpected { expected, .. } => {
            let kind = kind(expected);
            format!("Invalid parameter type for '{path}', expected: {kind}")
        }
        Problem::UnknownValue { value, .. } => {
            let member = path.rsplit('.').next().unwrap_or_default();
            format!("Parameter '{member}' does not accept value '{value}'")
        }
        Problem::OutOfRange { expected, .. } => {
            format!("Parameter '{path}' expects {expected}")
        }
        _ => error.to_string(),
    })
}

/// QMP's name for what a reader expects.
fn kind(expected: &str) -> &str {
    match expected {
        "true or false" => "boolean",
        other => other
            .strip_prefix("a ")
            .or_else(|| other.strip_prefix("an "))
            .unwrap_or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Reader, from_str};
    use crate::service::arguments;
    use crate::{Decode, Null};

    #[derive(Debug, Default)]
    struct Arguments {
        count: u8,
        up: Option<bool>,
        names: Option<Vec<String>>,
        inner: Option<Box<Arguments>>,
    }

    impl Decode for Arguments {
        fn blank() -> Self {
            Self::default()
        }

        fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
            r.exact_object(&mut [
                ("count", &mut self.count),
                ("up", &mut self.up),
                ("names", &mut self.names),
                ("inner", &mut self.inner),
            ])
        }
    }

    #[test]
    fn arguments_are_refused_in_the_order_of_the_schema() {
        for (text, expected) in [
            ("{}", "Parameter 'count' is missing"),
            (r#"{"a": 1}"#, "Parameter 'count' is missing"),
            (r#"{"a": 1, "count": 1}"#, "Parameter 'a' is unexpected"),
            (
                r#"{"a": 1, "up": 1, "count": "1"}"#,
                "Invalid parameter type for 'count', expected: integer",
            ),
            (
                r#"{"a": {"b": [1]}, "up": [1, {}], "count": 1}"#,
                "Invalid parameter type for 'up', expected: boolean",
            ),
            (
                r#"{"names": ["a", 5], "count": 1}"#,
                "Invalid parameter type for 'names[1]', expected: string",
            ),
            (
                r#"{"names": {"a": 5}, "count": 1}"#,
                "Invalid parameter type for 'names', expected: array",
            ),
            (
                r#"{"inner": {"inner": {}, "count": 1}, "count": 1}"#,
                "Parameter 'inner.inner.count' is missing",
            ),
            (
                r#"{"inner": 1, "count": 1}"#,
                "Invalid parameter type for 'inner', expected: object",
            ),
            (
                r#"{"inner": {"count": 1, "x": 1}, "count": 1}"#,
                "Parameter 'inner.x' is unexpected",
            ),
            (
                r#"{"count": 256}"#,
                "Parameter 'count' expects an 8-bit unsigned integer",
            ),
        ] {
            let refused = arguments::<Arguments>(&mut Reader::new(text)).unwrap_err();
            assert_eq!(refused, Refusal::generic(expected), "{text}");
        }
    }

    #[test]
    fn kinds_have_the_names_of_qmp() {
        let of = |error: DecodeError| refusal(&error.in_member("m")).desc;
        let expected = "Invalid parameter type for 'm', expected: null";
        assert_eq!(of(from_str::<Null>("1").unwrap_err()), expected);
        let expected = "Invalid parameter type for 'm', expected: number";
        assert_eq!(of(from_str::<f64>("true").unwrap_err()), expected);
    }
}
