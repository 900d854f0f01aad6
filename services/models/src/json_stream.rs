//! Reading JSON while it is being written.

/// What a byte completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// An object or array was opened; the depth it lies at, the outermost being 1.
    Open(usize),
    /// A comma between the members of the object or array at this depth.
    Comma(usize),
    /// The object or array at this depth was closed.
    Close(usize),
}

/// Follows the nesting of compact JSON byte by byte.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    pub(crate) fn push(&mut self, byte: u8) -> Option<Mark> {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return None;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                None
            }
            b'[' | b'{' => {
                self.depth += 1;
                Some(Mark::Open(self.depth))
            }
            b']' | b'}' => {
                let depth = self.depth;
                self.depth = self.depth.saturating_sub(1);
                Some(Mark::Close(depth))
            }
            b',' => Some(Mark::Comma(self.depth)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_commas_in_strings_do_not_count() {
        let mut nesting = Nesting::default();
        let marks: Vec<Mark> =
            r#"[{"a":"x,]}\"","b":[1,2]}]"#.bytes().filter_map(|byte| nesting.push(byte)).collect();
        use Mark::{Close, Comma, Open};
        assert_eq!(
            marks,
            [Open(1), Open(2), Comma(2), Open(3), Comma(3), Close(3), Close(2), Close(1)]
        );
    }
}
