//! The way of a search: text, photo, both or neither, to the products that answer it.

mod answer;
mod asked;
mod browse;
mod candidates;
mod collapse;
mod completed;
mod facets;
mod order;
mod ruled;
mod shown;
mod similar;
mod versions;
mod words;

use std::{iter, sync::Arc, time::Instant};

use crate::{
    admission::{Admission, Busy},
    answers::{AnswerRecord, Sought},
    explain,
    filter::Filters,
    garment::Garment,
    ids::{MerchantId, ProductId},
    likeness::{Likeness, is_close},
    look::Part,
    matching::{Judged, blend, prefilter, terms, with_picture, worth},
    photo::Photo,
    ports::{Hit, ModelError, Pictures, Prefilter, Query, StoreError, Vector},
    product::ColourVersion,
    shopping::{Shopping, Unanswered},
    vocabulary::Category,
    wish,
};

pub use answer::{Listed, SearchAnswer, Total};
pub use asked::Asked;
pub use facets::{Facet, FacetField, FacetValue};
pub use order::{Cursor, Sort};
pub use ruled::Preview;
pub use shown::ShownProduct;
pub use similar::SimilarRequest;

pub(crate) use similar::itself;
pub(crate) use words::{holds, tokens};

use candidates::Window;

/// The most points of the index that a search looks at, and products that are read to browse.
pub const WINDOW: usize = 1_000;
/// How large a garment is to be searched for, as a share of the photo's largest.
const MAIN: f32 = 0.5;

/// Answers searches out of a shop's catalog.
pub struct Searching {
    pub shop: Arc<Shopping>,
    pub pictures: Arc<dyn Pictures>,
    pub admission: Arc<Admission>,
}

/// What is searched for, and how it is to be answered.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    pub merchant: MerchantId,
    /// The customer's own words.
    pub text: Option<String>,
    pub photo: Option<Photo>,
    pub filters: Filters,
    pub facets: Vec<FacetField>,
    pub sort: Sort,
    /// Products on the page at most.
    pub limit: usize,
    pub cursor: Option<Cursor>,
    /// Whether of products that seem to be the same only the best is listed.
    pub deduplicate: bool,
    /// BCP 47.
    pub locale: Option<String>,
    /// For a merchant who wants to see what rules do.
    pub preview: Option<Preview>,
}

/// Why a search has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    #[error("this cursor is of another search; begin with the first page")]
    Cursor,
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SearchRequest {
    /// The conditions that the text says outright, and what else it says.
    fn said(&self) -> (Filters, Option<String>) {
        let Some(text) = &self.text else { return (Filters::default(), None) };
        let (said, rest) = wish::conditions(text);
        (said, Some(rest).filter(|rest| !rest.is_empty()))
    }
}

impl From<Unanswered> for SearchError {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Busy(busy) => busy.into(),
            Unanswered::Model(error) => error.into(),
        }
    }
}

impl Searching {
    /// Answers a search: see what is asked for; find candidates by it, or walk through the catalog
    /// where nothing is; join them with live offers and judge them; apply the merchant's rules; put
    /// them in order; collapse those that are the same; count facets over all of them; and cut out
    /// the page. A page is true when it is answered, and the one after it when that is.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchAnswer, SearchError> {
        let started = Instant::now();
        let (said, text) = request.said();
        let request = SearchRequest { filters: request.filters.or(&said), ..request };
        let mut answer = SearchAnswer::begin(&request)?;
        let mut window = match (&request.photo, &text) {
            (Some(photo), _) => match self.garments(&request.merchant, photo, &mut answer).await {
                Ok(garments) => {
                    self.by_garments(&request, text.as_deref(), garments, &mut answer).await?
                }
                Err(error) => match &text {
                    Some(text) => {
                        answer.lose(Part::Garments, &error);
                        self.by_text(&request, text, &mut answer).await?
                    }
                    None => return Err(error),
                },
            },
            (None, Some(text)) => self.by_text(&request, text, &mut answer).await?,
            (None, None) => self.browse(&request).await?,
        };
        if !said.is_empty() {
            answer.understood = Some(answer.understood.take().unwrap_or_default().with(&said));
        }
        self.rule(&request, &mut window, &mut answer).await?;
        order::sort(&mut window.candidates, request.sort);
        if request.deduplicate {
            self.collapse(&request.merchant, &mut window.candidates).await?;
        }
        answer.facets = facets::count(&request.facets, &request.filters, &window.candidates);
        answer.cut(&request, window);
        if request.photo.is_some() || request.text.is_some() {
            let shown = answer.products.iter().map(|listed| &listed.found.product_id);
            self.shop.matched.note_products(&request.merchant, shown);
        }
        if request.cursor.is_none() && request.preview.is_none() {
            let record = AnswerRecord::of_search(&answer, started.elapsed());
            self.shop.answered.note(&request.merchant, record);
        }
        Ok(answer)
    }

    /// The main garments of a photo.
    async fn garments(
        &self,
        merchant: &MerchantId,
        photo: &Photo,
        answer: &mut SearchAnswer,
    ) -> Result<Vec<Garment>, SearchError> {
        if let Some(caution) = self.shop.vision.caution() {
            answer.degrade(Part::Model, caution);
        }
        let (garments, known) = self.shop.garments_of(photo, merchant, &self.admission).await?;
        answer.known = known;
        let largest = garments.iter().map(|garment| garment.region.area()).fold(0.0, f32::max);
        let is_main = |garment: &Garment| garment.region.area() >= MAIN * largest;
        Ok(garments.into_iter().filter(is_main).collect())
    }

    /// Candidates for each garment, of its own category or a neighbouring one, and of any that looks
    /// like it; each product for the garment that it fits best. The cosine alone decides what is too far off.
    async fn by_garments(
        &self,
        request: &SearchRequest,
        text: Option<&str>,
        garments: Vec<Garment>,
        answer: &mut SearchAnswer,
    ) -> Result<Window, SearchError> {
        let (SearchRequest { merchant, filters, .. }, shop) = (request, &*self.shop);
        let (meaning, asked) = match text {
            Some(text) => {
                let (meaning, asked) = self.meaning(merchant, text).await?;
                (Some(meaning), Some(asked))
            }
            None => (None, None),
        };
        let wish = match &meaning {
            Some(meaning) => Some(self.vector(meaning).await?),
            None => None,
        };
        let behind = shop.catalog.pending(merchant).await? > 0;
        let mut window = Window::whole();
        for garment in &garments {
            let near = garment.kinds().chain(garment.near_kinds());
            let Some(prefilter) = prefilter(filters, near, behind) else {
                answer.sought.push(Sought::of(garment, false));
                continue;
            };
            let vector = self.vector(&garment.search_text()).await?;
            let likeness = self.likeness(request, garment, &vector, answer).await?;
            let query = Query {
                words: blend(&vector, wish.as_ref()),
                terms: terms(garment, meaning.as_deref()),
                picture: likeness.as_ref().map(|likeness| likeness.vector.clone()),
                weights: shop.balance.legs,
                likeness: vector,
                prefilter,
                limit: WINDOW,
            };
            let hits = shop.index.search(merchant, &query).await?;
            let is_whole = hits.len() < WINDOW;
            let mut close = hits;
            close.retain(|hit| is_close(hit, shop.min_similarity, likeness.as_ref()));
            if let Some(likeness) = &likeness {
                let is_found = |id: &ProductId| close.iter().any(|hit| hit.product == *id);
                let alike: Vec<Hit> = likeness.beyond(is_found).into_iter().cloned().collect();
                close.extend(alike);
            }
            let judge = |version: &ColourVersion<'_>, hit: &Hit| {
                let mut reasons = explain::reasons(garment, version, &filters.colours);
                reasons.extend(asked.as_ref().and_then(|asked| asked.words_found(version)));
                let agreement = explain::agreement(garment, version);
                let words = worth(hit.similarity, agreement);
                let (worth, looks_alike) =
                    with_picture(words, hit, likeness.as_ref(), shop.balance);
                Some(Judged { worth, reasons, looks_alike })
            };
            let found = self.join(merchant, filters, &close, judge).await?;
            answer.sought.push(Sought::of(garment, !found.is_empty()));
            window.add(found, is_whole);
        }
        answer.understood = asked;
        answer.garments = garments;
        Ok(window)
    }

    /// Candidates for the customer's words. Near enough is what the cosine says so of, and what
    /// has all that the words name: a model knows meanings, but not every brand.
    async fn by_text(
        &self,
        request: &SearchRequest,
        text: &str,
        answer: &mut SearchAnswer,
    ) -> Result<Window, SearchError> {
        let shop = &*self.shop;
        let (meaning, asked) = self.meaning(&request.merchant, text).await?;
        let vector = match self.vector(&meaning).await {
            Ok(vector) => vector,
            Err(SearchError::Model(error)) => {
                answer.lose(Part::Matches, &SearchError::Model(error));
                vec![0.0; shop.embedder.dimensions()]
            }
            Err(error) => return Err(error),
        };
        let behind = shop.catalog.pending(&request.merchant).await? > 0;
        let query = Query {
            words: vector.clone(),
            terms: meaning,
            picture: None,
            weights: shop.balance.legs,
            likeness: vector,
            prefilter: request.filters.prefilter(behind),
            limit: WINDOW,
        };
        let hits = shop.index.search(&request.merchant, &query).await?;
        let judge = |version: &ColourVersion<'_>, hit: &Hit| {
            let (agreement, similarity) = (asked.agreement(version), hit.similarity);
            let is_near = similarity >= shop.min_similarity || agreement.is_whole();
            is_near.then(|| Judged {
                worth: agreement.share().map_or(similarity, |share| worth(similarity, share)),
                reasons: asked.reasons(version),
                looks_alike: None,
            })
        };
        let mut window = Window::whole();
        let found = self.join(&request.merchant, &request.filters, &hits, judge).await?;
        let colour = asked.colours.first().copied();
        let matched = !found.is_empty();
        let sought = |category: &Category| Sought { category: *category, colour, matched };
        answer.sought = asked.categories.iter().map(sought).collect();
        window.add(found, hits.len() < WINDOW);
        answer.understood = Some(asked);
        Ok(window)
    }

    /// What a garment of the photo looks like, where pictures are compared, and what of the shop looks
    /// like it; `words` are its own in a vector.
    async fn likeness(
        &self,
        request: &SearchRequest,
        garment: &Garment,
        words: &Vector,
        answer: &mut SearchAnswer,
    ) -> Result<Option<Likeness>, SearchError> {
        let Some(photo) = &request.photo else { return Ok(None) };
        let shop = &*self.shop;
        let vector = match shop.picture(photo.id(), Some(photo), garment.region).await {
            Ok(Some(vector)) => vector,
            Ok(None) => return Ok(None),
            Err(error) => {
                answer.lose(Part::Pictures, &SearchError::Model(error));
                return Ok(None);
            }
        };
        let (merchant, grades) = (&request.merchant, shop.grades());
        let all = Likeness::among_all(&*shop.index, merchant, vector, grades, words);
        Ok(Some(all.await?))
    }

    async fn vector(&self, text: &str) -> Result<Vector, SearchError> {
        let vectors = self.shop.vectors(vec![text.to_owned()]).await?;
        let none = || ModelError::Answer("the embedder gave no vector".into());
        Ok(vectors.into_iter().next().ok_or_else(none)?)
    }
}

/// What the index may rule out for a garment; none where the filters leave no category.
fn near(filters: &Filters, own: Category, behind: bool) -> Option<Prefilter> {
    prefilter(filters, iter::once(own).chain(own.neighbours().iter().copied()), behind)
}

#[cfg(test)]
mod tests;
