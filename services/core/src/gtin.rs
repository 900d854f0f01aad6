//! Global Trade Item Numbers, in the one form that they are compared in.

use crate::product::Variant;

/// The digits of a GTIN, padded with zeros to 14: the same article has the same ones, whether it is
/// written as GTIN-8, -12, -13 or -14 (GS1 General Specifications, section 7.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gtin(String);

impl Gtin {
    /// Reads it as merchants write it, with spaces and hyphens. None where that is none, or stands
    /// for none, as zeros alone do. The check digit is not looked at: what is the same wrong number
    /// twice is the same.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.replace([' ', '-'], "");
        let is_one = matches!(digits.len(), 8 | 12 | 13 | 14)
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.bytes().any(|byte| byte != b'0');
        is_one.then(|| Self(format!("{digits:0>14}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Variant {
    /// Its GTIN, where what the merchant writes is one.
    pub fn read_gtin(&self) -> Option<Gtin> {
        self.gtin.as_deref().and_then(Gtin::read)
    }
}

#[cfg(test)]
mod tests {
    use super::Gtin;

    #[test]
    fn one_article_has_one_gtin_however_long_it_is_written() {
        let read = |text: &str| Gtin::read(text).map(|gtin| gtin.as_str().to_owned());
        for text in ["4006381333931", "04006381333931", "4 006381-333931"] {
            assert_eq!(read(text).as_deref(), Some("04006381333931"), "{text}");
        }
        assert_eq!(read("73513537").as_deref(), Some("00000073513537"));
        for none in ["", "-", "n/a", "123", "400638133393x", "00000000", "4006381333931\0"] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }
}
