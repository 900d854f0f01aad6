use std::{path::PathBuf, process::ExitCode};

use comfy_table::{Table, presets::UTF8_BORDERS_ONLY};
use serde::Serialize;
use vitrine_core::{ids::MerchantId, ports::Weights};

use super::out;
use crate::{
    app::App,
    cli::Boxes,
    error::Error,
    evaluate::{Questions, Recall, Way, read_pairs},
    folder_fetch::Folder,
    settings::{Moderation, Settings},
    steps::{Steps, bar},
};

/// What the legs of words and of terms are tried with, beside 1 for that of pictures.
const LEGS: [f32; 7] = [0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];
/// What the pictures' share is tried with.
const SHARES: [f32; 8] = [0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

pub(super) struct Asked {
    pub(super) folder: PathBuf,
    pub(super) limit: Option<usize>,
    pub(super) boxes: Boxes,
    pub(super) tune: bool,
    pub(super) json: bool,
}

/// What was measured.
#[derive(Serialize)]
struct Figures {
    products: u64,
    photos: usize,
    models: [String; 3],
    ways: Vec<Row<Way>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    legs: Vec<Row<Weights>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Row<f32>>,
}

#[derive(Serialize)]
struct Row<T> {
    by: T,
    #[serde(flatten)]
    recall: Recall,
}

/// Sells the folder's products in a shop of its own, asks for each by its photo, and prints how
/// often it was found.
pub(super) async fn run(settings: Settings, asked: Asked) -> Result<ExitCode, Error> {
    let mut pairs = read_pairs(&asked.folder.join("queries.csv"))?;
    pairs.truncate(asked.limit.unwrap_or(usize::MAX));
    let folder = Folder { host: "evaluated.example", path: asked.folder.clone() };
    let feed = folder.feed("products.jsonl")?;
    let data = tempfile::tempdir().map_err(Error::file(&std::env::temp_dir()))?;
    let settings = alone(settings, data.path().to_owned());
    let steps = Steps::new(asked.json);
    let app = App::open_with(&settings, &steps, Some(folder)).await?;
    let outcome = measure(&app, &settings, &asked, pairs, &feed).await;
    app.close().await;
    let figures = outcome?;
    if asked.json {
        out::json(&figures)?;
    } else {
        print(&figures);
    }
    Ok(ExitCode::SUCCESS)
}

/// In a folder of its own, whatever stores are set, and with nobody to refuse a photo.
fn alone(mut settings: Settings, folder: PathBuf) -> Settings {
    settings.data.folder = folder;
    settings.moderation = Moderation::default();
    (settings.data.database, settings.data.redis, settings.index.server) = (None, None, None);
    settings
}

async fn measure(
    app: &App,
    settings: &Settings,
    asked: &Asked,
    pairs: Vec<crate::evaluate::Pair>,
    feed: &[u8],
) -> Result<Figures, Error> {
    let merchant = MerchantId::new("evaluated")?;
    let (import, problem) = app.import(&merchant, feed).await?;
    let failure = import.failure.map(|failure| failure.message);
    if let Some(message) = failure.or(problem.map(|problem| problem.to_string())) {
        return Err(Error::Import { path: asked.folder.join("products.jsonl"), message });
    }
    let products = app.shop.catalog.count(&merchant).await?;
    let progress = bar("pictures", products, "pictures");
    app.fetch_pictures(|done| progress.set_position(done)).await?;
    progress.finish_and_clear();
    app.indexer.drain(|_| {}).await?;

    let photos = pairs.len();
    let progress = bar("looking", photos as u64, "photos");
    let looking = Questions::of(app, &merchant, pairs, asked.boxes, || progress.inc(1));
    let questions = looking.await?;
    progress.finish_and_clear();
    let weights = settings.balance().legs;
    let ways = questions.ways(weights).await?;
    let (legs, shares) =
        if asked.tune { tuned(&questions).await? } else { (Vec::new(), Vec::new()) };
    let shop = &app.shop;
    let pictures = shop.image_embedder.as_ref().map(|pictures| pictures.model().to_owned());
    Ok(Figures {
        products,
        photos,
        models: [
            shop.vision.model().to_owned(),
            shop.embedder.model().to_owned(),
            pictures.unwrap_or_else(|| "no picture encoder".into()),
        ],
        ways: ways.into_iter().map(|(by, recall)| Row { by, recall }).collect(),
        legs,
        shares,
    })
}

/// All that was tried, the best first.
async fn tuned(questions: &Questions<'_>) -> Result<(Vec<Row<Weights>>, Vec<Row<f32>>), Error> {
    let progress = bar("trying", (LEGS.len().pow(2) + SHARES.len()) as u64, "weights");
    let mut legs = Vec::new();
    for words in LEGS {
        for terms in LEGS {
            let by = Weights { words, terms, picture: 1.0 };
            legs.push(Row { by, recall: questions.searched(by).await? });
            progress.inc(1);
        }
    }
    let mut shares = Vec::new();
    for by in SHARES {
        shares.push(Row { by, recall: questions.answered(Some(by)).await? });
        progress.inc(1);
    }
    progress.finish_and_clear();
    best_first(&mut legs);
    best_first(&mut shares);
    Ok((legs, shares))
}

fn best_first<T>(rows: &mut [Row<T>]) {
    rows.sort_by(|one, other| other.recall.mrr.total_cmp(&one.recall.mrr));
}

fn print(figures: &Figures) {
    let Figures { products, photos, models, ways, legs, shares } = figures;
    println!("{photos} photos, {products} products; {}", models.join(", "));
    println!(
        "{}",
        table("found by", ways.iter().map(|row| (row.by.words().to_owned(), row.recall)))
    );
    if legs.is_empty() {
        return;
    }
    let told = |row: &Row<Weights>| {
        let Weights { words, terms, picture } = row.by;
        (format!("words {words}, terms {terms}, picture {picture}"), row.recall)
    };
    println!("{}", table("weights of the legs", legs.iter().take(10).map(told)));
    let told = |row: &Row<f32>| (format!("picture_share {}", row.by), row.recall);
    println!("{}", table("the answer with", shares.iter().map(told)));
}

fn table(by: &str, rows: impl Iterator<Item = (String, Recall)>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header([by, "at 1", "at 5", "at 10", "MRR"]);
    for (name, Recall { recall_at_1, recall_at_5, recall_at_10, mrr }) in rows {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let shares = [recall_at_1, recall_at_5, recall_at_10].map(percent);
        table.add_row(std::iter::once(name).chain(shares).chain([format!("{mrr:.3}")]));
    }
    table
}
