//! Finding: by photos, by words.

use super::{ChatError, act::Act};
use crate::{
    conversation::{Condition, SHOWN, conditions},
    experiments::{Trial, Varied},
    garment::{Garment, attribute_words},
    look::{Look, Match},
    ports::ModelError,
    search::{Asked, SearchRequest, Sort},
    shopping::{LookRequest, Sight},
    vocabulary::Category,
};

/// Searches find this many, so that what was shown before can be left out.
const SEARCHED: usize = 24;

impl Act<'_> {
    /// Answers the photos of the message.
    pub(super) async fn find_by_photos(&mut self) -> Result<(), ChatError> {
        self.memory.garments.clear();
        self.memory.words = None;
        self.memory.filters = self.sizes_alone();
        let photos = &self.said.photos;
        for (number, photo) in photos.iter().enumerate() {
            let mut request = self.looking(Sight::Photo(photo.clone()));
            if number > 0 {
                self.draft.line("");
                request.waited = std::time::Duration::ZERO;
            }
            let look = match self.look(request).await {
                Ok(look) => look,
                Err(ChatError::Model(ModelError::Refused(why))) => {
                    self.draft.line(why.words());
                    continue;
                }
                Err(error) => return Err(error),
            };
            let room = SHOWN.saturating_sub(self.products.len()).div_ceil(photos.len() - number);
            self.remember_garments(look.garments.iter().map(|seen| seen.garment.clone()));
            self.tell_look(&look, room);
        }
        Ok(())
    }

    /// A look with the customer's words and no advice: the reply is what is told.
    pub(super) fn looking(&self, sight: Sight) -> LookRequest {
        let (_, asked) = conditions(&self.said.text, self.memory.currency);
        let settings = Varied { advice: Some(false), ..Varied::default() };
        LookRequest {
            wish: Some(self.said.text.clone()).filter(|text| !text.is_empty()),
            filters: self.memory.filters.clone(),
            customer: self.customer.clone(),
            person: self.person.clone(),
            complete_the_look: asked.contains(&Condition::GoesWith),
            limit: SHOWN,
            locale: self.locale.clone(),
            trial: Trial { settings, ..Trial::default() },
            ..LookRequest::of(self.merchant.clone(), sight)
        }
    }

    pub(super) async fn look(&mut self, request: LookRequest) -> Result<Look, ChatError> {
        let look = self.chat.shop.look(request, &self.chat.admission).await?;
        let timings = &look.timings;
        self.timings.queue += timings.queue;
        self.timings.describe += timings.describe;
        self.timings.embed += timings.embed;
        self.timings.find += timings.search + timings.join;
        self.degraded.extend(look.degraded.iter().cloned());
        self.memory.look = Some(look.id);
        self.look = Some(look.id);
        Ok(look)
    }

    /// What is in a photo and what matches it, `room` products at most.
    pub(super) fn tell_look(&mut self, look: &Look, room: usize) {
        if let Some(note) = &look.note {
            self.draft.line(&sentence(note));
            return;
        }
        let each = (room / look.garments.len().max(1)).max(1);
        let mut missing = Vec::new();
        for seen in &look.garments {
            let name = name_of(&seen.garment);
            let places = self.show(seen.matches.get(..each).unwrap_or(&seen.matches));
            if places.is_empty() {
                missing.push(name);
            } else {
                self.draft.line(&format!("For the {name}: {}.", offers(&places)));
            }
            if let Some(other) = seen.garment.perhaps {
                let own = seen.garment.category;
                self.draft.say(&format!("I am not sure: is it a {own} or a {other}?"));
            }
        }
        if !missing.is_empty() {
            let missing = missing.join(" and the ");
            self.draft.line(&format!("I find nothing that is close to the {missing}."));
        }
        for completion in &look.complete_the_look {
            let places = self.show(completion.matches.get(..2).unwrap_or(&completion.matches));
            if !places.is_empty() {
                self.draft.line(&format!("This goes with it: {}.", offers(&places)));
            }
        }
    }

    /// Finds by the words of the message; by what is in the photo before it where they name no kind
    /// of their own.
    pub(super) async fn find(&mut self) -> Result<(), ChatError> {
        let text = self.said.text.clone();
        let asked = Asked::of_text(&text);
        let points_back = asked.categories.is_empty() && self.memory.look.is_some();
        if points_back {
            return self.refine(&[]).await;
        }
        self.memory.filters = self.sizes_alone();
        self.memory.words = Some(text.clone());
        let mut found = self.search(&text).await?;
        let kinds = asked.categories;
        let is_of = |found: &Match| {
            let near = |kind: &Category| kind.neighbours().contains(&found.category);
            kinds.contains(&found.category) || kinds.iter().any(near)
        };
        found.retain(|found| kinds.is_empty() || is_of(found));
        self.tell_found(found);
        Ok(())
    }

    /// What the shop has for these words under what holds now.
    pub(super) async fn search(&mut self, text: &str) -> Result<Vec<Match>, ChatError> {
        let started = std::time::Instant::now();
        let request = SearchRequest {
            merchant: self.merchant.clone(),
            text: Some(text.to_owned()),
            photo: None,
            filters: self.memory.filters.clone(),
            facets: Vec::new(),
            sort: Sort::Relevance,
            limit: SEARCHED,
            cursor: None,
            deduplicate: true,
            locale: None,
            preview: None,
        };
        let answer = self.chat.searching.search(request).await?;
        self.timings.find += crate::look::whole_millis(started.elapsed());
        self.degraded.extend(answer.degraded.iter().cloned());
        Ok(answer.products.into_iter().map(|listed| listed.found).collect())
    }

    pub(super) fn tell_found(&mut self, found: Vec<Match>) {
        let fits = |found: &Match| {
            found.variants.iter().any(|variant| self.customer.fits(variant.size.as_deref()))
        };
        let found: Vec<Match> = found.into_iter().filter(fits).collect();
        let places = self.show(&found);
        if places.is_empty() {
            self.draft.say(
                "I find nothing like that in the shop now. Tell me another colour, size or price, \
                 or send a photo.",
            );
        } else {
            self.draft.say(&format!("This is what I find: {}.", offers(&places)));
        }
    }
}

/// `{p1.title} for {p1.price}; {p2.title} for {p2.price}`.
pub(super) fn offers(places: &[usize]) -> String {
    let offers: Vec<String> = places
        .iter()
        .map(|place| {
            let name = format!("p{}", place + 1);
            format!("{{{name}.title}} for {{{name}.price}}")
        })
        .collect();
    offers.join("; ")
}

/// The main colour and the kind of a garment, of two kinds where it is in doubt.
fn name_of(garment: &Garment) -> String {
    let main = garment.colours.get(..1).unwrap_or_default();
    let own = attribute_words(main, None, None, garment.category, None);
    garment.perhaps.map_or(own.clone(), |other| format!("{own} or {other}"))
}

fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    let first = letters.next().map(char::to_uppercase);
    let capital: String = first.into_iter().flatten().chain(letters).collect();
    if capital.ends_with('.') { capital } else { capital + "." }
}
