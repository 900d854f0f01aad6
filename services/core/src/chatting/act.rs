use std::time::Instant;

use super::{ChatError, Chatting, Reply, Said};
use crate::{
    conversation::{
        ChatTimings, Condition, Conversation, Draft, HandoverReason, Heard, Intent, Live, Memory,
        SHOWN, Shown, UNSURE, Understood, check, conditions,
    },
    customer::Customer,
    filter::Filters,
    garment::Garment,
    ids::{LookId, MerchantId, ProductId},
    look::{Degradation, Match, Part, whole_millis},
    ports::{ModelError, Wording},
    product::Product,
    profile::Person,
    search::{Asked, ShownProduct},
};

/// What is said where a reply can not be put together.
const AT_A_LOSS: &str = "I can not say that now. Tell me what you look for, or send a photo.";
const SAY_IT_OTHERWISE: &str = "I am not sure that I understand. Tell me what you look for, with its colour or size, or send a \
     photo.";

/// One message being answered.
pub(super) struct Act<'a> {
    pub chat: &'a Chatting,
    pub merchant: &'a MerchantId,
    pub said: &'a Said,
    pub locale: Option<String>,
    pub memory: Memory,
    pub unsure: u32,
    pub customer: Customer,
    pub person: Option<Person>,
    pub timings: ChatTimings,
    pub draft: Draft,
    /// What is found, in the places that the customer can call it by.
    pub products: Vec<Match>,
    /// What was shown before and is told of.
    pub told_of: Vec<Match>,
    pub look: Option<LookId>,
    pub degraded: Vec<Degradation>,
}

/// A message of photos alone.
pub(super) fn without_words() -> Understood {
    Understood { intent: Intent::Find, about: Vec::new(), confidence: 1.0 }
}

/// A message whose own words ask for a person.
pub(super) fn for_a_person() -> Understood {
    Understood { intent: Intent::HandOver, ..without_words() }
}

impl<'a> Act<'a> {
    pub(super) async fn begin(
        chat: &'a Chatting,
        merchant: &'a MerchantId,
        conversation: &Conversation,
        said: &'a Said,
    ) -> Result<Self, ChatError> {
        let (person, customer) = chat.person(merchant, conversation).await?;
        let queue = whole_millis(said.waited);
        Ok(Self {
            chat,
            merchant,
            said,
            locale: said.locale.clone().or_else(|| conversation.locale.clone()),
            memory: conversation.memory.clone(),
            unsure: conversation.unsure,
            customer,
            person,
            timings: ChatTimings { queue, ..ChatTimings::default() },
            draft: Draft::default(),
            products: Vec::new(),
            told_of: Vec::new(),
            look: None,
            degraded: Vec::new(),
        })
    }

    /// As the model understands it; by the plainest of its words where the model can not be asked.
    pub(super) async fn understand(&mut self) -> Understood {
        // The message itself is the newest turn.
        let before = self.memory.turns.split_last().map_or(&[][..], |(_, before)| before);
        let heard = Heard {
            text: self.said.text.clone(),
            shown: self.memory.shown.clone(),
            before: before.to_vec(),
        };
        let asked = async {
            let permit = self.chat.admission.enter(self.merchant).await?;
            let started = Instant::now();
            let understood = self.chat.assistant.understand(&heard, &permit).await;
            self.timings.queue += whole_millis(permit.waited());
            self.timings.understand += whole_millis(started.elapsed());
            Ok::<_, ChatError>(understood?)
        };
        match asked.await {
            Ok(mut understood) => {
                understood.about.retain(|at| *at < heard.shown.len());
                let (_, asked) = conditions(&heard.text, self.memory.currency);
                // These words say it, whatever a model makes of them.
                if asked.contains(&Condition::GoesWith) && !heard.shown.is_empty() {
                    understood.intent = Intent::Refine;
                }
                understood
            }
            Err(error) => {
                tracing::warn!(%error, "a message is understood by its plainest words alone");
                self.degrade(Part::Model, "the message was understood by its plainest words alone");
                self.plainest()
            }
        }
    }

    fn plainest(&self) -> Understood {
        let (filters, asked) = conditions(&self.said.text, self.memory.currency);
        let names_a_kind = !Asked::of_text(&self.said.text).categories.is_empty();
        let refines = !self.memory.shown.is_empty()
            && !names_a_kind
            && (!filters.is_empty() || !asked.is_empty());
        let intent = if refines { Intent::Refine } else { Intent::Find };
        Understood { intent, ..without_words() }
    }

    /// Whether the customer is not understood for the last time that is bearable.
    pub(super) fn despair(&mut self, understood: &Understood) -> Option<HandoverReason> {
        let said = conditions(&self.said.text, self.memory.currency);
        let says_something = !self.said.photos.is_empty()
            || !said.0.is_empty()
            || !Asked::of_text(&self.said.text).categories.is_empty();
        self.unsure = if understood.is_sure() || says_something { 0 } else { self.unsure + 1 };
        (self.unsure >= UNSURE).then_some(HandoverReason::Unsure)
    }

    /// Does what the message wants.
    pub(super) async fn act_on(&mut self, understood: &Understood) -> Result<(), ChatError> {
        if self.unsure > 0 {
            self.draft.say(SAY_IT_OTHERWISE);
            return Ok(());
        }
        self.memory.wish(&self.said.text, understood.intent);
        match understood.intent {
            Intent::Find => self.find().await,
            Intent::Refine => self.refine(&understood.about).await,
            Intent::Compare => self.compare(&understood.about).await,
            Intent::AskProduct => self.tell_of(&understood.about).await,
            Intent::SmallTalk => {
                self.be_polite();
                Ok(())
            }
            Intent::AskOrder | Intent::HandOver => Ok(()),
        }
    }

    /// Says that a person goes on.
    pub(super) fn hand_over(&mut self, reason: HandoverReason) {
        if self.said.alone {
            let told = "That is for one of our people, whom I can not get here. Please turn to our \
                        customer service.";
            self.draft.line(told);
            return;
        }
        self.draft.line(match reason {
            HandoverReason::Asked => "I get a colleague for you, who reads what we wrote here.",
            HandoverReason::Unsure => {
                "I do not get this right. A colleague reads what we wrote here and goes on."
            }
            HandoverReason::Complaint => {
                "I am sorry to hear that. A colleague reads what we wrote here and answers you."
            }
            HandoverReason::Order => {
                "I know nothing of orders. A colleague who does reads this and answers you here."
            }
        });
    }

    /// Shows products, as many as there is room for, and gives their places.
    pub(super) fn show(&mut self, found: &[Match]) -> Vec<usize> {
        let mut places = Vec::new();
        for found in found {
            let is_new = self.products.iter().all(|shown| shown.product_id != found.product_id);
            if is_new && self.products.len() < SHOWN {
                let place = self.products.len();
                self.draft.offer(place, &Live::from(found));
                self.products.push(found.clone());
                places.push(place);
            }
        }
        places
    }

    /// The products that are meant, as they are now, in the order meant.
    pub(super) async fn meant(&self, about: &[usize]) -> Result<Vec<Product>, ChatError> {
        let ids: Vec<ProductId> = about
            .iter()
            .filter_map(|at| self.memory.shown.get(*at))
            .map(|shown| shown.product.clone())
            .collect();
        Ok(self.chat.searching.products_now(self.merchant, &ids).await?)
    }

    /// Makes what is known of products available to the draft, by their places here.
    pub(super) fn offer(&mut self, products: &[Product]) {
        for (place, product) in products.iter().enumerate() {
            self.draft.offer(place, &Live::from(&ShownProduct::from(product.clone())));
        }
    }

    /// Filters that say what fits the customer, whatever is asked for.
    pub(super) fn sizes_alone(&self) -> Filters {
        Filters { sizes: self.memory.filters.sizes.clone(), ..Filters::default() }
    }

    pub(super) fn remember_garments(&mut self, garments: impl IntoIterator<Item = Garment>) {
        self.memory.garments.extend(garments);
    }

    pub(super) fn degrade(&mut self, part: Part, reason: &str) {
        let degradation = Degradation { part, reason: reason.to_owned() };
        if !self.degraded.contains(&degradation) {
            self.degraded.push(degradation);
        }
    }

    /// The reply in the customer's language, where the model can and its words hold; else as drafted.
    pub(super) async fn worded(&mut self) -> String {
        if self.draft.text.is_empty() {
            self.draft.say(AT_A_LOSS);
        }
        let own = self.draft.fill(&self.draft.text).unwrap_or_else(|_| AT_A_LOSS.to_owned());
        let english = self.locale.as_deref().is_some_and(|locale| {
            locale.split('-').next().is_some_and(|tag| tag.eq_ignore_ascii_case("en"))
        });
        if english {
            return own;
        }
        if !self.chat.assistant.words_replies() {
            if self.locale.is_some() {
                self.degrade(Part::Language, "this model does not write replies; they are English");
            }
            return own;
        }
        match self.in_other_words().await {
            Ok(text) => text,
            Err(error) => {
                tracing::warn!(%error, "a reply is told as it was drafted");
                self.degrade(Part::Language, "the reply could not be put into other words");
                own
            }
        }
    }

    async fn in_other_words(&mut self) -> Result<String, ChatError> {
        let wording = Wording {
            draft: self.draft.text.clone(),
            text: self.said.text.clone(),
            locale: self.locale.clone(),
        };
        let permit = self.chat.admission.enter(self.merchant).await?;
        let started = Instant::now();
        let worded = self.chat.assistant.word(&wording, &permit).await;
        self.timings.queue += whole_millis(permit.waited());
        self.timings.word += whole_millis(started.elapsed());
        let text = worded?;
        let unfounded = |error: crate::conversation::Unfounded| {
            ModelError::Answer(format!("the reply was refused: {error}"))
        };
        let instructions = self.chat.assistant.instructions();
        check(&text, &self.draft, &instructions).map_err(unfounded)?;
        Ok(self.draft.fill(&text).map_err(unfounded)?)
    }

    /// What is told and remembered.
    pub(super) fn end(mut self, intent: Intent, text: String, started: Instant) -> Reply {
        if let Some(first) = self.products.first() {
            self.memory.currency = Some(first.price.currency);
            self.memory.shown = self.products.iter().map(Shown::of).collect();
        } else {
            self.products = std::mem::take(&mut self.told_of);
        }
        let mut timings = self.timings;
        timings.total = whole_millis(started.elapsed()) + whole_millis(self.said.waited);
        let elsewhere =
            timings.queue + timings.understand + timings.describe + timings.embed + timings.word;
        timings.own = timings.total.saturating_sub(elsewhere);
        Reply::begin(self, intent, text, timings)
    }
}
