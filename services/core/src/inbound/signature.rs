use hmac::Mac;

use crate::webhooks::mac;

/// Whether a header is that of Meta's webhooks for this body: `sha256=` and the HMAC-SHA256 of the bytes
/// by the app's secret in hexadecimal digits
/// (<https://developers.facebook.com/docs/graph-api/webhooks/getting-started>). Compared in the same
/// time, right or wrong.
pub fn is_signed(secret: &[u8], body: &[u8], header: &str) -> bool {
    let signature = header.strip_prefix("sha256=").and_then(bytes);
    let (Some(signature), Some(mut mac)) = (signature, mac(secret)) else { return false };
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    };
    hex.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `hmac` and `hashlib` of Python 3.11 for the same bytes.
    #[test]
    fn a_body_is_signed_by_the_hmac_of_its_bytes_alone() {
        let body = br#"{"object":"whatsapp_business_account"}"#;
        let right = "sha256=00eb95ffee813923b6e7c07fd6951c39ffc66c453cc809e2f5770503273edf04";
        assert!(is_signed(b"app secret", body, right));
        assert!(is_signed(b"app secret", body, &right.to_uppercase().replace("SHA", "sha")));
        assert!(!is_signed(b"app secret", b"{}", right));
        assert!(!is_signed(b"another", body, right));
        let digits = &right["sha256=".len()..];
        for wrong in ["", "sha256=", digits, &right[..right.len() - 1], "sha1=00", "sha256=zz"] {
            assert!(!is_signed(b"app secret", body, wrong), "{wrong}");
        }
    }
}
