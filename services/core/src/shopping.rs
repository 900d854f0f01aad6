//! The way of a photo: the one story that everything else serves.

mod brief;
mod completions;
mod flight;
mod likeness;
mod memory;
mod photos;
mod recorder;
mod request;
mod step;
mod turn;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_stream::stream;
use futures::{StreamExt, stream, stream::BoxStream};
use tracing::{Instrument, field::Empty, info_span};

use crate::{
    admission::{Admission, Busy, Permit},
    answers::{AnswerRecord, AnswerRecorder},
    completing::Completion,
    filter::Filters,
    garment::Garment,
    grounding::{described, grounded},
    ids::{LookId, MerchantId},
    likeness::Balance,
    look::{Advice, Degradation, Look, LookGarment, Match, Part, Timings, whole_millis},
    matching::{self, Found, Wanted},
    measuring::Measuring,
    meters::meters,
    photo::Photo,
    ports::{
        AdvicePiece, AdviceStream, Brief, Cache, Catalog, DescribeStream, Embedder, ImageEmbedder,
        Index, ModelError, Rules, StoreError, Stylist, Vision,
    },
    rules::RulesNow,
    spans::Within,
};
use brief::brief;
use flight::Flight;
use step::Step;
use turn::Turn;

pub use brief::candidates;
pub use flight::Flights;
pub use photos::{PHOTOS_KEPT, PhotoKeeping, Photos};
pub use recorder::MatchRecorder;
pub use request::{Answered, Focus, LookRequest, Seen, Sight};

/// What a customer is told where the cache can not be reached.
const SLOWER: &str = "what is known of photos can not be reached; answers take longer";
/// How long an answered look can be fetched again.
pub const LOOKS_KEPT: Duration = Duration::from_secs(60 * 60);

/// Answers photos out of a shop's catalog.
pub struct Shopping {
    pub vision: Arc<dyn Vision>,
    pub stylist: Arc<dyn Stylist>,
    pub embedder: Arc<dyn Embedder>,
    /// None where pictures are not compared.
    pub image_embedder: Option<Arc<dyn ImageEmbedder>>,
    pub catalog: Arc<dyn Catalog>,
    pub index: Arc<dyn Index>,
    pub rules: Arc<dyn Rules>,
    pub measuring: Measuring,
    pub cache: Arc<dyn Cache>,
    pub photos: Photos,
    pub flights: Flights,
    pub matched: Arc<MatchRecorder>,
    pub answered: Arc<AnswerRecorder>,
    /// Cosines below this are no match, unless it looks alike.
    pub min_similarity: f32,
    pub balance: Balance,
}

/// What becomes known about a look, in order. Ends with one `Completed` or one `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum LookEvent {
    Created {
        id: LookId,
        photo_id: String,
        /// The model that looks at the photo.
        model: String,
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
    /// Products for a place that the photo leaves empty.
    Completion(Completion),
    Advice(AdvicePiece),
    Completed(Box<Look>),
    Failed(ModelError),
}

/// What becomes known about a look, as it becomes known.
pub type LookStream = BoxStream<'static, LookEvent>;

/// Garments, each as soon as it is known.
type SeenStream = BoxStream<'static, Result<Seen, ModelError>>;

/// Why there is no look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl Shopping {
    /// Answers a photo: describe it, or find it described; for each garment, as soon as it is
    /// known, embed, search, join with live offers and explain; then advise over what was found.
    /// What fails after the first garment makes the answer poorer, and it says so. Who asks for
    /// what is known needs no model and does not queue for one. Dropping the stream frees the
    /// models.
    pub async fn advise(
        self: &Arc<Self>,
        mut request: LookRequest,
        admission: &Arc<Admission>,
    ) -> Result<LookStream, Busy> {
        let shop = Arc::clone(self);
        let understood = request.understand();
        let mut look = shop.begin(&request, understood);
        let span = info_span!("look", look = %look.id, garments = Empty, cached = Empty);
        let known = shop.known_garments(&request, &mut look).instrument(span.clone());
        let (known, flight) = match known.await {
            Ok(known) => (Some(known), Flight::default()),
            Err(flight) => (None, flight),
        };
        let mut turn = Turn::new(admission, &request.merchant);
        if known.is_none() {
            turn.permit().instrument(span.clone()).await?;
        }
        let told = span.clone();
        let story = stream! {
            let started = Instant::now();
            yield LookEvent::Created {
                id: look.id,
                photo_id: look.photo_id.clone(),
                model: look.model.clone(),
            };

            let rules = rules_or_none(&*shop.rules, &request.merchant).await;
            let mut garments = match shop.garments(&request, known, &mut turn, &mut look).await {
                Ok(garments) => garments,
                Err(error) => {
                    meters().look_failed();
                    yield LookEvent::Failed(error);
                    return;
                }
            };
            while let Some(seen) = look.timed(Step::Describe, garments.next()).await {
                let Seen { id, garment } = match seen {
                    Ok(seen) => seen,
                    Err(error) if look.garments.is_empty() => {
                        meters().look_failed();
                        yield LookEvent::Failed(error);
                        return;
                    }
                    Err(error) => {
                        look.lose(Part::Garments, &error, error.for_customers());
                        break;
                    }
                };
                yield LookEvent::Garment { id: id.clone(), garment: garment.clone() };

                let found = shop.matches(&request, &rules, &garment, &mut look);
                let found = found.instrument(info_span!("garment", garment = %id)).await;
                let Found { matches, note, .. } = found;
                if !matches.is_empty() {
                    look.timings.first_match.get_or_insert(millis(started));
                }
                yield LookEvent::Matches {
                    garment_id: id.clone(),
                    matches: matches.clone(),
                    note: note.clone(),
                };
                look.garments.push(LookGarment { id, garment, matches, note });
            }
            drop(garments);
            if request.focus.is_none() {
                let told: Vec<&Garment> = look.garments.iter().map(|seen| &seen.garment).collect();
                shop.remember_garments(&request, &look, &told).await;
            }
            flight.land().await;

            let gaps = shop.gaps(&request, &rules, &look).await;
            for slot in &gaps.slots {
                let completion = shop.completion(&request, &gaps, *slot, &mut look);
                let completion = completion.instrument(info_span!("completion")).await;
                if let Some(completion) = completion {
                    yield LookEvent::Completion(completion.clone());
                    look.complete_the_look.push(completion);
                }
            }

            let (advising, writing) = (Instant::now(), info_span!("advise"));
            let brief = brief(&request, &look);
            let advice = shop.advice(&request, &mut turn, &brief, &mut look);
            let (mut advice, flight) = advice.instrument(writing.clone()).await;
            while let Some(piece) = advice.next().instrument(writing.clone()).await {
                match piece.map(|piece| grounded(piece, &brief, &shop.stylist.instructions())) {
                    Ok(Some(piece)) => {
                        look.take(piece.clone());
                        yield LookEvent::Advice(piece);
                    }
                    Ok(None) => tracing::debug!("advice on what was not found was dropped"),
                    Err(error) => look.lose(Part::Advice, &error, error.for_customers()),
                }
            }
            drop((advice, writing));
            look.timings.queue = whole_millis(request.waited + turn.waited());
            drop(turn);
            shop.remember_advice(&request, &brief, &look).await;
            flight.land().await;
            look.timings.advise = millis(advising);

            look.timings.total = millis(started);
            look.round(request.focus.is_some());
            told.record("garments", look.garments.len()).record("cached", look.cached);
            meters().look(&look);
            shop.matched.note(&request.merchant, &look);
            shop.answered.note(&request.merchant, AnswerRecord::of_look(&look, &request.trial));
            if let Sight::Photo(photo) = &request.sight {
                shop.photos.keep(&request.merchant, photo).await;
            }
            shop.remember_look(&request.merchant, &look).await;
            yield LookEvent::Completed(Box::new(look));
        };
        Ok(Within::new(story.boxed(), span).boxed())
    }

    /// The whole answer at once.
    pub async fn look(
        self: &Arc<Self>,
        request: LookRequest,
        admission: &Arc<Admission>,
    ) -> Result<Look, Unanswered> {
        let mut events = self.advise(request, admission).await?;
        while let Some(event) = events.next().await {
            match event {
                LookEvent::Completed(look) => return Ok(*look),
                LookEvent::Failed(error) => return Err(error.into()),
                _ => {}
            }
        }
        Err(ModelError::Stopped("the answer has no end".into()).into())
    }

    fn begin(&self, request: &LookRequest, understood: Filters) -> Look {
        let refines = match &request.sight {
            Sight::Photo(_) | Sight::KeptPhoto(_) => None,
            Sight::Look(answered) => Some(answered.look),
        };
        let mut look = Look {
            id: LookId::now(),
            photo_id: request.sight.photo_id().to_owned(),
            garments: Vec::new(),
            complete_the_look: Vec::new(),
            advice: None,
            customer_id: request.person.as_ref().map(|person| person.id.clone()),
            refines,
            understood,
            note: None,
            model: self.vision.model().to_owned(),
            cached: false,
            experiments: request.trial.served.clone(),
            timings: Timings::default(),
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

    /// The garments where no model is needed for them; else the right to look, while others who
    /// come with the same photo wait for what is seen.
    async fn known_garments(
        &self,
        request: &LookRequest,
        look: &mut Look,
    ) -> Result<Vec<Seen>, Flight> {
        match &request.sight {
            Sight::Look(answered) => Ok(answered.garments.clone()),
            Sight::Photo(_) | Sight::KeptPhoto(_) => {
                let slower = |error: &StoreError| look.lose(Part::Cache, error, SLOWER);
                self.board(request.sight.photo_id(), slower).await.map(numbered)
            }
        }
    }

    /// What the model sees in a photo, as far as it may be told.
    async fn see(&self, photo: &Photo, permit: &Permit) -> Result<DescribeStream, ModelError> {
        let seen = self.vision.describe(photo, permit).await?;
        let vision = Arc::clone(&self.vision);
        let told = move |seen: Result<Garment, ModelError>| {
            seen.map(|garment| described(garment, &vision.instructions()))
        };
        Ok(seen.map(told).boxed())
    }

    /// The garments of the photo that are meant: as known, or as the model sees them.
    async fn garments(
        &self,
        request: &LookRequest,
        known: Option<Vec<Seen>>,
        turn: &mut Turn,
        look: &mut Look,
    ) -> Result<SeenStream, ModelError> {
        look.cached = known.is_some();
        let garments = match (known, request.sight.photo()) {
            (Some(known), _) => stream::iter(known.into_iter().map(Ok)).boxed(),
            (None, None) => stream::empty().boxed(),
            (None, Some(photo)) => {
                let permit =
                    turn.permit().await.map_err(|busy| ModelError::Stopped(busy.to_string()))?;
                let seen = self.see(photo, permit);
                let seen = look.timed(Step::Describe, seen).await?;
                let number = |(place, seen): (usize, Result<Garment, ModelError>)| {
                    seen.map(|garment| Seen::at(place, garment))
                };
                seen.enumerate().map(number).boxed()
            }
        };
        match request.focus {
            None => Ok(garments),
            Some(focus) => self.only(focus, garments, request, look).await,
        }
    }

    /// The one garment that is meant: known only when all of them are.
    async fn only(
        &self,
        focus: Focus,
        mut garments: SeenStream,
        request: &LookRequest,
        look: &mut Look,
    ) -> Result<SeenStream, ModelError> {
        let mut all: Vec<Seen> = Vec::new();
        while let Some(seen) = look.timed(Step::Describe, garments.next()).await {
            match seen {
                Ok(seen) => all.push(seen),
                Err(error) if all.is_empty() => return Err(error),
                Err(error) => look.lose(Part::Garments, &error, error.for_customers()),
            }
        }
        let told: Vec<&Garment> = all.iter().map(|seen| &seen.garment).collect();
        self.remember_garments(request, look, &told).await;
        Ok(stream::iter(focus.choose(all).map(Ok)).boxed())
    }

    /// The shop's products for one garment. What fails is said in the look.
    async fn matches(
        &self,
        request: &LookRequest,
        rules: &RulesNow,
        garment: &Garment,
        look: &mut Look,
    ) -> Found {
        let asked = as_asked(garment, request);
        let region = garment.region;
        // What is wanted in another colour is not to look like what is there.
        let is_to_look_alike = asked.is_none();
        let garment = asked.as_ref().unwrap_or(garment);
        let mut texts = vec![garment.search_text()];
        texts.extend(request.wish.clone());
        let vectors = self.vectors(texts);
        let vectors = match look.timed(Step::Embed, vectors).await {
            Ok(vectors) => vectors,
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                return Found::default();
            }
        };
        let Some(vector) = vectors.first() else { return Found::default() };
        let likeness = match is_to_look_alike {
            true => self.likeness(request, region, vector, look).await,
            false => None,
        };
        let wanted = Wanted {
            merchant: &request.merchant,
            garment,
            vector,
            likeness: likeness.as_ref(),
            wish: request.wish.as_deref().zip(vectors.get(1)),
            filters: &request.filters,
            customer: &request.customer,
            person: request.person.as_ref(),
            ruling: &rules.ruling(&request.words(), &garment.kinds().collect::<Vec<_>>()),
            limit: request.trial.settings.limit.unwrap_or(request.limit),
            min_similarity: request.trial.settings.min_similarity.unwrap_or(self.min_similarity),
            balance: self.balance.under(&request.trial.settings),
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

    /// The advice: none where nothing was found or none is wanted, as remembered, as another is given
    /// it now, or as the stylist writes it. With the right to have it written, where that is used.
    async fn advice(
        &self,
        request: &LookRequest,
        turn: &mut Turn,
        brief: &Brief,
        look: &mut Look,
    ) -> (AdviceStream, Flight) {
        let none = || (stream::empty().boxed(), Flight::default());
        if brief.candidates.is_empty() || request.trial.settings.advice == Some(false) {
            return none();
        }
        // What is told of one customer's purchases is for nobody else and kept nowhere.
        let flight = if brief.bought.is_empty() {
            match self.board_advice(request, brief).await {
                Ok(known) => return (pieces(known), Flight::default()),
                Err(flight) => flight,
            }
        } else {
            Flight::default()
        };
        let Some(photo) = request.sight.photo() else {
            let told = "the photo is no longer kept; send it again for advice";
            look.degrade(Part::Advice, told.to_owned());
            return none();
        };
        let permit = match turn.permit().await {
            Ok(permit) => permit,
            Err(busy) => {
                look.lose(Part::Advice, &busy, "the stylist is busy; ask again for advice");
                return none();
            }
        };
        match self.stylist.advise(photo, brief, permit).await {
            Ok(advice) => (advice, flight),
            Err(error) => {
                look.lose(Part::Advice, &error, error.for_customers());
                none()
            }
        }
    }
}

/// The merchant's rules that hold now; none where they can not be read, which is told to the log: a
/// catalog that can not be read is told to the customer by what it lacks.
async fn rules_or_none(rules: &dyn Rules, merchant: &MerchantId) -> RulesNow {
    RulesNow::of(rules, merchant).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "an answer is given without the merchant's rules");
        RulesNow::default()
    })
}

fn numbered(garments: Vec<Garment>) -> Vec<Seen> {
    garments.into_iter().enumerate().map(|(place, garment)| Seen::at(place, garment)).collect()
}

/// The garment in the first of the colours that are asked for, where any are and it has none of
/// them.
fn as_asked(garment: &Garment, request: &LookRequest) -> Option<Garment> {
    let asked = &request.filters.colours;
    let first = *asked.first()?;
    let has = garment.colours.iter().any(|colour| asked.contains(colour));
    (!has).then(|| Garment { colours: vec![first], ..garment.clone() })
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

    /// Awaits something as work of a step, and adds the time it took to that.
    async fn timed<T>(&mut self, step: Step, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = work.instrument(step.span()).await;
        *step.of(&mut self.timings) += millis(started);
        result
    }

    /// Says what is left to say once all is known.
    fn round(&mut self, focused: bool) {
        if self.garments.is_empty() {
            self.note = Some(if focused {
                "no clothes were seen in this part of the photo; mark another one".into()
            } else {
                "no clothes were seen in this photo; try one that shows them whole".into()
            });
        }
    }
}

fn millis(since: Instant) -> u64 {
    whole_millis(since.elapsed())
}

#[cfg(test)]
mod tests;
