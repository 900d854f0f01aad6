use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::RgbImage;

/// Scaled to this width and height by the arithmetic of Pillow: weighted by area where the picture
/// becomes smaller. Black where it has no pixels.
pub(crate) fn scaled(picture: &RgbImage, size: (u32, u32), filter: FilterType) -> RgbImage {
    if picture.dimensions() == size {
        return picture.clone();
    }
    let (width, height) = picture.dimensions();
    let mut target = Image::new(size.0, size.1, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    // What the resizer refuses has no pixels, and stays black.
    let _ = ImageRef::new(width, height, picture.as_raw(), PixelType::U8x3)
        .map(|source| Resizer::new().resize(&source, &mut target, &options));
    RgbImage::from_raw(size.0, size.1, target.into_vec())
        .unwrap_or_else(|| RgbImage::new(size.0, size.1))
}

/// The size in which the longer side is `longest` and proportions are kept, as far as one pixel
/// allows.
pub(crate) fn within(longest: u32, (width, height): (u32, u32)) -> (u32, u32) {
    let longer = u64::from(width.max(height).max(1));
    let side = |side: u32| {
        let scaled = (u64::from(side) * u64::from(longest) + longer / 2) / longer;
        u32::try_from(scaled).unwrap_or(longest).clamp(1, longest)
    };
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn proportions_are_kept_down_to_one_pixel() {
        assert_eq!(within(96, (200, 100)), (96, 48));
        assert_eq!(within(96, (3, 700)), (1, 96));
        assert_eq!(within(512, (1, 1)), (512, 512));
        assert_eq!(within(96, (0, 0)), (1, 1));
    }

    #[test]
    fn thin_stripes_fade_into_their_mean() {
        let stripes =
            RgbImage::from_fn(400, 400, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let small = scaled(&stripes, (20, 20), FilterType::Bilinear);
        assert!(small.pixels().all(|pixel| (95..=105).contains(&pixel.0[0])));
    }

    #[test]
    fn a_picture_without_pixels_is_black() {
        let black = scaled(&RgbImage::new(0, 0), (4, 4), FilterType::Bilinear);
        assert_eq!(black, RgbImage::new(4, 4));
    }
}
