use std::{path::PathBuf, process::ExitCode};

use comfy_table::{Table, presets::UTF8_BORDERS_ONLY};

use super::out;
use crate::{
    app::VisionModel,
    error::Error,
    evaluate::{Figures, Reliability, Score, draw, look_at, read_labels, write_seen},
    settings::Settings,
    steps::bar,
};

pub(super) struct Asked {
    pub(super) photos: PathBuf,
    pub(super) limit: Option<usize>,
    pub(super) json: bool,
    pub(super) seen: Option<PathBuf>,
    pub(super) reliability: Option<PathBuf>,
    pub(super) confusion: PathBuf,
}

/// Measures the model on labelled photos, prints the figures and draws the confusion matrix.
pub(super) async fn run(settings: &Settings, asked: Asked) -> Result<ExitCode, Error> {
    let Asked { photos: file, limit, json, seen: told, reliability, confusion } = asked;
    let mut photos = read_labels(&file)?;
    photos.truncate(limit.unwrap_or(usize::MAX));
    let vision = VisionModel::load(settings).await?.vision();
    let progress = bar("looking", photos.len() as u64, "photos");
    let seen = look_at(&*vision, photos, || progress.inc(1)).await?;
    progress.finish_and_clear();
    let figures = Figures::of(vision.model(), &seen);
    draw(&figures, &confusion)?;
    if let Some(told) = told {
        write_seen(&told, &seen)?;
    }
    if let Some((file, measured)) = reliability.zip(figures.reliability.as_ref()) {
        measured.draw(&file)?;
    }
    if json {
        out::json(&figures)?;
    } else {
        print(&figures);
        println!("confusion matrix: {}", confusion.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn print(figures: &Figures) {
    println!(
        "{}, {} photos, {} ms for half of them",
        figures.model, figures.photos, figures.median_milliseconds
    );
    tell("main garment's kind right", &figures.accuracy);
    tell("main garment's colour right", &figures.colour);
    tell("no clothes, none seen", &figures.no_clothes);
    if let Some(boxes) = &figures.boxes {
        tell("number and kinds right", &boxes.whole_photo);
        tell("garments found", &boxes.kinds);
        tell("main colour right", &boxes.main_colour);
        tell("pattern right", &boxes.pattern);
        println!("  {:<28} {:.3}", "mean IoU of boxes", boxes.mean_iou);
    }
    if let Some(Reliability { expected_error, brier, doubts, .. }) = &figures.reliability {
        println!("  {:<28} {expected_error:.3} off (ECE), Brier {brier:.3}", "confidence");
        tell("in doubt, one of two right", doubts);
    }
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(["category", "photos", "recall", "precision"]);
    for class in figures.classes.iter().filter(|class| class.photos > 0) {
        table.add_row([
            class.category.words().to_owned(),
            class.photos.to_string(),
            format!("{:.2}", class.recall),
            format!("{:.2}", class.precision),
        ]);
    }
    println!("{table}");
}

fn tell(name: &str, score: &Score) {
    if score.of > 0 {
        println!("  {name:<28} {:.3} ({} of {})", score.share, score.right, score.of);
    }
}
