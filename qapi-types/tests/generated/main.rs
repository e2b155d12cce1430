//! Types as the generator writes them, on the runtime alone: what they read, write, and say when they cannot.

mod errors;
mod nesting;
mod types;
mod unions;
