//! The client for addresses from outside, over real sockets.

mod addresses;
mod answers;
mod telling;
mod world;
