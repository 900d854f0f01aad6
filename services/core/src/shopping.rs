//! The way of a photo: the one story that everything else serves.

mod flight;
mod memory;
mod recorder;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_stream::stream;
use futures::{Stream, StreamExt, pin_mut, stream};

use crate::{
    admission::Permit,
    filter::Filters,
    garment::Garment,
    grounding::grounded,
    ids::{LookId, MerchantId},
    look::{Advice, Degradation, Look, LookGarment, Match, Part, Timings},
    matching::{self, Found, Wanted},
    photo::Photo,
    ports::{
        AdvicePiece, AdviceStream, Brief, Cache, Candidate, Catalog, DescribeStream, Embedder,
        Index, ModelError, Stylist, Vision,
    },
};

use flight::Flight;

pub use flight::Flights;
pub use recorder::MatchRecorder;

/// Products offered to the stylist at most.
const CANDIDATES: usize = 8;
/// How long an answered look can be fetched again.
pub const LOOKS_KEPT: Duration = Duration::from_secs(60 * 60);

/// Answers photos out of a shop's catalog.
pub struct Shopping {
    pub vision: Arc<dyn Vision>,
    pub stylist: Arc<dyn Stylist>,
    pub embedder: Arc<dyn Embedder>,
    pub catalog: Arc<dyn Catalog>,
    pub index: Arc<dyn Index>,
    pub cache: Arc<dyn Cache>,
    pub flights: Flights,
    pub matched: Arc<MatchRecorder>,
    /// Cosines below this are no match.
    pub min_similarity: f32,
}

/// A photo and what the customer wants of it.
#[derive(Debug, Clone)]
pub struct LookRequest {
    pub merchant: MerchantId,
    pub photo: Photo,
    /// The customer's own words.
    pub wish: Option<String>,
    pub filters: Filters,
    /// Matches for each garment at most.
    pub limit: usize,
    /// BCP 47.
    pub locale: Option<String>,
}

/// What becomes known about a look, in order. Ends with one `Completed` or one `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum LookEvent {
    Created {
        id: LookId,
        photo_id: String,
    },
    /// A garment, its matches still to come.
    Garment {
        id: String,
        garment: Garment,
    },
    Matches {
        garment_id: String,
        matches: Vec<Match>,
        note: Option<String>,
    },
    Advice(AdvicePiece),
    Completed(Box<Look>),
    Failed(ModelError),
}

impl Shopping {
    /// Answers a photo: describe it, or find it described; for each garment, as soon as it is
    /// known, embed, search, join with live offers and explain; then advise over what was found.
    /// What fails after the first garment makes the answer poorer, and it says so. Dropping the
    /// stream frees the models.
    pub fn advise(
        self: &Arc<Self>,
        request: LookRequest,
        permit: Permit,
    ) -> impl Stream<Item = LookEvent> + Send + 'static {
        let shop = Arc::clone(self);
        stream! {
            let started = Instant::now();
            let mut look = shop.begin(&request, &permit);
            yield LookEvent::Created { id: look.id, photo_id: look.photo_id.clone() };

            let (mut garments, flight) = match shop.garments(&request, &permit, &mut look).await {
                Ok(garments) => garments,
                Err(error) => {
                    yield LookEvent::Failed(error);
                    return;
                }
            };
            while let Some(seen) = look.timed(|t| &mut t.describe, garments.next()).await {
                let garment = match seen {
                    Ok(garment) => garment,
                    Err(error) if look.garments.is_empty() => {
                        yield LookEvent::Failed(error);
                        return;
                    }
                    Err(error) => {
                        look.lose(Part::Garments, &error, error.for_customers());
                        break;
                    }
                };
                let id = format!("g{}", look.garments.len() + 1);
                yield LookEvent::Garment { id: id.clone(), garment: garment.clone() };

                let Found { matches, note, .. } = shop.matches(&request, &garment, &mut look).await;
                yield LookEvent::Matches {
                    garment_id: id.clone(),
                    matches: matches.clone(),
                    note: note.clone(),
                };
                look.garments.push(LookGarment { id, garment, matches, note });
            }
            drop(garments);
            shop.remember_garments(&request, &look).await;
            flight.land().await;

            let advising = Instant::now();
            let brief = brief(&request, &look);
            let mut advice = shop.advice(&request, &permit, &brief, &mut look).await;
            while let Some(piece) = advice.next().await {
                match piece.map(|piece| grounded(piece, &brief)) {
                    Ok(Some(piece)) => {
                        look.take(piece.clone());
                        yield LookEvent::Advice(piece);
                    }
                    Ok(None) => tracing::debug!("advice on what was not found was dropped"),
                    Err(error) => look.lose(Part::Advice, &error, error.for_customers()),
                }
            }
            drop(advice);
            drop(permit);
            shop.remember_advice(&request, &brief, &look).await;
            look.timings.advise = millis(advising);

            look.timings.total = millis(started);
            look.round();
            shop.matched.note(&request.merchant, &look);
            shop.remember_look(&request.merchant, &look).await;
            yield LookEvent::Completed(Box::new(look));
        }
    }

    /// The whole answer at once.
    pub async fn look(
        self: &Arc<Self>,
        request: LookRequest,
        permit: Permit,
    ) -> Result<Look, ModelError> {
        let events = self.advise(request, permit);
        pin_mut!(events);
        while let Some(event) = events.next().await {
            match event {
                LookEvent::Completed(look) => return Ok(*look),
                LookEvent::Failed(error) => return Err(error),
                _ => {}
            }
        }
        Err(ModelError::Stopped("the answer has no end".into()))
    }

    fn begin(&self, request: &LookRequest, permit: &Permit) -> Look {
        let mut look = Look {
            id: LookId::now(),
            photo_id: request.photo.id().to_owned(),
            garments: Vec::new(),
            advice: None,
            note: None,
            model: self.vision.model().to_owned(),
            cached: false,
            timings: Timings {
                queue: u64::try_from(permit.waited().as_millis()).unwrap_or(u64::MAX),
                ..Timings::default()
            },
            degraded: Vec::new(),
        };
        if let Some(caution) = self.vision.caution() {
            look.degrade(Part::Model, caution.to_owned());
        }
        if let Some(locale) =
            request.locale.as_deref().filter(|locale| !self.stylist.writes(locale))
        {
            look.degrade(Part::Language, format!("this model does not write `{locale}`"));
        }
        look
    }

    /// The garments of the photo: as remembered, as another sees them now, or as the model does.
    async fn garments(
        &self,
        request: &LookRequest,
        permit: &Permit,
        look: &mut Look,
    ) -> Result<(DescribeStream, Flight), ModelError> {
        match self.known_garments(request, look).await {
            Ok(known) => {
                look.cached = true;
                Ok((stream::iter(known.into_iter().map(Ok)).boxed(), Flight::default()))
            }
            Err(flight) => Ok((self.vision.describe(&request.photo, permit).await?, flight)),
        }
    }

    /// The shop's products for one garment. What fails is said in the look.
    async fn matches(&self, request: &LookRequest, garment: &Garment, look: &mut Look) -> Found {
        let mut texts = vec![garment.search_text()];
        texts.extend(request.wish.clone());
        let vectors = self.vectors(texts);
        let vectors = match look.timed(|timings| &mut timings.embed, vectors).await {
            Ok(vectors) => vectors,
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                return Found::default();
            }
        };
        let Some(vector) = vectors.first() else { return Found::default() };
        let wanted = Wanted {
            merchant: &request.merchant,
            garment,
            vector,
            wish: request.wish.as_deref().zip(vectors.get(1)),
            filters: &request.filters,
            limit: request.limit,
            min_similarity: self.min_similarity,
        };
        match matching::find(&*self.catalog, &*self.index, &wanted).await {
            Ok(found) => {
                look.timings.search += found.search_ms;
                look.timings.join += found.join_ms;
                found
            }
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                Found::default()
            }
        }
    }

    /// The advice: none where nothing was found, as remembered, or as the stylist writes it.
    async fn advice(
        &self,
        request: &LookRequest,
        permit: &Permit,
        brief: &Brief,
        look: &mut Look,
    ) -> AdviceStream {
        if brief.candidates.is_empty() {
            return stream::empty().boxed();
        }
        if let Some(known) = self.recall_advice(request, brief).await {
            return pieces(known);
        }
        match self.stylist.advise(&request.photo, brief, permit).await {
            Ok(advice) => advice,
            Err(error) => {
                look.lose(Part::Advice, &error, error.for_customers());
                stream::empty().boxed()
            }
        }
    }
}

/// What the stylist is told: the best match of each garment first, then the second best of each.
fn brief(request: &LookRequest, look: &Look) -> Brief {
    let mut candidates: Vec<Candidate> = Vec::new();
    let deepest = look.garments.iter().map(|garment| garment.matches.len()).max().unwrap_or(0);
    for rank in 0..deepest {
        for found in look.garments.iter().filter_map(|garment| garment.matches.get(rank)) {
            let known = candidates.iter().any(|candidate| candidate.product == found.product_id);
            if !known && candidates.len() < CANDIDATES {
                candidates.push(Candidate {
                    product: found.product_id.clone(),
                    title: found.title.clone(),
                    category: found.category,
                    colour: found.colours.first().copied(),
                });
            }
        }
    }
    Brief {
        garments: look.garments.iter().map(|seen| seen.garment.clone()).collect(),
        candidates,
        wish: request.wish.clone(),
        locale: request.locale.clone(),
    }
}

fn pieces(advice: Advice) -> AdviceStream {
    let text = std::iter::once(AdvicePiece::Text(advice.text));
    let suggestions = advice.suggestions.into_iter().map(AdvicePiece::Suggestion);
    stream::iter(text.chain(suggestions).map(Ok).collect::<Vec<_>>()).boxed()
}

impl Look {
    fn degrade(&mut self, part: Part, reason: String) {
        let degradation = Degradation { part, reason };
        if !self.degraded.contains(&degradation) {
            self.degraded.push(degradation);
        }
    }

    /// Says that a part failed: to the customer of what kind, to the log all of it.
    fn lose(&mut self, part: Part, error: &dyn std::fmt::Display, told: &str) {
        tracing::warn!(%error, ?part, "an answer is poorer than it should be");
        self.degrade(part, told.to_owned());
    }

    /// Whether a part is missing or worse than usual.
    pub fn is_degraded(&self, part: Part) -> bool {
        self.degraded.iter().any(|degradation| degradation.part == part)
    }

    fn take(&mut self, piece: AdvicePiece) {
        let advice = self.advice.get_or_insert_default();
        match piece {
            AdvicePiece::Text(text) => advice.text = text,
            AdvicePiece::Suggestion(suggestion) => advice.suggestions.push(suggestion),
        }
    }

    /// Awaits something and adds the time it took to one step.
    async fn timed<T>(
        &mut self,
        step: impl Fn(&mut Timings) -> &mut u64,
        work: impl Future<Output = T>,
    ) -> T {
        let started = Instant::now();
        let result = work.await;
        *step(&mut self.timings) += millis(started);
        result
    }

    /// Says what is left to say once all is known.
    fn round(&mut self) {
        if self.garments.is_empty() {
            self.note =
                Some("no clothes were seen in this photo; try one that shows them whole".into());
        }
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
