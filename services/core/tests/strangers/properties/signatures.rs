use jiff::Timestamp;

use vitrine_core::{
    inbound::is_signed,
    webhooks::{SenderSecret, Signed, WebhookSecret, signature as signed_by},
};

const OURS: [u8; 32] = [7; 32];

/// No header passes for a signature but the right one of this very body. `header` is what a stranger
/// says, of which the first line is an id and the second a time.
pub fn signature(header: &str, body: &str) {
    assert!(!is_signed(&OURS, body.as_bytes(), header));
    let now = Timestamp::UNIX_EPOCH;
    let mut lines = header.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (id, time, signatures) = (line(), line(), line());
    let ours = WebhookSecret::new(OURS);
    let secret = SenderSecret::try_from(ours.reveal()).expect("a secret is read as it is shown");
    if let Ok(message) = Signed::new(id, time, signatures, now) {
        assert!(secret.signed(&message, body.as_bytes()).is_err());
    }
    let right = signed_by([&ours].into_iter(), id, 0, body);
    let message = Signed::new(id, "0", &right, now).expect("a time that is now");
    assert!(secret.signed(&message, body.as_bytes()).is_ok());
    assert!(secret.signed(&message, format!("{body} ").as_bytes()).is_err());
    if let Ok(other) = SenderSecret::try_from(header.to_owned()) {
        assert!((24..=64).contains(&other.bytes().len()));
        assert!(!format!("{other:?}").contains(header));
    }
}
