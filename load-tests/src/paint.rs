use image::{Rgb, RgbImage};

/// Paints a square in the corner of a photo, so that it is another one.
pub(crate) fn mark(photo: &mut RgbImage, side: u32, shade: [u8; 3]) {
    for x in 0..photo.width().min(side) {
        for y in 0..photo.height().min(side) {
            photo.put_pixel(x, y, Rgb(shade));
        }
    }
}
