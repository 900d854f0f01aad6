//! Products that seem to be one and the same are listed once.

use std::collections::{BTreeMap, HashMap};

use super::{SearchError, Searching, candidates::Candidate};
use crate::{
    gtin::Gtin,
    ids::{MerchantId, ProductId},
    pictures::{Groups, Picture, same_pictures},
    ports::KeptPicture,
    product::Variant,
    vocabulary::Category,
};

impl Searching {
    /// Keeps the first of those that are the same, and counts the others on it.
    pub(super) async fn collapse(
        &self,
        merchant: &MerchantId,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), SearchError> {
        let ids: Vec<ProductId> =
            candidates.iter().map(|candidate| candidate.product.id.clone()).collect();
        let pictures = self.pictures.pictures_of(merchant, &ids).await?;
        keep_first(candidates, pictures);
        Ok(())
    }
}

fn keep_first(candidates: &mut Vec<Candidate>, pictures: Vec<KeptPicture>) {
    let mut groups = Groups::default();
    candidates.iter().for_each(|_| groups.add());
    join_gtins(candidates, &mut groups);
    join_pictures(candidates, pictures, &mut groups);
    let firsts: Vec<usize> = (0..candidates.len()).map(|at| groups.first(at)).collect();
    for (at, first) in firsts.iter().enumerate() {
        candidates[*first].collapsed += u64::from(*first != at);
    }
    let mut at = firsts.iter().enumerate().map(|(at, first)| at == *first);
    candidates.retain(|_| at.next().unwrap_or(true));
}

/// A GTIN names one article.
fn join_gtins(candidates: &[Candidate], groups: &mut Groups) {
    let mut known: HashMap<Gtin, usize> = HashMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for gtin in candidate.product.variants.iter().filter_map(Variant::read_gtin) {
            groups.join(at, *known.entry(gtin).or_insert(at));
        }
    }
}

/// One picture is of one article, within a category: a picture of a whole outfit may stand at
/// each of its pieces.
fn join_pictures(candidates: &[Candidate], pictures: Vec<KeptPicture>, groups: &mut Groups) {
    let had = pictures.into_iter().filter_map(|kept| Some((kept.product, kept.picture?.ok()?)));
    let had: HashMap<ProductId, Picture> = had.collect();
    let mut by_category: BTreeMap<Category, Vec<(usize, &Picture)>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if let Some(picture) = had.get(&candidate.product.id) {
            by_category.entry(candidate.product.category).or_default().push((at, picture));
        }
    }
    for places in by_category.values() {
        let same = same_pictures(places.iter().map(|(_, picture)| (&*picture.hash, picture.look)));
        for group in same {
            for pair in group.windows(2) {
                groups.join(places[pair[0]].0, places[pair[1]].0);
            }
        }
    }
}
