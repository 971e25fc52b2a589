//! The pure heart of Rekindle: events, people, segments, series, templates and wire types.
//! Reads no clock, draws no chance, does no I/O: time is an argument, chance is a hash.
//!
//! The same crate is compiled into the browser SDK, the Worker, the console and the tests, so that
//! a decision is the same wherever it is taken.

pub mod backtest;
pub mod experiment;
pub mod hash;
pub mod history;
pub mod liquid;
pub mod mail;
mod named;
mod nearest;
pub mod report;
pub mod residual;
pub mod rule;
pub mod series;
pub mod time;
pub mod value;
pub mod weekday;
pub mod window;
pub mod wire;
pub mod world;
pub mod zone;
