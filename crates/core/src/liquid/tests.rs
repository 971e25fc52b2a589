//! Liquid as templates see it: one `check` per feature.
