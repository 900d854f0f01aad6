use std::{collections::HashSet, io::Cursor};

use futures::stream;
use image::{DynamicImage, Rgb, codecs::jpeg::JpegEncoder};

use super::*;
use crate::testing::{FakeFetch, Page};

const SITE: &str = "https://shop.example";

/// A picture with shapes in it, a little different for each seed.
fn drawn(seed: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let wave = |a: f32, b: f32| ((a * x + b * y + seed as f32) * 5.0).sin() * 0.5 + 0.5;
        Rgb([wave(1.0, 2.3), wave(2.1, 0.7), wave(0.4, 1.7)].map(|value| (value * 255.0) as u8))
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(seed: u32) -> Vec<u8> {
    encoded(drawn(seed, 90, 80), ImageFormat::Png)
}

fn code(bytes: &[u8]) -> &'static str {
    Picture::read(bytes).map_or_else(|error| error.code(), |_| "taken")
}

/// The head of a bitmap that says how large it is, and nothing after it.
fn bitmap_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut head = b"BM".to_vec();
    for number in [54, 0, 54, 40, width, height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0] {
        head.extend(number.to_le_bytes());
    }
    head
}

/// Pages by path, and a fetcher of at most three at once over them.
fn fetcher(
    pages: impl IntoIterator<Item = (&'static str, Page)>,
) -> (Arc<FakeFetch>, PictureFetcher) {
    let fetch = Arc::new(FakeFetch::default());
    for (path, page) in pages {
        fetch.put(&format!("{SITE}{path}"), page);
    }
    (Arc::clone(&fetch), PictureFetcher::new(fetch, 3))
}

async fn all(fetcher: &PictureFetcher, wanted: Vec<(String, String)>) -> Vec<ProductPicture> {
    let wanted = wanted.into_iter().map(|(id, address)| (ProductId::new(id).unwrap(), address));
    let mut all: Vec<_> = fetcher.pictures(stream::iter(wanted)).collect().await;
    all.sort_by(|one, other| one.product.cmp(&other.product));
    all
}

#[test]
fn all_that_is_known_of_a_picture_is_told() {
    let formats = [
        (ImageFormat::Png, PictureFormat::Png),
        (ImageFormat::Jpeg, PictureFormat::Jpeg),
        (ImageFormat::WebP, PictureFormat::WebP),
        (ImageFormat::Gif, PictureFormat::Gif),
        (ImageFormat::Bmp, PictureFormat::Bmp),
        (ImageFormat::Tiff, PictureFormat::Tiff),
    ];
    for (encoding, format) in formats {
        let bytes = encoded(drawn(1, 100, 70), encoding);
        let (picture, pixels) = Picture::read(&bytes).unwrap();
        assert_eq!(pixels.dimensions(), (100, 70));
        assert_eq!((picture.width, picture.height, picture.format), (100, 70, format));
        assert_eq!(picture.bytes, bytes.len() as u64);
        assert_eq!(picture.hash, blake3::hash(&bytes).to_hex().as_str());
        assert_eq!(encoding.to_mime_type(), format.media_type());
    }
}

#[test]
fn the_difference_hash_is_what_it_is_said_to_be() {
    let of = |brightness: fn(u32, u32) -> u8| {
        // A block for each of the 9 x 8 pixels.
        let picture = RgbImage::from_fn(90, 80, |x, y| Rgb([brightness(x / 10, y / 10); 3]));
        DifferenceHash::of(&picture).0
    };
    assert_eq!(of(|_, _| 90), 0);
    assert_eq!(of(|x, _| 20 * x as u8), 0);
    assert_eq!(of(|x, _| 200 - 20 * x as u8), u64::MAX);
    assert_eq!(of(|x, y| if y == 0 { 200 - 20 * x as u8 } else { 20 * x as u8 }), 0xff << 56);
    assert_eq!(of(|x, _| if x % 2 == 0 { 200 } else { 50 }), 0xaaaa_aaaa_aaaa_aaaa);
    assert_eq!(DifferenceHash(0x1f).to_string(), "000000000000001f");
}

#[test]
fn the_same_picture_in_another_file_looks_alike_and_another_picture_does_not() {
    for seed in 0..20 {
        let large = drawn(seed, 900, 600);
        let look = DifferenceHash::of(&large);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 50).encode_image(&large).unwrap();
        let small = encoded(photo::resize(&large, 300, 200), ImageFormat::WebP);
        for file in [jpeg, small] {
            let (again, pixels) = Picture::read(&file).unwrap();
            assert!(pixels.width() <= DETAIL_SIDE, "no more is kept of it than is looked at");
            assert_ne!(again.hash, blake3::hash(large.as_raw()).to_hex().as_str());
            assert!(look.distance(again.look) <= 4, "{seed}: {}", look.distance(again.look));
        }
        let mirrored = DifferenceHash::of(&image::imageops::flip_horizontal(&large));
        assert!(look.distance(mirrored) >= 16, "{seed}: {}", look.distance(mirrored));
    }
}

#[test]
fn what_is_of_no_use_is_told_by_its_code() {
    let good = png(1);
    let cut = &good[..good.len() / 2];
    let mut heic = 20_u32.to_be_bytes().to_vec();
    heic.extend(b"ftypheic\0\0\0\0heic");
    let sized = |width, height| encoded(drawn(1, width, height), ImageFormat::Png);
    for (bytes, expected) in [
        (good.as_slice(), "taken"),
        (b"", "picture_empty"),
        (b"<!doctype html><title>Shop</title>", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (cut, "picture_damaged"),
        (&heic, "picture_format_unsupported"),
        (&bitmap_claiming(30_000, 30_000), "picture_too_many_pixels"),
        (&sized(63, 80), "picture_too_small"),
        (&sized(600, 64), "picture_too_narrow"),
        (&vec![0; MAX_BYTES + 1], "picture_too_large"),
    ] {
        assert_eq!(code(bytes), expected);
        if let Err(error) = Picture::read(bytes) {
            assert!(error.to_string().contains("; "), "it says what to do: {error}");
            assert!(!error.is_transient());
        }
    }
}

#[tokio::test]
async fn a_picture_comes_with_its_file() {
    let (fetch, fetcher) = fetcher([
        ("/old.png", Page::moved("/new.png")),
        ("/new.png", Page::of("image/png", png(1))),
    ]);
    let (picture, file) = fetcher.picture(&format!("{SITE}/old.png")).await.unwrap();
    assert_eq!(file.bytes, png(1));
    assert_eq!((picture, file.pixels), Picture::read(&png(1)).unwrap());
    let asked = &fetch.asked()[0];
    assert_eq!((asked.max_bytes, asked.patience), (20 * 1024 * 1024, Patience::Picture));
    assert!(asked.accept.starts_with("image/jpeg"));
}

#[tokio::test]
async fn what_hinders_one_product_hinders_no_other() {
    let too_large = Page::of("image/png", vec![0; MAX_BYTES + 1]);
    let (_, fetcher) = fetcher([
        ("/a", Page::of("image/png", png(1))),
        ("/b", Page::status(404)),
        ("/c", Page::of("text/html", "<p>It moved.</p>")),
        ("/d", too_large.clone()),
        ("/e", too_large.unsized_body()),
        ("/f", Page::status(503)),
        ("/g", Page::of("image/png", png(2))),
    ]);
    let mut wanted: Vec<_> = ["a", "b", "c", "d", "e", "f", "g"]
        .map(|id| (id.to_owned(), format!("{SITE}/{id}")))
        .to_vec();
    wanted.push(("h".into(), "pictures/h.png".into()));
    let all = all(&fetcher, wanted).await;
    let codes: Vec<_> = all
        .iter()
        .map(|one| one.picture.as_ref().map_or_else(PictureError::code, |_| "taken"))
        .collect();
    assert_eq!(
        codes,
        [
            "taken",
            "status_4xx",
            "not_a_picture",
            "picture_too_large",
            "picture_too_large",
            "status_5xx",
            "taken",
            "address_not_http"
        ]
    );
    for one in &all {
        assert_eq!(one.file.is_some(), one.picture.is_ok());
        let transient = one.picture.as_ref().is_err_and(PictureError::is_transient);
        assert_eq!(transient, one.product.as_str() == "f");
    }
}

#[tokio::test]
async fn products_that_share_a_picture_share_one_fetch() {
    let (fetch, fetcher) = fetcher([
        ("/0", Page::of("image/png", png(0))),
        ("/1", Page::of("image/png", png(1))),
        ("/2", Page::status(404)),
    ]);
    let wanted: Vec<_> =
        (0..30).map(|number| (format!("{number:02}"), format!("{SITE}/{}", number % 3))).collect();
    let all = all(&fetcher, wanted).await;
    assert_eq!(all.len(), 30);
    assert_eq!(fetch.asked().len(), 3);
    for (number, one) in (0..).zip(&all) {
        match number % 3 {
            2 => assert_eq!(one.picture.as_ref().unwrap_err().code(), "status_4xx"),
            seed => assert_eq!(one.picture, Picture::read(&png(seed)).map(|(picture, _)| picture)),
        }
    }
    let files: Vec<_> = all.iter().filter_map(|one| Some(&one.file.as_ref()?.bytes)).collect();
    assert_eq!(files.len(), 2, "a file is handed out once");
    assert_eq!(files.iter().collect::<HashSet<_>>().len(), 2);
}

#[tokio::test]
async fn only_so_many_pictures_are_fetched_at_once() {
    let (fetch, fetcher) = fetcher([]);
    let wanted: Vec<_> =
        (0..12).map(|number| (format!("{number:02}"), format!("{SITE}/{number}"))).collect();
    for (number, (_, address)) in (0..).zip(&wanted) {
        fetch.put(address, Page::of("image/png", png(number)));
    }
    let all = all(&fetcher, wanted).await;
    assert!(all.iter().all(|one| one.picture.is_ok()));
    assert_eq!(fetch.most_at_once(), 3);
}
