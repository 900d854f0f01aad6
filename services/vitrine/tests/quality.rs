//! How well the small model sees, held against floors that a change must not fall below.

mod common;

use std::path::Path;

use common::{root, run, text, vitrine};
use serde_json::Value;

/// Real photos looked at, of those that the model was not trained on.
const PHOTOS: usize = 100;

fn floor(name: &str) -> f64 {
    let floors: Value = serde_json::from_str(include_str!("floors.json")).unwrap();
    floors.pointer(name).and_then(Value::as_f64).unwrap_or_else(|| panic!("no floor for {name}"))
}

fn figures(labels: &Path) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let drawing = folder.path().join("confusion.svg");
    let told = run(&mut vitrine(&[
        "eval",
        "photos",
        text(labels),
        "--json",
        "--confusion",
        text(&drawing),
    ]));
    assert_eq!(told.code, Some(0), "{}", told.err);
    told.json()
}

/// Prints the measured figures beside their floors and tells which of them fell below.
fn below(figures: &Value, held: &[(&str, &str)]) -> Vec<String> {
    let mut fallen = Vec::new();
    for (name, figure) in held {
        let measured = figures.pointer(figure).and_then(Value::as_f64);
        let measured = measured.unwrap_or_else(|| panic!("no figure {figure}"));
        let floor = floor(name);
        println!("{name:<20} {measured:.3} (floor {floor:.3})");
        if measured < floor {
            fallen.push(format!("{name} is {measured:.3}, below {floor:.3}"));
        }
    }
    println!("median of a photo    {} ms", figures["median_milliseconds"]);
    fallen
}

#[test]
fn the_small_model_sees_drawn_photos_as_well_as_it_did() {
    let figures = figures(&root().join("demo/drawn/drawn.csv"));
    let fallen = below(
        &figures,
        &[
            ("/drawn/whole_photo", "/boxes/whole_photo/share"),
            ("/drawn/kinds", "/boxes/kinds/share"),
            ("/drawn/main_colour", "/boxes/main_colour/share"),
            ("/drawn/mean_iou", "/boxes/mean_iou"),
            ("/drawn/no_clothes", "/no_clothes/share"),
        ],
    );
    assert_eq!(fallen, Vec::<String>::new());
}

#[test]
fn the_small_model_sees_real_photos_as_well_as_it_did() {
    let photos = root().join("../shared/photos");
    let Ok(labels) = std::fs::read_to_string(photos.join("photos.csv")) else {
        eprintln!("skipped: real photos are not measured, ../shared/photos is not there");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let sample = folder.path().join("photos.csv");
    std::fs::write(&sample, evenly_picked(&photos, &labels)).unwrap();
    let figures = figures(&sample);
    assert_eq!(figures["photos"], PHOTOS);
    let fallen = below(&figures, &[("/photos/accuracy", "/accuracy/share")]);
    assert_eq!(fallen, Vec::<String>::new());
}

/// A CSV over photos from all of the validation part, always the same.
fn evenly_picked(photos: &Path, labels: &str) -> String {
    let rows: Vec<Vec<&str>> = labels
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|row| row.get(1) == Some(&"validation"))
        .collect();
    assert!(rows.len() >= PHOTOS);
    let mut sample = String::from("image,label\n");
    for at in 0..PHOTOS {
        let row = &rows[at * rows.len() / PHOTOS];
        let image = photos.join("validation").join(row[0]);
        sample.push_str(&format!("{}.jpg,{}\n", text(&image), row[3]));
    }
    sample
}
