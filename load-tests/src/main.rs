//! What must hold as a ratio, measured in one run.

fn main() {}
