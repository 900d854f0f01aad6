//! The answer to a search, as it is told to the customer.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Asked, Facet, SearchError, SearchRequest,
    candidates::{Candidate, Window},
    order::Cursor,
};
use crate::{
    address::WebAddress,
    answers::Sought,
    garment::Garment,
    ids::SearchId,
    look::{Degradation, Match, Part},
};

/// A page of the products that answer a search.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The same on all pages of a search.
    pub search_id: SearchId,
    /// In the order asked for.
    pub products: Vec<Listed>,
    /// In the order asked for.
    pub facets: Vec<Facet>,
    pub total: Total,
    /// What the text names; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<Asked>,
    /// The garments of the photo that were searched for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub garments: Vec<Garment>,
    /// What to tell the customer about the whole answer, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A page that the merchant answers this search with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<WebAddress>,
    /// In a preview, the names of the rules that were applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// What is missing or worse than usual in this answer, and why. Empty when all is well.
    pub degraded: Vec<Degradation>,
    /// Where the page after this one begins; absent on the last.
    #[serde(skip)]
    pub next: Option<Cursor>,
    /// What is in the photo was known already.
    #[serde(skip)]
    pub(crate) known: bool,
    /// What products were sought for, as reports count it.
    #[serde(skip)]
    pub(crate) sought: Vec<Sought>,
}

/// A product of a search. `similarity` is 0 where nothing was asked for but filters.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Listed {
    #[serde(flatten)]
    pub found: Match,
    /// How many others seem to be the same and are not listed.
    pub collapsed: u64,
}

/// How many products answer a search, on all of its pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    pub count: u64,
    /// There may be more: a search looks at a bounded number of products.
    pub is_lower_bound: bool,
}

impl From<Candidate> for Listed {
    fn from(candidate: Candidate) -> Self {
        Self { found: candidate.found, collapsed: candidate.collapsed }
    }
}

impl SearchAnswer {
    pub(super) fn begin(request: &SearchRequest) -> Result<Self, SearchError> {
        let search_id = match &request.cursor {
            Some(cursor) if !cursor.fits(request) => return Err(SearchError::Cursor),
            Some(cursor) => cursor.search(),
            None => SearchId::now(),
        };
        let mut answer = Self {
            search_id,
            products: Vec::new(),
            facets: Vec::new(),
            total: Total::default(),
            understood: None,
            garments: Vec::new(),
            note: None,
            redirect: None,
            rules: Vec::new(),
            degraded: Vec::new(),
            next: None,
            known: false,
            sought: Vec::new(),
        };
        let foreign = |locale: &&String| !locale.to_ascii_lowercase().starts_with("en");
        if let Some(locale) = request.locale.as_ref().filter(foreign) {
            let reason = format!("reasons are not written in `{locale}`, but in English");
            answer.degrade(Part::Language, &reason);
        }
        Ok(answer)
    }

    pub(super) fn degrade(&mut self, part: Part, reason: &str) {
        self.degraded.push(Degradation { part, reason: reason.to_owned() });
    }

    /// Says that a part failed: to the customer of what kind, to the log all of it.
    pub(super) fn lose(&mut self, part: Part, error: &SearchError) {
        tracing::warn!(%error, ?part, "an answer is poorer than it should be");
        let told = match error {
            SearchError::Model(error) => error.for_customers(),
            SearchError::Store(error) => error.for_customers(),
            SearchError::Busy(_) => {
                "too many photos are being looked at; searched by the text alone"
            }
            SearchError::Cursor => "begin with the first page",
        };
        self.degrade(part, told);
    }

    /// Takes the page out of all that was found, which is in order.
    pub(super) fn cut(&mut self, request: &SearchRequest, window: Window) {
        let Window { candidates, is_whole, rest } = window;
        self.total = Total { count: candidates.len() as u64, is_lower_bound: !is_whole };
        if request.photo.is_some() && self.garments.is_empty() && !self.has_lost(Part::Garments) {
            self.note =
                Some("no clothes were seen in this photo; try one that shows them whole".into());
        } else if candidates.is_empty() && is_whole {
            self.note = Some("nothing in the shop answers this now".into());
        }
        let cursor = request.cursor.as_ref();
        let after = cursor.and_then(Cursor::after);
        let mut later = candidates
            .into_iter()
            .filter(|candidate| after.is_none_or(|after| candidate.place(request.sort) > *after));
        let page: Vec<_> = later.by_ref().take(request.limit).collect();
        let last = page.last().map(|candidate| candidate.place(request.sort));
        self.next = if later.next().is_some() {
            let from = cursor.and_then(Cursor::from).cloned();
            Some(Cursor::new(request, self.search_id, from, last))
        } else {
            rest.map(|from| Cursor::new(request, self.search_id, Some(from), None))
        };
        self.products = page.into_iter().map(Listed::from).collect();
    }

    pub(crate) fn has_lost(&self, part: Part) -> bool {
        self.degraded.iter().any(|degradation| degradation.part == part)
    }
}
