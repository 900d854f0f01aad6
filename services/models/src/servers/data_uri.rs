use base64::{Engine, engine::general_purpose::STANDARD};
use fast_image_resize::FilterType;
use image::{
    ExtendedColorType, ImageEncoder, ImageError, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use vitrine_core::ports::ModelError;

use crate::picture::{scaled, within};

/// No side is longer of what an encoder gets, in pixels: it sees no more.
const LONGEST: u32 = 512;
/// No side is shorter: the image processors of transformers take a side of up to 4 for the colours.
const SHORTEST: u32 = 16;
/// The bytes from which a PNG is sent as a JPEG.
const LARGE: usize = 256 * 1024;
const JPEG_QUALITY: u8 = 95;

/// A picture on its way to a server.
pub(super) struct Encoded {
    kind: &'static str,
    bytes: Vec<u8>,
}

impl Encoded {
    /// The picture as it is.
    pub(super) fn of(picture: &RgbImage) -> Result<Self, ModelError> {
        let (kind, bytes) =
            encoded(picture).map_err(|error| ModelError::Answer(error.to_string()))?;
        Ok(Self { kind, bytes })
    }

    pub(super) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// A `data:` URI (RFC 2397).
    pub(super) fn uri(&self) -> String {
        format!("data:image/{};base64,{}", self.kind, self.base64())
    }
}

/// The picture as a `data:` URI, scaled to what an encoder sees.
pub(super) fn data_uri(picture: &RgbImage) -> Result<String, ModelError> {
    let sent = scaled(picture, size(picture.dimensions()), FilterType::Bilinear);
    Ok(Encoded::of(&sent)?.uri())
}

fn size((width, height): (u32, u32)) -> (u32, u32) {
    let (width, height) = within(LONGEST.min(width.max(height)).max(1), (width, height));
    (width.max(SHORTEST), height.max(SHORTEST))
}

fn encoded(picture: &RgbImage) -> Result<(&'static str, Vec<u8>), ImageError> {
    let ((width, height), colours) = (picture.dimensions(), ExtendedColorType::Rgb8);
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(picture, width, height, colours)?;
    if bytes.len() <= LARGE {
        return Ok(("png", bytes));
    }
    bytes.clear();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .write_image(picture, width, height, colours)?;
    Ok(("jpeg", bytes))
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn no_picture_is_sent_larger_than_is_seen_nor_so_thin_that_it_is_misread() {
        assert_eq!(size((1024, 300)), (512, 150));
        assert_eq!(size((300, 200)), (300, 200));
        assert_eq!(size((700, 3)), (512, 16));
        assert_eq!(size((1, 1)), (16, 16));
        assert_eq!(size((0, 0)), (16, 16));
    }

    #[test]
    fn a_plain_picture_goes_as_png_and_a_busy_one_as_jpeg() {
        let plain = data_uri(&RgbImage::new(900, 900)).unwrap();
        assert!(plain.starts_with("data:image/png;base64,"));
        let mut state = 1_u32;
        let noise = RgbImage::from_fn(512, 512, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 8) as u8, (state >> 16) as u8, (state >> 24) as u8])
        });
        let busy = data_uri(&noise).unwrap();
        assert!(busy.starts_with("data:image/jpeg;base64,"));
    }
}
