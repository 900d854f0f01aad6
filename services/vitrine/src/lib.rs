//! The one binary: command line, settings, and the wiring of all rooms.

pub mod app;
pub mod cli;
mod commands;
mod database;
mod demo;
mod error;
pub mod evaluate;
mod folder_fetch;
mod importer;
mod people;
pub mod planning;
mod private;
mod search;
mod secret;
pub mod settings;
mod sharing;
pub mod steps;
mod telemetry;

pub use commands::run;
pub use error::Error;
pub use folder_fetch::Folder;
