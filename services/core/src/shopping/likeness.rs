//! What garments look like, to be compared with the pictures of products.

use super::{LookRequest, Shopping, memory::ANSWERS_KEPT, step::Step};
use crate::{
    digest,
    garment::Region,
    likeness::{Grades, Likeness, SameBy},
    look::{Look, Part},
    photo::Photo,
    ports::{ModelError, Vector},
};

impl Shopping {
    /// From which cosines on pictures are taken to look alike.
    pub(crate) fn grades(&self) -> Option<Grades> {
        self.image_embedder.as_ref()?.grades()
    }

    /// From where on pictures are of the same product where their hashes leave a doubt, where that was
    /// measured.
    pub fn same_by(&self) -> Option<SameBy<'_>> {
        let embedder = self.image_embedder.as_ref()?;
        let cosine = embedder.grades()?.very_similar?;
        Some(SameBy { model: embedder.model(), cosine })
    }

    /// The vector of what stands in a region of a photo: as remembered, or as the encoder makes it
    /// of the photo. None where pictures are not compared, or where it is not known and the photo is
    /// no longer kept.
    pub(crate) async fn picture(
        &self,
        photo_id: &str,
        photo: Option<&Photo>,
        region: Region,
    ) -> Result<Option<Vector>, ModelError> {
        let Some(embedder) = &self.image_embedder else { return Ok(None) };
        let Region { left, top, right, bottom } = region;
        let place = format!("{left} {top} {right} {bottom}");
        let key = format!("picture:{}", digest(&[embedder.model(), photo_id, &place]));
        if let Some(known) = self.recall(&key).await {
            return Ok(Some(known));
        }
        let Some(photo) = photo else { return Ok(None) };
        let vector = embedder.embed(vec![photo.part(region)]).await?.into_iter().next();
        if let Some(vector) = &vector {
            self.remember(&key, vector, ANSWERS_KEPT).await;
        }
        Ok(vector)
    }

    /// What a garment of the request's photo looks like, and what of the shop looks like it; `words`
    /// are its own in a vector. What fails is said in the look.
    pub(super) async fn likeness(
        &self,
        request: &LookRequest,
        region: Region,
        words: &Vector,
        look: &mut Look,
    ) -> Option<Likeness> {
        let (id, photo) = (request.sight.photo_id(), request.sight.photo());
        let picture = self.picture(id, photo, region);
        let vector = match look.timed(Step::Embed, picture).await {
            Ok(vector) => vector?,
            Err(error) => {
                look.lose(Part::Pictures, &error, error.for_customers());
                return None;
            }
        };
        let (index, merchant) = (&*self.index, &request.merchant);
        let all = Likeness::among_all(index, merchant, vector, self.grades(), words);
        match look.timed(Step::Search, all).await {
            Ok(likeness) => Some(likeness),
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                None
            }
        }
    }
}
