//! The door for pictures: nothing raw passes it. A [`Photo`] is upright, without metadata, within
//! bounds, and in the one shape that the model takes.

use std::{borrow::Cow, io::Cursor, sync::Arc};

use fast_image_resize::{
    FilterType, PixelType, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::jpeg::JpegEncoder,
};

use crate::garment::Region;

/// The most bytes a photo may have.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// The fewest pixels a side may have.
pub const MIN_SIDE: u32 = 64;
/// The most pixels a photo may have: more than any phone takes, less than hurts.
pub const MAX_PIXELS: u64 = 60_000_000;
/// The most that the longer side may be of the shorter one.
pub const MAX_RATIO: u32 = 8;
/// The formats that are read, for messages.
pub const FORMATS: &str = "JPEG, PNG, WebP, GIF, BMP or TIFF";

/// The most pixels that a model's square has a side.
const MAX_SIDE: u32 = 8_192;
/// The most pixels of the longer side of what is kept of a picture to look at its parts.
pub const DETAIL_SIDE: u32 = 512;
/// What is shown around a part, as a share of its longer side.
const AROUND: f32 = 0.06;
/// The grey that fills the square around a photo that is not square.
const MARGIN: u8 = 128;
/// How well the detail is kept, in percent.
const QUALITY: u8 = 92;

/// Why bytes are not taken as a photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("the photo is empty; send the picture's bytes")]
    Empty,
    #[error("the photo is larger than {} MiB; send a smaller one", MAX_BYTES / 1024 / 1024)]
    TooManyBytes,
    #[error("this is not a picture that can be read; send {FORMATS}")]
    NotAPicture,
    #[error("{0} pictures are not read here; send {FORMATS}")]
    Unsupported(&'static str),
    #[error("the picture is damaged or cut short ({0}); send it again")]
    Damaged(String),
    #[error("the picture is {width} x {height} pixels, more than {} million; send a smaller one", MAX_PIXELS / 1_000_000)]
    TooManyPixels { width: u32, height: u32 },
    #[error("the picture is {width} x {height} pixels; each side needs at least {MIN_SIDE}")]
    TooSmall { width: u32, height: u32 },
    #[error(
        "the picture is {width} x {height} pixels; the longer side may be at most {MAX_RATIO} times the shorter"
    )]
    TooNarrow { width: u32, height: u32 },
}

/// A picture that is safe to hand to a model.
#[derive(Clone)]
pub struct Photo {
    id: String,
    square: RgbImage,
    frame: Region,
    /// The whole picture, to look at its parts; none where the square shows it as large.
    detail: Option<Arc<RgbImage>>,
    width: u32,
    height: u32,
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Photo({}, {} x {})", self.id, self.width, self.height)
    }
}

impl Photo {
    /// Reads a picture and brings it to a square of `side` pixels: turned as its EXIF says, the
    /// first frame if it moves, over white if it is transparent, scaled to fit, centred on grey.
    /// Takes tens of milliseconds for a phone's photo: call it where blocking is allowed.
    pub fn read(bytes: &[u8], side: u32) -> Result<Self, PhotoError> {
        Ok(Self::from_picture(&decode(bytes)?.picture, side))
    }

    /// A photo from pixels that are known to be good.
    pub fn from_picture(picture: &RgbImage, side: u32) -> Self {
        let (width, height) = picture.dimensions();
        let (inner_width, inner_height) = fitted((width, height), side);
        let photo =
            Self::centred(&resize(picture, inner_width, inner_height), side, (width, height));
        let detail = (side < DETAIL_SIDE).then(|| Arc::new(within(picture, DETAIL_SIDE)));
        Self { detail, ..photo }
    }

    /// A picture of this size that was scaled to fit, in the middle of its square.
    fn centred(inner: &RgbImage, side: u32, (width, height): (u32, u32)) -> Self {
        let (inner_width, inner_height) = inner.dimensions();
        let (x, y) = ((side - inner_width) / 2, (side - inner_height) / 2);
        let mut square = RgbImage::from_pixel(side, side, image::Rgb([MARGIN; 3]));
        image::imageops::replace(&mut square, inner, i64::from(x), i64::from(y));
        let share = |pixels: u32| pixels as f32 / side as f32;
        let frame = Region {
            left: share(x),
            top: share(y),
            right: share(x + inner_width),
            bottom: share(y + inner_height),
        };
        let id = blake3::hash(square.as_raw()).to_hex()[..32].to_owned();
        Self { id, square, frame, detail: None, width, height }
    }

    /// The same for the same picture at the same model side.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The square that the model sees.
    pub fn square(&self) -> &RgbImage {
        &self.square
    }

    /// Width and height of the upright picture, in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The upright picture as JPEG, as large as it is kept. Takes milliseconds: call it where
    /// blocking is allowed.
    pub fn jpeg(&self) -> Vec<u8> {
        jpeg(&self.whole())
    }

    /// All of the picture, as large as it is kept.
    fn whole(&self) -> Cow<'_, RgbImage> {
        match &self.detail {
            Some(detail) => Cow::Borrowed(detail),
            None => Cow::Owned(self.inner()),
        }
    }

    /// A part of the photo with a little around it, 0 to 1 both ways, as well as it is known.
    pub fn part(&self, region: Region) -> RgbImage {
        let whole = &*self.whole();
        let (width, height) = (whole.width() as f32, whole.height() as f32);
        let (wide, high) =
            ((region.right - region.left) * width, (region.bottom - region.top) * height);
        let around = AROUND * wide.max(high);
        let low =
            |share: f32, side: f32| (share * side - around).round().clamp(0.0, side - 1.0) as u32;
        let high = |share: f32, side: f32| (share * side + around).round().min(side) as u32;
        let (left, top) = (low(region.left, width), low(region.top, height));
        let (right, bottom) = (high(region.right, width), high(region.bottom, height));
        let wide = right.saturating_sub(left).max(1);
        let high = bottom.saturating_sub(top).max(1);
        image::imageops::crop_imm(whole, left, top, wide, high).to_image()
    }

    /// The part of the square that is not margin.
    fn inner(&self) -> RgbImage {
        let side = self.square.width();
        let pixels = |share: f32| (share * side as f32).round() as u32;
        let [left, top, right, bottom] =
            [self.frame.left, self.frame.top, self.frame.right, self.frame.bottom].map(pixels);
        image::imageops::crop_imm(&self.square, left, top, right - left, bottom - top).to_image()
    }

    /// The photo as bytes that [`from_bytes`](Self::from_bytes) reads: the sizes of the upright
    /// picture, of the square and of the part of it that is not margin, each as a 32-bit number,
    /// little endian, that part's pixels, three bytes each, and what is kept of the whole picture
    /// beside it, as JPEG. Takes milliseconds: call it where blocking is allowed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let inner = self.inner();
        let (width, height) = inner.dimensions();
        let head = [self.width, self.height, self.square.width(), width, height];
        let mut bytes: Vec<u8> = head.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend_from_slice(inner.as_raw());
        if let Some(detail) = &self.detail {
            bytes.extend(jpeg(detail));
        }
        bytes
    }

    /// A photo from what [`to_bytes`](Self::to_bytes) wrote; `None` from anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, pixels) = bytes.split_at_checked(20)?;
        let mut head = head.chunks_exact(4).map(|four| four.try_into().map(u32::from_le_bytes));
        let mut number = || head.next()?.ok();
        let (width, height, side) = (number()?, number()?, number()?);
        let (inner_width, inner_height) = (number()?, number()?);
        let fits = |length: u32| (1..=side).contains(&length);
        if side > MAX_SIDE || !fits(inner_width) || !fits(inner_height) {
            return None;
        }
        let length = usize::try_from(u64::from(inner_width) * u64::from(inner_height) * 3).ok()?;
        let (pixels, detail) = pixels.split_at_checked(length)?;
        let inner = RgbImage::from_raw(inner_width, inner_height, pixels.to_vec())?;
        let detail = match detail {
            [] => None,
            jpeg if jpeg_is_whole(jpeg) => {
                let detail = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).ok()?;
                Some(Arc::new(detail.into_rgb8()))
            }
            _ => return None,
        };
        Some(Self { detail, ..Self::centred(&inner, side, (width, height)) })
    }

    /// Turns a region of the square (0 to 1) into one of the photo; `None` if it lies outside.
    pub fn from_square(&self, region: Region) -> Option<Region> {
        let (width, height) =
            (self.frame.right - self.frame.left, self.frame.bottom - self.frame.top);
        Region::new(
            (region.left - self.frame.left) / width,
            (region.top - self.frame.top) / height,
            (region.right - self.frame.left) / width,
            (region.bottom - self.frame.top) / height,
        )
    }
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture);
    debug_assert!(written.is_ok(), "pixels are written to memory");
    bytes
}

/// The picture scaled so that its longer side is `side` at most.
pub(crate) fn within(picture: &RgbImage, side: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= side {
        return picture.clone();
    }
    let (width, height) = fitted((width, height), side);
    resize(picture, width, height)
}

/// Width and height, scaled so that the longer one is `side`.
fn fitted((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let scale = f64::from(side) / f64::from(width.max(height));
    let fit = |length: u32| ((f64::from(length) * scale).round() as u32).clamp(1, side);
    (fit(width), fit(height))
}

/// A picture within bounds: upright, over white.
pub(crate) struct Decoded {
    pub(crate) picture: RgbImage,
    pub(crate) format: ImageFormat,
}

/// Decodes with every bound checked before memory is spent.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(PhotoError::TooManyBytes);
    }
    if let Some(name) = iso_media_brand(bytes) {
        return Err(PhotoError::Unsupported(name));
    }
    let format = image::guess_format(bytes).map_err(|_| PhotoError::NotAPicture)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 16);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refused(format, &error))?;
    check_size(decoder.dimensions())?;
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(PhotoError::Damaged("its end is missing".into()));
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(format, &error))?;
    // Turned as three bytes a pixel, since turning needs room for the picture twice.
    let mut upright = DynamicImage::ImageRgb8(over_white(picture));
    upright.apply_orientation(orientation);
    Ok(Decoded { picture: upright.into_rgb8(), format })
}

fn refused(format: ImageFormat, error: &image::ImageError) -> PhotoError {
    match error {
        image::ImageError::Unsupported(_) => PhotoError::Unsupported(format_name(format)),
        other => PhotoError::Damaged(other.to_string().chars().take(120).collect()),
    }
}

fn format_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "such JPEG",
        ImageFormat::Png => "such PNG",
        ImageFormat::Gif => "such GIF",
        ImageFormat::WebP => "such WebP",
        ImageFormat::Bmp => "such BMP",
        ImageFormat::Tiff => "such TIFF",
        ImageFormat::Ico => "ICO",
        ImageFormat::Hdr => "HDR",
        ImageFormat::OpenExr => "OpenEXR",
        ImageFormat::Dds => "DDS",
        ImageFormat::Tga => "TGA",
        ImageFormat::Pnm => "PNM",
        ImageFormat::Farbfeld => "farbfeld",
        ImageFormat::Avif => "AVIF",
        ImageFormat::Qoi => "QOI",
        _ => "such",
    }
}

/// HEIC and AVIF files are ISO media files that name themselves in their first box
/// (ISO/IEC 14496-12, `ftyp`).
fn iso_media_brand(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    let length = u32::from_be_bytes(bytes.get(0..4)?.try_into().ok()?) as usize;
    let brands = bytes.get(8..length.clamp(12, 256).min(bytes.len()))?;
    let has = |wanted: &[&[u8; 4]]| {
        brands.chunks_exact(4).any(|brand| wanted.iter().any(|name| name.as_slice() == brand))
    };
    if has(&[b"avif", b"avis"]) {
        Some("AVIF")
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        Some("HEIC")
    } else {
        Some("Video")
    }
}

fn check_size((width, height): (u32, u32)) -> Result<(), PhotoError> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        Err(PhotoError::TooManyPixels { width, height })
    } else if width.min(height) < MIN_SIDE {
        Err(PhotoError::TooSmall { width, height })
    } else if width.max(height) > MAX_RATIO * width.min(height) {
        Err(PhotoError::TooNarrow { width, height })
    } else {
        Ok(())
    }
}

/// Whether the end-of-image marker follows the first scan. The decoder forgives its absence and
/// paints the rest grey; a customer's half photo should be told instead (ITU-T T.81, B.1.1).
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    const SCAN: u8 = 0xDA;
    const END: [u8; 2] = [0xFF, 0xD9];
    let mut at = 2;
    while let Some(&[mark, kind, high, low]) =
        bytes.get(at..at + 4).and_then(|s| <&[u8; 4]>::try_from(s).ok())
    {
        if mark != 0xFF {
            return false;
        }
        if kind == 0xFF {
            at += 1;
            continue;
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if kind == SCAN {
            return bytes.get(at..).is_some_and(|scan| scan.windows(2).any(|pair| pair == END));
        }
    }
    false
}

fn over_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let blend = |value: u32| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        to.0 = [blend(red), blend(green), blend(blue)];
    }
    flat
}

/// Area-weighted scaling, so that thin stripes fade instead of flickering.
pub(crate) fn resize(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    if picture.dimensions() == (width, height) {
        return picture.clone();
    }
    let slow =
        || image::imageops::resize(picture, width, height, image::imageops::FilterType::Triangle);
    let source =
        ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3);
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new()
        .resize_alg(fast_image_resize::ResizeAlg::Convolution(FilterType::Bilinear));
    match source.map(|source| Resizer::new().resize(&source, &mut target, &options)) {
        Ok(Ok(())) => RgbImage::from_raw(width, height, target.into_vec()).unwrap_or_else(slow),
        _ => slow(),
    }
}

#[cfg(test)]
mod tests;
