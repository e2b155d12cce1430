//! The reference of small schemas: its model, and its pages.

mod model;
mod pages;
