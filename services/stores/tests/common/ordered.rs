//! A program that does what the lines of its standard input say, and ends with that input.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

pub(crate) struct Ordered {
    name: &'static str,
    orders: Option<ChildStdin>,
    said: Lines<BufReader<ChildStdout>>,
    process: Child,
}

impl Ordered {
    /// Starts it, and answers what it says that it is ready at.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> (Self, String) {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, said) = (process.stdin.take(), process.stdout.take().unwrap());
        let mut this = Self { name, orders, said: BufReader::new(said).lines(), process };
        let ready = this.until("ready ");
        (this, ready)
    }

    /// It is done when this returns.
    pub(crate) fn order(&mut self, order: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        self.until("done");
    }

    /// It is gone when this returns, with all that it held.
    pub(crate) fn end(&mut self) {
        drop(self.orders.take());
        let _ = self.process.wait();
    }

    /// What follows this in the line that begins with it.
    fn until(&mut self, begins: &str) -> String {
        let mut all = String::new();
        for line in &mut self.said {
            let line = line.unwrap();
            if let Some(rest) = line.strip_prefix(begins) {
                return rest.to_owned();
            }
            all += &line;
            all += "\n";
        }
        panic!("{} is installed but does not start:\n{all}", self.name);
    }
}

impl Drop for Ordered {
    fn drop(&mut self) {
        self.end();
    }
}
