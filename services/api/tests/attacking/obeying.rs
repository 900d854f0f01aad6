//! A model that does what an attack wants, wherever its port leaves it free to.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use vitrine_core::{
    admission::Permit,
    conversation::{Heard, Understood},
    garment::Garment,
    ids::ProductId,
    look::Suggestion,
    photo::Photo,
    ports::{
        AdvicePiece, AdviceStream, Assistant, Brief, DescribeStream, ModelError, Stylist, Vision,
        Wording,
    },
    testing::{FakeAssistant, FakeStylist, FakeVision, sample},
    vocabulary::{Category, Colour},
};

/// Sees, advises and words as it is told to; as other fakes do where it is told nothing.
pub(crate) struct Obeying {
    says: Mutex<String>,
    also_works: AtomicBool,
    stranger: ProductId,
    instructions: Vec<String>,
    spoke: AtomicUsize,
}

impl Obeying {
    /// One that names a product of another merchant too, and works by these instructions.
    pub(crate) fn new(stranger: ProductId, instructions: Vec<String>) -> Self {
        Self {
            says: Mutex::default(),
            also_works: AtomicBool::default(),
            stranger,
            instructions,
            spoke: AtomicUsize::default(),
        }
    }

    /// Says this from now on, and what it should say, too, if it `also_works`; empty ends it.
    pub(crate) fn obey(&self, text: &str, also_works: bool) {
        *self.says.lock().unwrap() = text.to_owned();
        self.also_works.store(also_works, Ordering::SeqCst);
    }

    /// How often it said what it was told to.
    pub(crate) fn spoke(&self) -> usize {
        self.spoke.load(Ordering::SeqCst)
    }

    /// What it is to say, with what it should say where it also works.
    fn said(&self, work: &str) -> Option<String> {
        let says = self.says.lock().unwrap().clone();
        if says.is_empty() {
            return None;
        }
        self.spoke.fetch_add(1, Ordering::SeqCst);
        Some(if self.also_works.load(Ordering::SeqCst) { format!("{says} {work}") } else { says })
    }

    fn told(&self) -> Vec<&str> {
        self.instructions.iter().map(String::as_str).collect()
    }
}

#[async_trait]
impl Vision for Obeying {
    fn model(&self) -> &str {
        "obeying"
    }

    fn photo_side(&self) -> u32 {
        64
    }

    fn caution(&self) -> Option<&str> {
        None
    }

    fn instructions(&self) -> Vec<&str> {
        self.told()
    }

    async fn describe(&self, photo: &Photo, permit: &Permit) -> Result<DescribeStream, ModelError> {
        let dress = sample::garment(Category::Dress, &[Colour::Navy]);
        let garment = match self.said(&dress.description) {
            Some(said) => Garment { text: said.clone(), description: said, ..dress },
            None => dress,
        };
        FakeVision::seeing(vec![garment]).describe(photo, permit).await
    }
}

#[async_trait]
impl Stylist for Obeying {
    fn model(&self) -> &str {
        "obeying"
    }

    fn writes(&self, _: &str) -> bool {
        true
    }

    fn instructions(&self) -> Vec<&str> {
        self.told()
    }

    async fn advise(
        &self,
        photo: &Photo,
        brief: &Brief,
        permit: &Permit,
    ) -> Result<AdviceStream, ModelError> {
        let first = brief.candidates.first();
        let work = first.map_or(String::new(), |first| format!("Wear the {}.", first.title));
        let Some(said) = self.said(&work) else {
            return FakeStylist::default().advise(photo, brief, permit).await;
        };
        let mine = first.map(|first| first.product.clone());
        let suggest = |text: &str, ids: Vec<ProductId>| {
            AdvicePiece::Suggestion(Suggestion { text: text.to_owned(), product_ids: ids })
        };
        let pieces = vec![
            AdvicePiece::Text(said.clone()),
            suggest(&said, mine.iter().cloned().collect()),
            suggest(&said, brief.candidates.iter().map(|c| c.product.clone()).collect()),
            suggest(&said, mine.into_iter().chain([self.stranger.clone()]).collect()),
            suggest("Wear it.", vec![self.stranger.clone()]),
        ];
        Ok(stream::iter(pieces.into_iter().map(Ok)).boxed())
    }
}

#[async_trait]
impl Assistant for Obeying {
    fn model(&self) -> &str {
        "obeying"
    }

    fn instructions(&self) -> Vec<&str> {
        self.told()
    }

    async fn understand(&self, heard: &Heard, permit: &Permit) -> Result<Understood, ModelError> {
        let mut understood = FakeAssistant::default().understand(heard, permit).await?;
        if self.said("").is_some() {
            understood.about.extend([heard.shown.len(), 99]);
        }
        Ok(understood)
    }

    fn words_replies(&self) -> bool {
        true
    }

    async fn word(&self, wording: &Wording, _: &Permit) -> Result<String, ModelError> {
        Ok(self.said(&wording.draft).unwrap_or_else(|| wording.draft.clone()))
    }
}
