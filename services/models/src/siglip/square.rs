use fast_image_resize::FilterType;
use image::{Rgb, RgbImage, imageops};

use crate::picture::{scaled, within};

/// How a picture becomes the square that an encoder sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fit {
    /// Both sides to the square's, whatever they were.
    Pressed(FilterType),
    /// As large as goes into the square, in its middle, with this shade beside it.
    LaidOn(u8),
}

pub(super) fn squared(picture: &RgbImage, side: u32, fit: Fit) -> RgbImage {
    let shade = match fit {
        Fit::Pressed(filter) => return scaled(picture, (side, side), filter),
        Fit::LaidOn(shade) => shade,
    };
    let small = scaled(picture, within(side, picture.dimensions()), FilterType::Bilinear);
    let mut square = RgbImage::from_pixel(side, side, Rgb([shade; 3]));
    let (left, top) = ((side - small.width()) / 2, (side - small.height()) / 2);
    imageops::replace(&mut square, &small, left.into(), top.into());
    square
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Rgb<u8> = Rgb([200, 0, 0]);
    const GREY: Rgb<u8> = Rgb([128; 3]);

    #[test]
    fn a_picture_is_laid_whole_in_the_middle_of_grey() {
        let square = squared(&RgbImage::from_pixel(400, 100, RED), 96, Fit::LaidOn(128));
        let rows: Vec<u32> = (0..96).filter(|y| *square.get_pixel(48, *y) == RED).collect();
        assert_eq!((rows.len(), rows[0]), (24, 36));
        assert!([0, 35, 60, 95].iter().all(|y| *square.get_pixel(0, *y) == GREY));
        assert!([0, 95].iter().all(|x| *square.get_pixel(*x, 48) == RED));
    }

    #[test]
    fn a_thread_of_a_picture_still_shows() {
        let square = squared(&RgbImage::from_pixel(3, 700, RED), 96, Fit::LaidOn(128));
        assert_eq!(square.pixels().filter(|pixel| **pixel == RED).count(), 96);
    }

    #[test]
    fn pressed_into_a_square_a_picture_fills_it() {
        let fit = Fit::Pressed(FilterType::CatmullRom);
        let square = squared(&RgbImage::from_pixel(400, 100, RED), 96, fit);
        assert!(square.pixels().all(|pixel| *pixel == RED));
    }
}
