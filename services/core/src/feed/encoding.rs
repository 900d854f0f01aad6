//! A feed's bytes to UTF-8: UTF-8 and UTF-16 with or without a byte order mark, else Windows-1252,
//! which Latin-1 is a part of.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at once.
const PIECE: usize = 64 * 1024;
/// The longest sequence of one character in UTF-8.
const LONGEST: usize = 4;

/// Reads as UTF-8 what may be encoded otherwise. Bytes that are wrong in the encoding become
/// U+FFFD.
pub(super) struct Utf8<R> {
    inner: R,
    decoder: Option<Decoder>,
    /// Read and not yet decoded.
    raw: Vec<u8>,
    ended: bool,
    /// Nothing was decoded yet.
    begins: bool,
    text: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(inner: R) -> Self {
        let (raw, text) = (Vec::new(), Vec::new());
        Self { inner, decoder: None, raw, ended: false, begins: true, text, given: 0 }
    }

    fn more_text(&mut self) -> io::Result<()> {
        let started = self.raw.len();
        self.raw.resize(started + PIECE, 0);
        let read = self.inner.read(&mut self.raw[started..])?;
        self.raw.truncate(started + read);
        self.ended = read == 0;
        self.text.clear();
        self.given = 0;
        if self.decoder.is_none() {
            match guess(&self.raw, self.begins, self.ended) {
                Guess::Known(encoding) => {
                    self.decoder = Some(encoding.new_decoder_with_bom_removal());
                }
                Guess::Ascii(length) => {
                    self.begins &= length == 0;
                    self.text.extend_from_slice(&self.raw[..length]);
                    self.raw.drain(..length);
                    return Ok(());
                }
            }
        }
        if let Some(decoder) = &mut self.decoder {
            let room = decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(0);
            self.text.resize(room, 0);
            let (_, _, written, _) = decoder.decode_to_utf8(&self.raw, &mut self.text, self.ended);
            self.text.truncate(written);
            self.raw.clear();
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.more_text()?;
        }
        let length = buffer.len().min(self.text.len() - self.given);
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

enum Guess {
    Known(&'static Encoding),
    /// So many bytes are ASCII, and what follows is not yet enough to tell.
    Ascii(usize),
}

/// The encoding told by the first bytes that tell one: a byte order mark, zeros as UTF-16 has them
/// in ASCII letters, or the first letter beyond ASCII.
fn guess(raw: &[u8], begins: bool, ended: bool) -> Guess {
    if raw.len() < LONGEST && !ended {
        return Guess::Ascii(0);
    }
    if begins {
        if let Some((encoding, _)) = Encoding::for_bom(raw) {
            return Guess::Known(encoding);
        }
        match raw {
            [first, 0, ..] if *first != 0 => return Guess::Known(UTF_16LE),
            [0, second, ..] if *second != 0 => return Guess::Known(UTF_16BE),
            _ => {}
        }
    }
    let beyond = Encoding::ascii_valid_up_to(raw);
    if beyond == raw.len() {
        return Guess::Ascii(beyond);
    }
    let tail = &raw[beyond..];
    let tail = &tail[..tail.len().min(LONGEST)];
    match std::str::from_utf8(tail) {
        Ok(_) => Guess::Known(UTF_8),
        Err(error) if error.valid_up_to() > 0 => Guess::Known(UTF_8),
        Err(error) if error.error_len().is_none() && !ended => Guess::Ascii(beyond),
        Err(_) => Guess::Known(WINDOWS_1252),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn decoded(bytes: &[u8]) -> String {
        let mut texts = [1, 2, 3, 1000].map(|step| {
            let mut text = String::new();
            Utf8::new(Drip(bytes, step)).read_to_string(&mut text).unwrap();
            text
        });
        texts.sort_unstable();
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
        texts[0].clone()
    }

    const TEXT: &str = "id,title\n1,Röckchen\n2,Café 连衣裙\n";

    #[test]
    fn utf_8_and_utf_16_are_read_with_and_without_a_mark() {
        let wide = |little: bool| -> Vec<u8> {
            let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            TEXT.encode_utf16().flat_map(bytes).collect()
        };
        assert_eq!(decoded(TEXT.as_bytes()), TEXT);
        assert_eq!(decoded(&[b"\xef\xbb\xbf", TEXT.as_bytes()].concat()), TEXT);
        for (little, mark) in [(true, [0xff, 0xfe]), (false, [0xfe, 0xff])] {
            assert_eq!(decoded(&wide(little)), TEXT);
            assert_eq!(decoded(&[&mark[..], &wide(little)].concat()), TEXT);
        }
    }

    #[test]
    fn latin_1_is_told_by_its_first_letter_beyond_ascii_however_late() {
        let late = [&b"x".repeat(200_000)[..], b"\nR\xf6ckchen, 20 \x80\n"].concat();
        assert!(decoded(&late).ends_with("x\nRöckchen, 20 €\n"));
        assert_eq!(decoded(b"caf\xe9"), "café");
    }

    #[test]
    fn a_wrong_byte_in_utf_8_becomes_the_replacement_character() {
        assert_eq!(
            decoded("é".as_bytes().iter().chain(b"\xff.").copied().collect::<Vec<_>>().as_slice()),
            "é\u{fffd}."
        );
        assert_eq!(decoded(b""), "");
    }
}
