//! The shop's answers as tools for models, by the Model Context Protocol
//! (<https://modelcontextprotocol.io>): streamable HTTP without sessions, in its revision
//! 2026-07-28 and in those before it that begin with `initialize`. rmcp speaks the protocol; what a
//! tool answers is what the same function answers at a door of its own.

mod arguments;
mod bridge;
mod handler;
mod message;
mod results;
mod schemas;
mod tools;

pub(crate) use bridge::answer;
pub(crate) use message::Message;
