//! Something else of what was shown: another colour, another size, cheaper, more of it.

use super::{ChatError, act::Act, find::offers};
use crate::{
    conversation::{Condition, SHOWN, conditions},
    filter::Filters,
    ids::ProductId,
    look::Match,
    money::Money,
    search::SimilarRequest,
    shopping::Sight,
    vocabulary::Colour,
};

/// Matches for a garment where those that are shown are left out, at most.
const MOST: usize = 20;
/// Words that ask for others than those that are shown.
const MORE: [&str; 11] = [
    "more",
    "others",
    "other ones",
    "anything else",
    "something else",
    "mehr",
    "andere",
    "autres",
    "plus de",
    "otros",
    "otras",
];

impl Act<'_> {
    /// Finds again under the conditions of the message, which hold until others are said: for one
    /// product that is meant, this product and those like it; else for what was looked for last.
    pub(super) async fn refine(&mut self, about: &[usize]) -> Result<(), ChatError> {
        let text = self.said.text.clone();
        let meant: Vec<_> = about.iter().filter_map(|at| self.memory.shown.get(*at)).collect();
        let (mut asked, wants) = conditions(&text, self.memory.currency);
        // `the navy one in green`: its own colour only names it.
        let own: Vec<Colour> = meant.iter().filter_map(|shown| shown.colour).collect();
        if asked.colours.len() > 1 {
            asked.colours.retain(|colour| !own.contains(colour));
        } else if asked.colours.iter().all(|colour| own.contains(colour)) {
            asked.colours.clear();
        }
        let meant: Vec<ProductId> = meant.iter().map(|shown| shown.product.clone()).collect();
        if wants.contains(&Condition::Cheaper) {
            let prices = [self.cheaper_than(&meant).await?, asked.max_price];
            asked.max_price = prices.into_iter().flatten().min_by_key(|price| price.amount);
        }
        let says_more = asks_for_more(&text) && asked.is_empty();
        self.memory.filters = asked.or(&self.memory.filters);
        let found = match meant.first() {
            Some(product) if wants.contains(&Condition::GoesWith) => {
                self.that_goes_with(product).await?
            }
            Some(product) => self.like(product, says_more).await?,
            None => match self.again(&text, &wants, says_more).await? {
                Some(found) => found,
                None => return Ok(()),
            },
        };
        let shown = &self.memory.shown;
        let is_new = |found: &Match| shown.iter().all(|old| old.product != found.product_id);
        let found: Vec<Match> =
            found.into_iter().filter(|found| !says_more || is_new(found)).collect();
        self.tell_refined(&found);
        Ok(())
    }

    /// The price just below the lowest of these products', or of all that are shown.
    async fn cheaper_than(&self, meant: &[ProductId]) -> Result<Option<Money>, ChatError> {
        let shown: Vec<ProductId> = if meant.is_empty() {
            self.memory.shown.iter().map(|shown| shown.product.clone()).collect()
        } else {
            meant.to_vec()
        };
        let products = self.chat.searching.products_now(self.merchant, &shown).await?;
        let prices = products
            .iter()
            .flat_map(|product| &product.variants)
            .filter(|variant| variant.offer.can_be_bought_now())
            .map(|variant| variant.offer.current_price());
        let lowest = prices.min_by_key(|price| price.amount);
        Ok(lowest.map(|price| Money { amount: (price.amount - 1).max(0), ..price }))
    }

    /// A product in the versions that pass, then those like it.
    async fn like(&mut self, product: &ProductId, others: bool) -> Result<Vec<Match>, ChatError> {
        let started = std::time::Instant::now();
        let filters = self.memory.filters.clone();
        let searching = &self.chat.searching;
        let mut found = Vec::new();
        if !others {
            let own = searching.versions(self.merchant, product, &filters, &self.customer).await?;
            found.extend(own.into_iter().take(1));
        }
        let (merchant, product) = (self.merchant.clone(), product.clone());
        let like = SimilarRequest { merchant, product, filters, limit: 4 * SHOWN };
        let similar = searching.similar(&like).await?.unwrap_or_default();
        found.extend(similar.into_iter().map(|listed| listed.found));
        self.timings.find += crate::look::whole_millis(started.elapsed());
        Ok(found)
    }

    async fn that_goes_with(&mut self, product: &ProductId) -> Result<Vec<Match>, ChatError> {
        let (merchant, product) = (self.merchant.clone(), product.clone());
        let request = SimilarRequest { merchant, product, filters: Filters::default(), limit: 2 };
        let completed = self.chat.searching.complete(&request).await?;
        let slots = completed.unwrap_or_default();
        Ok(slots.into_iter().flat_map(|completion| completion.matches).collect())
    }

    /// What was looked for last, under what holds now; none where the reply is complete.
    async fn again(
        &mut self,
        text: &str,
        wants: &[Condition],
        others: bool,
    ) -> Result<Option<Vec<Match>>, ChatError> {
        if let Some(words) = self.memory.words.clone() {
            return self.search(&words).await.map(Some);
        }
        let answered = match self.memory.look {
            Some(look) => self.chat.shop.find_answered(self.merchant, look).await?,
            None => None,
        };
        match answered {
            Some(answered) => {
                let mut look = self.looking(Sight::Look(answered));
                if others {
                    look.limit = MOST;
                }
                let look = self.look(look).await?;
                if wants.contains(&Condition::GoesWith) {
                    let completed = look.complete_the_look;
                    return Ok(Some(completed.into_iter().flat_map(|part| part.matches).collect()));
                }
                if look.garments.len() > 1 && !others {
                    self.tell_look(&look, SHOWN);
                    return Ok(None);
                }
                Ok(Some(look.garments.into_iter().flat_map(|seen| seen.matches).collect()))
            }
            None => {
                let words: Vec<String> =
                    self.memory.garments.iter().map(|garment| garment.search_text()).collect();
                let words = words.first().cloned().unwrap_or_else(|| text.to_owned());
                self.memory.words = Some(words.clone());
                self.search(&words).await.map(Some)
            }
        }
    }

    fn tell_refined(&mut self, found: &[Match]) {
        let asked = words_of(&self.memory.filters);
        self.draft.put("asked", asked.clone());
        let places = self.show(found);
        let sentence = match (places.is_empty(), asked.is_empty()) {
            (false, false) => format!("This is there {{asked}}: {}.", offers(&places)),
            (false, true) => format!("This is what I find: {}.", offers(&places)),
            (true, false) => {
                "I find nothing like it {asked} now. Tell me what else may be different.".to_owned()
            }
            (true, true) => "I find nothing else like it now.".to_owned(),
        };
        self.draft.say(&sentence);
    }
}

fn asks_for_more(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let line = words.join(" ");
    MORE.iter().any(|phrase| format!(" {line} ").contains(&format!(" {phrase} ")))
}

/// What holds, in the words of the shop: `in green or olive, in size 40, up to 50.00 EUR`.
pub(super) fn words_of(filters: &Filters) -> String {
    let mut parts = Vec::new();
    if !filters.colours.is_empty() {
        let colours: Vec<&str> = filters.colours.iter().map(|colour| colour.words()).collect();
        parts.push(format!("in {}", colours.join(" or ")));
    }
    if !filters.sizes.is_empty() {
        parts.push(format!("in size {}", filters.sizes.join(" or ")));
    }
    if let Some(price) = filters.min_price {
        parts.push(format!("from {price}"));
    }
    if let Some(price) = filters.max_price {
        parts.push(format!("up to {price}"));
    }
    parts.join(", ")
}
