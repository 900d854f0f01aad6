//! Breaking what is good, by chance, each time the same.

use super::Dice;

/// What has broken servers before.
pub const ODD: &[&[u8]] = &[
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"null",
    b"[]",
    b"{}",
    b"-1",
    b"1e999",
    b"99999999999999999999999999",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"{\"a\":{\"a\":{\"a\":{}}}}",
    b"--b",
    b"--b--",
    b"\r\n\r\n",
    b"../../etc/passwd",
    b"%00",
    b"%ff%fe",
    b"%zz",
    b"'; DROP TABLE products; --",
    b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    b"; boundary=",
    b"W/\"",
    b"\xe2\x80\xae",
];

/// Breaks bytes in a few places: turns bits over, leaves bytes out, says some twice, puts odd ones in.
pub fn change(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(4) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => {
                let end = (at + dice.below(40)).min(bytes.len());
                let twice = bytes[at..end].to_vec();
                bytes.splice(at..at, twice);
            }
            _ => drop(bytes.splice(at..at, dice.pick(ODD).iter().copied())),
        }
    }
}
