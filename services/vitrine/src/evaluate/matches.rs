//! How well products are found by photos: pairs of both in, places out.

use serde::Serialize;
use vitrine_core::{
    experiments::{Trial, Varied},
    garment::{Garment, Region},
    ids::{MerchantId, ProductId},
    photo::Photo,
    ports::{Hit, ModelError, Prefilter, Query, Vector, Weights},
    shopping::{Focus, LookRequest, Sight, Unanswered},
};

use super::Pair;
use crate::{app::App, cli::Boxes, error::Error};

/// The points of the index that a product is looked for among; farther down counts as not found.
const DEPTH: usize = 100;
/// Matches that an answer has: as many as are counted.
const SHOWN: usize = 10;

/// By what a product is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Words,
    Terms,
    Picture,
    WordsAndTerms,
    WordsAndPicture,
    TermsAndPicture,
    All,
    /// What a customer is shown.
    Answer,
}

impl Way {
    /// Those by which the index is searched.
    const OF_THE_INDEX: [Self; 7] = [
        Self::Words,
        Self::Terms,
        Self::Picture,
        Self::WordsAndTerms,
        Self::WordsAndPicture,
        Self::TermsAndPicture,
        Self::All,
    ];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Terms => "terms",
            Self::Picture => "picture",
            Self::WordsAndTerms => "words + terms",
            Self::WordsAndPicture => "words + picture",
            Self::TermsAndPicture => "terms + picture",
            Self::All => "words + terms + picture",
            Self::Answer => "the answer",
        }
    }

    const fn weights(self, of: Weights) -> Weights {
        let Weights { words, terms, picture } = of;
        let (has_words, has_terms, has_picture) = match self {
            Self::Words => (true, false, false),
            Self::Terms => (false, true, false),
            Self::Picture => (false, false, true),
            Self::WordsAndTerms => (true, true, false),
            Self::WordsAndPicture => (true, false, true),
            Self::TermsAndPicture => (false, true, true),
            Self::All | Self::Answer => (true, true, true),
        };
        Weights {
            words: if has_words { words } else { 0.0 },
            terms: if has_terms { terms } else { 0.0 },
            picture: if has_picture { picture } else { 0.0 },
        }
    }
}

/// How often the right product is among the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Recall {
    pub recall_at_1: f64,
    pub recall_at_5: f64,
    pub recall_at_10: f64,
    /// The mean of 1 / place; 0 where it was not found.
    pub mrr: f64,
}

impl Recall {
    /// Of places, from 0.
    pub fn of(places: &[Option<usize>]) -> Self {
        let count = places.len().max(1) as f64;
        let among = |first: usize| {
            places.iter().flatten().filter(|place| **place < first).count() as f64 / count
        };
        let inverse = places.iter().flatten().map(|place| 1.0 / (*place as f64 + 1.0));
        Self {
            recall_at_1: among(1),
            recall_at_5: among(5),
            recall_at_10: among(10),
            mrr: inverse.sum::<f64>() / count,
        }
    }
}

/// What is asked for, once a model has looked at the photo.
struct Question {
    product: ProductId,
    photo: Photo,
    region: Region,
    /// None where the model saw nothing there.
    garment: Option<Garment>,
    words: Option<Vector>,
    picture: Option<Vector>,
}

/// The photos' questions to a shop.
pub struct Questions<'a> {
    app: &'a App,
    merchant: &'a MerchantId,
    questions: Vec<Question>,
}

impl<'a> Questions<'a> {
    /// Has the models look at every photo; tells after each.
    pub async fn of(
        app: &'a App,
        merchant: &'a MerchantId,
        pairs: Vec<Pair>,
        boxes: Boxes,
        mut progress: impl FnMut(),
    ) -> Result<Self, Error> {
        let mut questions = Self { app, merchant, questions: Vec::with_capacity(pairs.len()) };
        for pair in pairs {
            let question = questions.question(pair, boxes).await?;
            questions.questions.push(question);
            progress();
        }
        Ok(questions)
    }

    async fn question(&self, pair: Pair, boxes: Boxes) -> Result<Question, Error> {
        let Pair { photo: file, product, region } = pair;
        let shop = &self.app.shop;
        let bytes = tokio::fs::read(&file).await.map_err(Error::file(&file))?;
        let photo = Photo::read(&bytes, shop.vision.photo_side())
            .map_err(|error| Error::Photo(file.display().to_string(), error))?;
        let mut question =
            Question { product, photo, region, garment: None, words: None, picture: None };
        let (garment, _) = self.look(&question, None).await?;
        if let Some(garment) = &garment {
            let words = shop.embedder.embed(vec![garment.search_text()]).await?;
            question.words = words.into_iter().next();
        }
        let shown = garment.as_ref().filter(|_| boxes == Boxes::Seen);
        let part = question.photo.part(shown.map_or(region, |garment| garment.region));
        if let Some(pictures) = &shop.image_embedder {
            question.picture = pictures.embed(vec![part]).await?.into_iter().next();
        }
        Ok(Question { garment, ..question })
    }

    /// The garment that the model sees at the labelled place, and the products shown for it.
    async fn look(
        &self,
        question: &Question,
        picture_share: Option<f32>,
    ) -> Result<(Option<Garment>, Vec<ProductId>), Error> {
        let settings = Varied { picture_share, advice: Some(false), ..Varied::default() };
        let request = LookRequest {
            focus: Some(Focus::Region(question.region)),
            limit: SHOWN,
            trial: Trial { settings, ..Trial::default() },
            ..LookRequest::of(self.merchant.clone(), Sight::Photo(question.photo.clone()))
        };
        let look = self.app.shop.look(request, &self.app.admission).await;
        let look = look.map_err(|error| match error {
            Unanswered::Busy(busy) => ModelError::Stopped(busy.to_string()),
            Unanswered::Model(error) => error,
        })?;
        let Some(seen) = look.garments.into_iter().next() else { return Ok((None, Vec::new())) };
        let shown = seen.matches.into_iter().map(|found| found.product_id).collect();
        Ok((Some(seen.garment), shown))
    }

    /// How often the product is found by each way, the legs of the index counting as `weights` say.
    pub async fn ways(&self, weights: Weights) -> Result<Vec<(Way, Recall)>, Error> {
        let mut ways = Vec::new();
        for way in Way::OF_THE_INDEX {
            ways.push((way, self.searched(way.weights(weights)).await?));
        }
        ways.push((Way::Answer, self.answered(None).await?));
        Ok(ways)
    }

    /// How often a search of the index finds it.
    pub async fn searched(&self, weights: Weights) -> Result<Recall, Error> {
        let mut places = Vec::with_capacity(self.questions.len());
        for question in &self.questions {
            places.push(self.search(question, weights).await?);
        }
        Ok(Recall::of(&places))
    }

    async fn search(&self, question: &Question, weights: Weights) -> Result<Option<usize>, Error> {
        let Question { product, garment, words, picture, .. } = question;
        let shop = &self.app.shop;
        // Without a garment there are no words to search by.
        let blank = vec![0.0; shop.embedder.dimensions()];
        let weights = match words {
            Some(_) => weights,
            None => Weights { words: 0.0, ..weights },
        };
        let query = Query {
            words: words.clone().unwrap_or_else(|| blank.clone()),
            terms: garment.as_ref().map(Garment::search_text).unwrap_or_default(),
            picture: picture.clone(),
            weights,
            likeness: blank,
            prefilter: Prefilter::default(),
            limit: DEPTH,
        };
        let hits = shop.index.search(self.merchant, &query).await?;
        Ok(place(&hits, product))
    }

    /// How often it is among what a customer is shown; `picture_share` where it is not as set.
    pub async fn answered(&self, picture_share: Option<f32>) -> Result<Recall, Error> {
        let mut places = Vec::with_capacity(self.questions.len());
        for question in &self.questions {
            let (_, shown) = self.look(question, picture_share).await?;
            places.push(shown.iter().position(|product| *product == question.product));
        }
        Ok(Recall::of(&places))
    }
}

/// The place of a product among those found, whatever its versions.
fn place(hits: &[Hit], product: &ProductId) -> Option<usize> {
    let mut before: Vec<&ProductId> = Vec::new();
    for hit in hits {
        if hit.product == *product {
            return Some(before.len());
        }
        if !before.contains(&&hit.product) {
            before.push(&hit.product);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_counts_places_and_what_was_not_found() {
        let recall = Recall::of(&[Some(0), Some(3), Some(9), Some(20), None]);
        let Recall { recall_at_1, recall_at_5, recall_at_10, mrr } = recall;
        assert_eq!((recall_at_1, recall_at_5, recall_at_10), (0.2, 0.4, 0.6));
        let expected = (1.0 + 1.0 / 4.0 + 1.0 / 10.0 + 1.0 / 21.0) / 5.0;
        assert!((mrr - expected).abs() < 1e-9, "{mrr}");
        assert_eq!(Recall::of(&[]), Recall::default());
    }

    #[test]
    fn versions_of_one_product_take_one_place() {
        let hit = |product: &str, version: &str| Hit {
            product: ProductId::new(product).unwrap(),
            version: version.into(),
            similarity: 0.5,
            picture: None,
        };
        let hits = [hit("a", "navy"), hit("a", "red"), hit("b", "navy"), hit("c", "navy")];
        let at = |product: &str| place(&hits, &ProductId::new(product).unwrap());
        assert_eq!(["a", "b", "c", "d"].map(at), [Some(0), Some(1), Some(2), None]);
    }
}
