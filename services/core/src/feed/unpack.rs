//! Packed feeds: gzip, and the first file of a zip archive, unpacked while they are read.

use std::io::{self, BufRead, Cursor, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};

/// The most bytes that a packed feed may unpack to: a million long rows with room to spare.
const MOST: u64 = 8 * 1024 * 1024 * 1024;
/// A zip archive's local file header without name and extra field, in bytes (APPNOTE.TXT 4.3.7).
const ZIP_HEADER: usize = 30;

/// The feed's own bytes.
pub(super) fn unpack<'a>(
    mut packed: impl BufRead + Send + 'a,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut magic = Vec::new();
    packed.by_ref().take(4).read_to_end(&mut magic)?;
    let whole = Cursor::new(magic.clone()).chain(packed);
    match magic.as_slice() {
        [0x1f, 0x8b, ..] => Ok(Box::new(Bounded::new(MultiGzDecoder::new(whole)))),
        b"PK\x03\x04" => first_file(whole),
        _ => Ok(Box::new(whole)),
    }
}

fn first_file<'a>(mut archive: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let refuse = |why: &str| Err(io::Error::new(io::ErrorKind::Unsupported, why.to_owned()));
    let mut header = [0; ZIP_HEADER];
    archive.read_exact(&mut header)?;
    let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    if short(6) & 1 == 1 {
        return refuse("the zip archive is encrypted; send it without a password");
    }
    let between = u64::from(short(26)) + u64::from(short(28));
    io::copy(&mut archive.by_ref().take(between), &mut io::sink())?;
    match short(8) {
        8 => Ok(Box::new(Bounded::new(DeflateDecoder::new(archive)))),
        0 => {
            let size = [header[22], header[23], header[24], header[25]];
            Ok(Box::new(archive.take(u64::from(u32::from_le_bytes(size)))))
        }
        _ => refuse("the zip archive is packed in a way that is not read here; use gzip"),
    }
}

/// Ends with an error where more comes out than any feed can need.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R> Bounded<R> {
    fn new(inner: R) -> Self {
        Self { inner, left: MOST }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let message = format!("it unpacks to more than {MOST} bytes; split the feed");
            io::Error::new(io::ErrorKind::FileTooLarge, message)
        })?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder},
    };

    use super::*;

    fn unpacked(packed: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        unpack(packed)?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn zip(method: u16, flags: u16, data: &[u8]) -> Vec<u8> {
        let mut archive = b"PK\x03\x04\x14\0".to_vec();
        archive.extend(flags.to_le_bytes());
        archive.extend(method.to_le_bytes());
        archive.extend([0; 8]);
        archive.extend((data.len() as u32).to_le_bytes());
        archive.extend((data.len() as u32).to_le_bytes());
        archive.extend([8, 0, 3, 0]);
        archive.extend(b"feed.csv\0\0\0");
        archive.extend(data);
        archive.extend(b"PK\x01\x02 the directory");
        archive
    }

    #[test]
    fn what_is_not_packed_comes_as_it_is() {
        assert_eq!(unpacked(b"id\ttitle").unwrap(), "id\ttitle");
        assert_eq!(unpacked(b"").unwrap(), "");
    }

    #[test]
    fn gzip_and_zip_come_unpacked() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"id\ttitle").unwrap();
        let member = packed.finish().unwrap();
        assert_eq!(unpacked(&[member.clone(), member].concat()).unwrap(), "id\ttitleid\ttitle");

        let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"id\ttitle").unwrap();
        assert_eq!(unpacked(&zip(8, 0, &packed.finish().unwrap())).unwrap(), "id\ttitle");
        assert_eq!(unpacked(&zip(0, 0, b"id\ttitle")).unwrap(), "id\ttitle");
    }

    #[test]
    fn what_can_not_be_unpacked_says_why() {
        let told = |packed: &[u8]| unpacked(packed).unwrap_err().to_string();
        assert!(told(&zip(8, 1, b"")).contains("password"));
        assert!(told(&zip(99, 0, b"")).contains("use gzip"));
        assert!(unpacked(&[0x1f, 0x8b, 8, 0, 0]).is_err());
        let mut bounded = Bounded { inner: io::repeat(b'x'), left: 10_000 };
        let error = io::copy(&mut bounded, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("split the feed"), "{error}");
    }
}
