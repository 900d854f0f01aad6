//! Product pictures: what stands at their addresses, and whether it is of use.

mod alike;
mod seen;
mod vectors;
mod worker;

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use image::{ImageFormat, RgbImage};
use serde::{Deserialize, Serialize};
use tokio::sync::{OnceCell, Semaphore};

use crate::{
    address::WebAddress,
    feed::{Place, Problem, ProblemCode},
    ids::ProductId,
    imports::Failure,
    photo::{self, DETAIL_SIDE, FORMATS, MAX_BYTES, MAX_PIXELS, MAX_RATIO, MIN_SIDE, PhotoError},
    ports::{Fetch, FetchError, FetchRequest, Fetched, Patience},
};

pub use alike::same_pictures;
pub(crate) use alike::{Alike, Groups};
pub use seen::{Attribute, Seen};
pub use worker::PictureWorker;

/// Pictures decoded at once: each may take the memory of 60 million pixels.
const DECODED: usize = 2;
/// The formats that are read, for servers that can choose.
const ACCEPT: &str = "image/jpeg, image/png, image/webp, image/gif;q=0.8, image/bmp;q=0.5, image/tiff;q=0.5, */*;q=0.1";

/// What is known of a picture that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// BLAKE3 of the file, in hex: the same for the same bytes.
    pub hash: String,
    /// Close for pictures that look alike.
    pub look: DifferenceHash,
    /// Of the upright picture, in pixels.
    pub width: u32,
    pub height: u32,
    /// The file's length.
    pub bytes: u64,
    pub format: PictureFormat,
    /// The model whose vector of it is kept, by its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded_by: Option<String>,
}

/// The formats of pictures that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Tiff,
}

impl PictureFormat {
    const fn of(format: ImageFormat) -> Option<Self> {
        Some(match format {
            ImageFormat::Jpeg => Self::Jpeg,
            ImageFormat::Png => Self::Png,
            ImageFormat::WebP => Self::WebP,
            ImageFormat::Gif => Self::Gif,
            ImageFormat::Bmp => Self::Bmp,
            ImageFormat::Tiff => Self::Tiff,
            _ => return None,
        })
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
        }
    }
}

/// A 64-bit difference hash: the picture is scaled to 9 x 8 pixels and made grey (ITU-R BT.601);
/// row by row from the top left, the highest bit first, a bit is 1 where a pixel is brighter than
/// its right neighbour. Other sizes, formats and qualities of one picture differ in few bits; a
/// plain surface has none set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DifferenceHash(pub u64);

impl DifferenceHash {
    fn of(picture: &RgbImage) -> Self {
        let small = photo::resize(picture, 9, 8);
        let grey = |x, y| {
            let [red, green, blue] = small.get_pixel(x, y).0.map(u32::from);
            299 * red + 587 * green + 114 * blue
        };
        let bits = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
        Self(bits.fold(0, |hash, (x, y)| hash << 1 | u64::from(grey(x, y) > grey(x + 1, y))))
    }

    /// In how many of the 64 bits two pictures differ.
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

impl std::fmt::Display for DifferenceHash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

/// Why a product's picture can not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error(transparent)]
    Fetch(FetchError),
    #[error("the picture has more than {} MiB; give a smaller one", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    #[error("the address answers with nothing; put the picture there")]
    Empty,
    #[error(
        "what stands at the address is not a picture; give the address of the file itself, as {FORMATS}"
    )]
    NotAPicture,
    #[error("{0} pictures are not read here; give {FORMATS}")]
    Unsupported(&'static str),
    #[error("the picture is damaged or cut short ({0}); put the whole file there")]
    Damaged(String),
    #[error("the picture is {width} x {height} pixels, more than {} million; give a smaller one", MAX_PIXELS / 1_000_000)]
    TooManyPixels { width: u32, height: u32 },
    #[error(
        "the picture is {width} x {height} pixels; give one with at least {MIN_SIDE} on each side"
    )]
    TooSmall { width: u32, height: u32 },
    #[error(
        "the picture is {width} x {height} pixels; give one whose longer side is at most {MAX_RATIO} times the shorter"
    )]
    TooNarrow { width: u32, height: u32 },
}

impl PictureError {
    /// The identifier that programs compare.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.code(),
            Self::TooLarge => "picture_too_large",
            Self::Empty => "picture_empty",
            Self::NotAPicture => "not_a_picture",
            Self::Unsupported(_) => "picture_format_unsupported",
            Self::Damaged(_) => "picture_damaged",
            Self::TooManyPixels { .. } => "picture_too_many_pixels",
            Self::TooSmall { .. } => "picture_too_small",
            Self::TooNarrow { .. } => "picture_too_narrow",
        }
    }

    /// Whether the same address may well give a picture a little later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_transient())
    }
}

impl From<FetchError> for PictureError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::TooLarge { .. } => Self::TooLarge,
            other => Self::Fetch(other),
        }
    }
}

impl From<PhotoError> for PictureError {
    fn from(error: PhotoError) -> Self {
        match error {
            PhotoError::Empty => Self::Empty,
            PhotoError::TooManyBytes => Self::TooLarge,
            PhotoError::NotAPicture => Self::NotAPicture,
            PhotoError::Unsupported(format) => Self::Unsupported(format),
            PhotoError::Damaged(detail) => Self::Damaged(detail),
            PhotoError::TooManyPixels { width, height } => Self::TooManyPixels { width, height },
            PhotoError::TooSmall { width, height } => Self::TooSmall { width, height },
            PhotoError::TooNarrow { width, height } => Self::TooNarrow { width, height },
        }
    }
}

impl Picture {
    /// Decodes a file within the bounds of every photo; gives its pixels too, scaled so that the
    /// longer side is [`DETAIL_SIDE`] at most. Takes tens of milliseconds for a large one: call it
    /// where blocking is allowed.
    pub fn read(bytes: &[u8]) -> Result<(Self, RgbImage), PictureError> {
        let photo::Decoded { picture, format } = photo::decode(bytes)?;
        let known = Self {
            hash: blake3::hash(bytes).to_hex().to_string(),
            look: DifferenceHash::of(&picture),
            width: picture.width(),
            height: picture.height(),
            bytes: bytes.len() as u64,
            format: PictureFormat::of(format).ok_or(PictureError::Unsupported("such"))?,
            embedded_by: None,
        };
        Ok((known, photo::within(&picture, DETAIL_SIDE)))
    }
}

/// What an import tells of a picture that it named and that can not be had.
pub fn picture_problem(place: Place, address: &str, failure: &Failure) -> Problem {
    let message = format!("{} [{}]", failure.message, failure.code);
    let code = ProblemCode::PictureUnavailable;
    Problem::of_value(place, "image_link", address, code, message).warning()
}

/// What became of one product's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductPicture {
    pub product: ProductId,
    /// As it was given.
    pub address: String,
    pub picture: Result<Picture, PictureError>,
    /// Of products that share an address only one gets it, so that no file is kept in memory for a
    /// product that may come later.
    pub file: Option<PictureFile>,
}

/// What stood at a picture's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFile {
    pub bytes: Bytes,
    /// Scaled so that the longer side is [`DETAIL_SIDE`] at most.
    pub pixels: RgbImage,
}

/// Gets product pictures and looks at what came.
pub struct PictureFetcher {
    fetch: Arc<dyn Fetch>,
    decoding: Arc<Semaphore>,
    at_once: usize,
}

impl PictureFetcher {
    /// Works on `at_once` pictures at the same time; raised to one at least.
    pub fn new(fetch: Arc<dyn Fetch>, at_once: usize) -> Self {
        let decoding = Arc::new(Semaphore::new(DECODED));
        Self { fetch, decoding, at_once: at_once.max(1) }
    }

    /// The picture at an address, and its file.
    pub async fn picture(&self, address: &str) -> Result<(Picture, PictureFile), PictureError> {
        let address = WebAddress::parse(address).map_err(FetchError::from)?;
        let mut request = FetchRequest::new(address, MAX_BYTES as u64, Patience::Picture);
        request.accept = ACCEPT.to_owned();
        let bytes = match self.fetch.fetch(&request).await? {
            Fetched::Response(response) => response.bytes().await?,
            // Only who sends validators is answered so, and none were sent.
            Fetched::NotModified => return Err(PictureError::Empty),
        };
        let (picture, pixels) = self.read(bytes.clone()).await?;
        Ok((picture, PictureFile { bytes, pixels }))
    }

    /// Decodes off the threads that answer. The place is held until the decoding ends, even when
    /// nobody waits for it any more.
    async fn read(&self, file: Bytes) -> Result<(Picture, RgbImage), PictureError> {
        let place = Arc::clone(&self.decoding).acquire_owned().await;
        let decoding = tokio::task::spawn_blocking(move || {
            let picture = Picture::read(&file);
            drop(place);
            picture
        });
        decoding.await.map_err(|_| PictureError::Damaged("the decoder gave up".to_owned()))?
    }

    /// The pictures of many products, each as soon as it is known. One that can not be had holds
    /// up no other; an address that comes again is not asked again.
    pub fn pictures<'a>(
        &'a self,
        wanted: impl Stream<Item = (ProductId, String)> + Send + 'a,
    ) -> impl Stream<Item = ProductPicture> + Send + 'a {
        let mut seen: HashMap<String, Arc<OnceCell<Result<Picture, PictureError>>>> =
            HashMap::new();
        wanted
            .map(move |(product, address)| {
                let known = Arc::clone(seen.entry(address.clone()).or_default());
                async move {
                    let mut file = None;
                    let asking = async {
                        let (picture, there) = self.picture(&address).await?;
                        file = Some(there);
                        Ok(picture)
                    };
                    let picture = known.get_or_init(|| asking).await.clone();
                    ProductPicture { product, address, picture, file }
                }
            })
            .buffer_unordered(self.at_once)
    }
}

#[cfg(test)]
mod tests;
