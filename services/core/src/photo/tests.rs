use std::io::Cursor;

use image::{
    DynamicImage, Frame, ImageBuffer, ImageEncoder, Rgb, Rgba, RgbaImage,
    codecs::{gif::GifEncoder, jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};

use super::*;

const SIDE: u32 = 64;
const TEAL: [u8; 3] = [20, 130, 120];
const RED: [u8; 3] = [220, 30, 30];

/// Left half teal, right half red.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| Rgb(if x < width / 2 { TEAL } else { RED }))
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn read(bytes: &[u8]) -> Result<Photo, PhotoError> {
    Photo::read(bytes, SIDE)
}

fn close(pixel: &Rgb<u8>, colour: [u8; 3]) -> bool {
    pixel.0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 8)
}

/// The colour in the middle of the square.
fn middle(photo: &Photo) -> [u8; 3] {
    photo.square().get_pixel(SIDE / 2, SIDE / 2).0
}

/// The EXIF of a picture that must be turned: one big-endian TIFF directory with tag 0x0112.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2A\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0; 4]);
    exif
}

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in kind.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(kind);
    chunk.extend_from_slice(data);
    chunk.extend((!crc).to_be_bytes());
    chunk
}

/// A PNG that says how large it is and holds next to nothing.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(png_chunk(b"IHDR", &header));
    // zlib: header, one stored block of one zero byte, Adler-32
    png.extend(png_chunk(b"IDAT", &[0x78, 0x01, 1, 1, 0, 0xFE, 0xFF, 0, 0, 1, 0, 1]));
    png.extend(png_chunk(b"IEND", &[]));
    png
}

#[test]
fn what_is_not_an_image_is_told_so() {
    assert_eq!(read(b"").unwrap_err(), PhotoError::Empty);
    for bytes in [b"hello, this is a text".as_slice(), b"%PDF-1.7 ...", b"<svg/>", &[0; 4096], b"x"]
    {
        assert_eq!(read(bytes).unwrap_err(), PhotoError::NotAPicture);
    }
}

#[test]
fn a_picture_cut_short_is_damaged_in_every_format() {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let noise = RgbImage::from_fn(160, 120, |x, y| {
        Rgb([(x * 37 + y * 101) as u8, (x * y) as u8, (x ^ (y * 7)) as u8])
    });
    for format in [Jpeg, Png, WebP, Gif, Bmp, Tiff] {
        let whole = encoded(noise.clone(), format);
        assert!(read(&whole).is_ok(), "{format:?}");
        for part in [2, 3, 10] {
            let cut = &whole[..whole.len() - whole.len() / part];
            let error = read(cut).unwrap_err();
            assert!(matches!(error, PhotoError::Damaged(_)), "{format:?} less 1/{part}: {error}");
        }
    }
}

#[test]
fn a_picture_of_a_few_bytes_is_damaged_and_never_a_panic() {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    for format in [Jpeg, Png, WebP, Gif, Bmp, Tiff] {
        let whole = encoded(picture(80, 80), format);
        for length in 1..whole.len().min(200) {
            assert!(read(&whole[..length]).is_err(), "{format:?} of {length} bytes");
        }
    }
}

#[test]
fn a_decompression_bomb_is_refused_by_its_header() {
    let bomb = png_claiming(30_000, 30_000);
    assert!(bomb.len() < 60_000);
    let started = std::time::Instant::now();
    let error = read(&bomb).unwrap_err();
    assert_eq!(error, PhotoError::TooManyPixels { width: 30_000, height: 30_000 });
    assert!(started.elapsed() < std::time::Duration::from_millis(200));
    assert_eq!(
        read(&png_claiming(100_000, 100_000)).unwrap_err(),
        PhotoError::TooManyPixels { width: 100_000, height: 100_000 }
    );
}

#[test]
fn the_most_pixels_are_taken_and_one_row_more_is_not() {
    assert_eq!(check_size((10_000, 6_000)), Ok(()));
    assert!(matches!(check_size((10_000, 6_001)), Err(PhotoError::TooManyPixels { .. })));
    assert!(matches!(check_size((u32::MAX, u32::MAX)), Err(PhotoError::TooManyPixels { .. })));
}

#[test]
fn a_side_under_64_pixels_is_too_small() {
    let refused = |width, height| read(&encoded(picture(width, height), ImageFormat::Png)).err();
    assert_eq!(refused(63, 100), Some(PhotoError::TooSmall { width: 63, height: 100 }));
    assert_eq!(refused(100, 63), Some(PhotoError::TooSmall { width: 100, height: 63 }));
    assert_eq!(refused(64, 64), None);
}

#[test]
fn a_strip_longer_than_eight_times_its_width_is_too_narrow() {
    let refused = |width, height| read(&encoded(picture(width, height), ImageFormat::Png)).err();
    assert_eq!(refused(513, 64), Some(PhotoError::TooNarrow { width: 513, height: 64 }));
    assert_eq!(refused(64, 513), Some(PhotoError::TooNarrow { width: 64, height: 513 }));
    assert_eq!(refused(512, 64), None);
}

#[test]
fn more_than_20_mib_are_refused_unread() {
    let mut bytes = encoded(picture(80, 80), ImageFormat::Png);
    bytes.resize(MAX_BYTES, 0);
    assert!(read(&bytes).is_ok());
    bytes.push(0);
    assert_eq!(read(&bytes).unwrap_err(), PhotoError::TooManyBytes);
}

#[test]
fn of_a_moving_gif_the_first_frame_counts() {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for [red, green, blue] in [TEAL, RED, [0, 0, 255]] {
        let frame = RgbaImage::from_pixel(80, 80, Rgba([red, green, blue, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let photo = read(&bytes).unwrap();
    assert!(close(&Rgb(middle(&photo)), TEAL), "{:?}", middle(&photo));
}

#[test]
fn a_cmyk_jpeg_keeps_its_colour() {
    let photo = read(include_bytes!("../../tests/photos/cmyk-red.jpg")).unwrap();
    let [red, green, blue] = middle(&photo);
    assert!(red > 200 && green < 60 && blue < 60, "{:?}", middle(&photo));
    assert_eq!(photo.size(), (96, 80));
}

#[test]
fn a_16_bit_png_keeps_its_colour() {
    let deep = ImageBuffer::from_pixel(80, 80, Rgb(TEAL.map(|value| u16::from(value) * 257)));
    let photo = read(&encoded(DynamicImage::ImageRgb16(deep), ImageFormat::Png)).unwrap();
    assert_eq!(middle(&photo), TEAL);
}

#[test]
fn a_grey_png_is_grey() {
    let grey = image::GrayImage::from_pixel(80, 80, image::Luma([77]));
    let photo = read(&encoded(grey, ImageFormat::Png)).unwrap();
    assert_eq!(middle(&photo), [77; 3]);
}

#[test]
fn what_is_transparent_lies_over_white() {
    let clear = |alpha| RgbaImage::from_pixel(80, 80, Rgba([0, 0, 0, alpha]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        assert_eq!(middle(&read(&encoded(clear(0), format)).unwrap()), [255; 3]);
        assert_eq!(middle(&read(&encoded(clear(51), format)).unwrap()), [204; 3]);
        assert_eq!(middle(&read(&encoded(clear(255), format)).unwrap()), [0; 3]);
    }
}

#[test]
fn a_photo_is_upright_whatever_its_exif_says() {
    let corners = [[230, 20, 20], [20, 200, 20], [20, 20, 230], [230, 220, 20]];
    let upright = DynamicImage::from(RgbImage::from_fn(96, 80, |x, y| {
        Rgb(corners[usize::from(x >= 48) + 2 * usize::from(y >= 40)])
    }));
    // How each orientation's file is stored: what undoes the turn that a viewer makes (Exif 2.32,
    // tag Orientation).
    let stored = [
        upright.clone(),
        upright.fliph(),
        upright.rotate180(),
        upright.flipv(),
        upright.rotate90().fliph(),
        upright.rotate270(),
        upright.rotate270().fliph(),
        upright.rotate90(),
    ];
    for (orientation, stored) in (1_u8..).zip(stored) {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
        encoder.set_exif_metadata(exif(orientation)).unwrap();
        encoder.encode_image(&stored).unwrap();
        let photo = read(&bytes).unwrap();
        assert_eq!(photo.size(), (96, 80), "orientation {orientation}");
        for (at, colour) in [(16, 16), (48, 16), (16, 48), (48, 48)].into_iter().zip(corners) {
            let pixel = photo.square().get_pixel(at.0, at.1);
            assert!(close(pixel, colour), "orientation {orientation} at {at:?}: {pixel:?}");
        }
    }
}

#[test]
fn png_and_webp_are_turned_by_their_exif_too() {
    let stored = picture(96, 80);
    let mut png = Vec::new();
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encoder.write_image(&stored, 96, 80, image::ExtendedColorType::Rgb8).unwrap();
    let mut webp = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut webp);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encoder.write_image(&stored, 96, 80, image::ExtendedColorType::Rgb8).unwrap();
    for (format, bytes) in [("PNG", png), ("WebP", webp)] {
        assert_eq!(read(&bytes).unwrap().size(), (80, 96), "{format}");
    }
}

#[test]
fn heic_and_avif_are_refused_by_name() {
    let file = |major: &[u8; 4], compatible: &[u8; 4]| {
        let mut bytes = 24_u32.to_be_bytes().to_vec();
        bytes.extend(b"ftyp");
        bytes.extend(major);
        bytes.extend([0; 4]);
        bytes.extend(b"mif1");
        bytes.extend(compatible);
        bytes.extend([0; 600]);
        bytes
    };
    for (major, compatible, name) in [
        (b"heic", b"heic", "HEIC"),
        (b"mif1", b"heic", "HEIC"),
        (b"hevc", b"hevc", "HEIC"),
        (b"avif", b"miaf", "AVIF"),
        (b"mif1", b"avif", "AVIF"),
    ] {
        let error = read(&file(major, compatible)).unwrap_err();
        assert_eq!(error, PhotoError::Unsupported(name));
        assert!(error.to_string().starts_with(name) && error.to_string().contains("JPEG"));
    }
    let mut film = 20_u32.to_be_bytes().to_vec();
    film.extend(b"ftypisom\0\0\x02\0mp42");
    assert_eq!(read(&film).unwrap_err(), PhotoError::Unsupported("Video"));
}

#[test]
fn a_wide_photo_is_centred_on_grey() {
    let photo = Photo::from_picture(&picture(128, 64), SIDE);
    let square = photo.square();
    assert_eq!(square.dimensions(), (SIDE, SIDE));
    for y in [0, 15, 48, 63] {
        assert_eq!(square.get_pixel(10, y).0, [MARGIN; 3], "row {y}");
    }
    for y in [16, 47] {
        assert_eq!(square.get_pixel(10, y).0, TEAL, "row {y}");
        assert_eq!(square.get_pixel(50, y).0, RED, "row {y}");
    }
    assert_eq!(photo.size(), (128, 64));
}

#[test]
fn a_tall_photo_is_centred_on_grey() {
    let photo = Photo::from_picture(&picture(64, 256), SIDE);
    for (x, colour) in [(23, [MARGIN; 3]), (24, TEAL), (39, RED), (40, [MARGIN; 3])] {
        assert_eq!(photo.square().get_pixel(x, 30).0, colour, "column {x}");
    }
}

#[test]
fn a_small_photo_is_scaled_up_to_the_models_square() {
    let photo = Photo::from_picture(&picture(64, 64), 448);
    assert_eq!(photo.square().dimensions(), (448, 448));
    assert_eq!(photo.square().get_pixel(10, 10).0, TEAL);
}

#[test]
fn a_region_of_the_square_maps_back_onto_the_photo() {
    let near = |a: Region, b: Region| {
        let pairs = [(a.left, b.left), (a.top, b.top), (a.right, b.right), (a.bottom, b.bottom)];
        pairs.iter().all(|(a, b)| (a - b).abs() < 1e-5)
    };
    let wide = Photo::from_picture(&picture(128, 64), SIDE);
    let region = |left, top, right, bottom| Region { left, top, right, bottom };
    let back = wide.from_square(region(0.0, 0.25, 0.5, 0.5)).unwrap();
    assert!(near(back, region(0.0, 0.0, 0.5, 0.5)), "{back:?}");
    let whole = wide.from_square(Region::WHOLE).unwrap();
    assert!(near(whole, Region::WHOLE), "{whole:?}");
    assert_eq!(wide.from_square(region(0.0, 0.0, 1.0, 0.2)), None);

    let square = Photo::from_picture(&picture(64, 64), SIDE);
    let same = region(0.1, 0.2, 0.3, 0.4);
    assert!(near(square.from_square(same).unwrap(), same));
}

#[test]
fn the_same_picture_has_the_same_id_whatever_its_file() {
    let scene = picture(300, 200);
    let [png, webp, bmp, tiff] =
        [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff]
            .map(|format| read(&encoded(scene.clone(), format)).unwrap().id().to_owned());
    assert_eq!((&png, &png, &png), (&webp, &bmp, &tiff));
    let other = Photo::from_picture(&picture(200, 300), SIDE);
    assert_ne!(png, other.id());
    assert_eq!(png.len(), 32);
}

#[test]
fn a_photo_comes_back_from_its_bytes_as_it_was() {
    for (width, height) in [(96, 96), (300, 120), (64, 500)] {
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 7]));
        let photo = Photo::from_picture(&picture, 144);
        let back = Photo::from_bytes(&photo.to_bytes()).unwrap();
        assert_eq!((back.id(), back.size()), (photo.id(), photo.size()));
        let region = Region { left: 0.3, top: 0.4, right: 0.6, bottom: 0.7 };
        assert_eq!(back.from_square(region), photo.from_square(region));
        let (kept, sent) = (back.part(region), photo.part(region));
        assert_eq!(kept.dimensions(), sent.dimensions());
        let differ =
            kept.as_raw().iter().zip(sent.as_raw()).map(|(one, other)| one.abs_diff(*other));
        assert!(differ.max().unwrap() < 40, "a part looks as it did");
    }
}

#[test]
fn the_whole_photo_comes_out_upright_and_without_margins() {
    for (width, height, kept) in [(400, 200, (400, 200)), (1_024, 512, (512, 256))] {
        let photo = Photo::from_picture(&picture(width, height), 96);
        let whole = image::load_from_memory(&photo.jpeg()).unwrap();
        assert_eq!((whole.width(), whole.height()), kept);
    }
}

#[test]
fn a_part_is_shown_with_a_little_around_it_as_large_as_is_known() {
    let picture = RgbImage::from_fn(2_000, 1_000, |x, y| {
        let inside = (500..1_000).contains(&x) && (250..750).contains(&y);
        Rgb(if inside { [200, 30, 40] } else { [20, 60, 20] })
    });
    let region = Region { left: 0.25, top: 0.25, right: 0.5, bottom: 0.75 };
    for (side, wide) in [(64, 144), (512, 144), (768, 216)] {
        let part = Photo::from_picture(&picture, side).part(region);
        assert!(part.width().abs_diff(wide) <= 2, "{side}: {}", part.width());
        assert!(part.width().abs_diff(part.height()) <= 2);
        let middle = part.get_pixel(part.width() / 2, part.height() / 2).0;
        assert!(middle[0] > 180 && middle[1] < 50, "{side}: {middle:?}");
        assert!(part.get_pixel(0, 0).0[0] < 60, "what is around it");
    }
    let small = Photo::from_picture(&RgbImage::new(100, 80), 64);
    let whole = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    assert_eq!(small.part(whole).dimensions(), (100, 80), "nothing is made larger");
    let corner = Region { left: 0.999, top: 0.999, right: 1.0, bottom: 1.0 };
    assert_eq!(small.part(corner).dimensions(), (1, 1), "there is always something");
}

#[test]
fn other_bytes_are_no_photo() {
    let bytes = Photo::from_picture(&RgbImage::new(96, 96), 64).to_bytes();
    assert!(Photo::from_bytes(&[]).is_none());
    assert!(Photo::from_bytes(&bytes[..19]).is_none());
    assert!(Photo::from_bytes(&bytes[..bytes.len() - 1]).is_none());
    let mut huge = bytes.clone();
    huge[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(Photo::from_bytes(&huge).is_none());
    let mut wide = bytes;
    wide[12..16].copy_from_slice(&65_u32.to_le_bytes());
    assert!(Photo::from_bytes(&wide).is_none());
}
