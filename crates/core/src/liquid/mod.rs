//! Liquid templates.
