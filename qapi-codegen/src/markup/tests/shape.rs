//! What becomes of which text.
