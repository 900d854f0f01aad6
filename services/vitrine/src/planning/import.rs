//! How long it takes until the first catalog can be searched.

use super::{
    Ask,
    cards::Sheet,
    figures,
    index::Index,
    models::{EMBEDDER, ENCODER, ENCODER_SIDE},
    working::{Section, Unit, number, operations, time},
};

/// Seconds of the first import.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Import {
    /// Fetching the pictures, by all processes.
    pub(super) fetching: f64,
    pub(super) all: f64,
}

/// What embeds texts and pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Speed<'a> {
    /// The small models, in the processes of the service.
    Small,
    /// So many cards.
    Cards(&'a Sheet, u64),
    /// A machine without one.
    Cores,
}

impl Import {
    pub(super) fn of(
        ask: &Ask,
        index: &Index,
        processes: u64,
        speed: Speed<'_>,
        section: &mut Section,
    ) -> Self {
        let vectors = &index.vectors;
        let (rows, variants) = (figures::ROWS, figures::VARIANTS);
        section.figure("rows into SQL", rows, Unit::PerSecond, "SQLite, ids in order");
        section.figure("rows of a product", variants, Unit::Count, "its variants");
        let products = ask.products as f64;
        let sql = products * variants.value / rows.value;
        section.worked(
            "products into SQL",
            sql,
            Unit::Seconds,
            format!("{} × {} / {}/s", number(products), number(variants.value), number(rows.value)),
        );

        let (texts, pictures) = match speed {
            Speed::Small => Self::small(index, processes, section),
            Speed::Cards(sheet, cards) => {
                let rate =
                    cards as f64 * sheet.operations.value * figures::EMBEDDING_EFFICIENCY.value;
                Self::embedded(index, rate, &format!("{cards} cards"), section)
            }
            Speed::Cores => {
                let cores = figures::NODE_CORES.value;
                let rate = cores * figures::CORE_OPERATIONS.value;
                Self::embedded(index, rate, &format!("{} cores", number(cores)), section)
            }
        };
        let points = figures::POINTS;
        section.figure(
            "points into the index",
            points,
            Unit::PerSecond,
            "by the one that may write",
        );
        let writing = vectors.points / points.value;
        let working = format!("{} / {}/s", number(vectors.points), number(points.value));
        section.worked("writing points", writing, Unit::Seconds, working);

        let (fetch, at_once) = (figures::FETCH, figures::FETCHED_AT_ONCE);
        section.figure("fetching a picture", fetch, Unit::Seconds, "from the shop's own server");
        section.figure("fetched at once", at_once, Unit::Count, "by a process");
        let files = products * ask.pictures_per_product;
        let fetching = files * fetch.value / (at_once.value * processes as f64);
        section.worked(
            "fetching pictures",
            fetching,
            Unit::Seconds,
            format!(
                "{} × {} s / ({} × {processes} processes)",
                number(files),
                number(fetch.value),
                number(at_once.value)
            ),
        );

        let linking = Self::linked(index, section);
        let all = sql + (texts + writing).max(fetching + pictures) + linking;
        section.worked(
            "until all is searched",
            all,
            Unit::Seconds,
            "SQL, then the longer of words and pictures, then graphs",
        );
        Self { fetching, all }
    }

    /// Seconds of embedding texts, and pictures, at so many operations a second.
    fn embedded(index: &Index, rate: f64, by: &str, section: &mut Section) -> (f64, f64) {
        let tokens = figures::PRODUCT_TEXT;
        section.figure("tokens of a product's text", tokens, Unit::Count, "title to description");
        let (text, picture) = (EMBEDDER.operations(tokens.value), ENCODER.operations(ENCODER_SIDE));
        let mut told = |what, many: f64, one: f64| {
            let seconds = many * one / rate;
            let (many, one, rate) = (number(many), operations(one), operations(rate));
            let working = format!("{many} × {one} / {rate}/s, {by}");
            section.worked(what, seconds, Unit::Seconds, working);
            seconds
        };
        let vectors = &index.vectors;
        (
            told("embedding texts", vectors.points, text),
            told("embedding pictures", vectors.pictures, picture),
        )
    }

    /// The same by the small models: pictures by every process, texts by the one that may write.
    fn small(index: &Index, processes: u64, section: &mut Section) -> (f64, f64) {
        let (text, picture) = (figures::SMALL_TEXT, figures::SMALL_PICTURE);
        section.figure("a text and its point", text, Unit::Seconds, "the demo: 0.94 s for 166");
        section.figure("a picture", picture, Unit::Seconds, "the demo: 3.98 s for 166");
        let vectors = &index.vectors;
        let texts = vectors.points * text.value;
        let working = format!("{} × {}", number(vectors.points), time(text.value));
        section.worked("embedding texts", texts, Unit::Seconds, working);
        let pictures = vectors.pictures * picture.value / processes as f64;
        let working =
            format!("{} × {} / {processes}", number(vectors.pictures), time(picture.value));
        section.worked("embedding pictures", pictures, Unit::Seconds, working);
        (texts, pictures)
    }

    fn linked(index: &Index, section: &mut Section) -> f64 {
        if index.nodes == 0 {
            return 0.0;
        }
        let (rate, cores) = (figures::LINKED, figures::NODE_CORES);
        section.figure("vectors into a graph", rate, Unit::PerSecond, "by one core");
        section.figure("cores of a node", cores, Unit::Count, "that build graphs");
        let vectors = (index.vectors.points + index.vectors.pictures) * index.replicas as f64;
        let all = rate.value * cores.value * index.nodes as f64;
        let seconds = vectors / all;
        section.worked(
            "building graphs",
            seconds,
            Unit::Seconds,
            format!(
                "{} / ({}/s × {} cores × {} nodes)",
                number(vectors),
                number(rate.value),
                number(cores.value),
                index.nodes
            ),
        );
        seconds
    }
}
