use super::is_told;
use vitrine_core::{
    photo::{DETAIL_SIDE, MAX_BYTES, MAX_PIXELS, MAX_RATIO, MIN_SIDE, Photo, PhotoError},
    pictures::Picture,
};

/// The square that photos are brought to here.
const SIDE: u32 = 64;

/// Bytes are a photo within bounds, which comes back from what is kept of it as it was, or an error
/// that can be told. A product's picture is read by the same bounds.
pub fn photo(bytes: &[u8]) {
    match Photo::read(bytes, SIDE) {
        Ok(photo) => within_bounds(&photo),
        Err(error) => {
            is_told(&error);
            assert_eq!(bytes.is_empty(), error == PhotoError::Empty);
            assert_eq!(bytes.len() > MAX_BYTES, error == PhotoError::TooManyBytes);
        }
    }
    if let Ok((picture, pixels)) = Picture::read(bytes) {
        assert_eq!(picture.bytes, bytes.len() as u64);
        is_within_bounds((picture.width, picture.height));
        assert!(pixels.width().max(pixels.height()) <= DETAIL_SIDE);
    }
}

fn within_bounds(photo: &Photo) {
    is_within_bounds(photo.size());
    assert_eq!(photo.square().dimensions(), (SIDE, SIDE));
    let shown = image::load_from_memory(&photo.jpeg());
    let shown = shown.expect("a photo is shown as a picture that can be read");
    assert!(shown.width().max(shown.height()) <= DETAIL_SIDE);
    let kept = Photo::from_bytes(&photo.to_bytes()).expect("what is kept is read again");
    assert_eq!((kept.id(), kept.size()), (photo.id(), photo.size()));
    assert_eq!(kept.square(), photo.square());
}

fn is_within_bounds((width, height): (u32, u32)) {
    let (short, long) = (width.min(height), width.max(height));
    assert!(short >= MIN_SIDE, "{width} x {height}");
    assert!(u64::from(width) * u64::from(height) <= MAX_PIXELS, "{width} x {height}");
    assert!(long <= short.saturating_mul(MAX_RATIO), "{width} x {height}");
}

/// What a shared cache says is a photo is one that can be worked with, or none.
pub fn kept_photo(bytes: &[u8]) {
    let Some(photo) = Photo::from_bytes(bytes) else { return };
    let (width, height) = photo.square().dimensions();
    assert_eq!(width, height);
    assert!(!photo.jpeg().is_empty());
    let again = Photo::from_bytes(&photo.to_bytes()).expect("what is kept is read again");
    assert_eq!((again.id(), again.size()), (photo.id(), photo.size()));
}
