//! Products that seem to be one and the same.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::{MerchantId, ProductId},
    likeness::SameBy,
    pictures::Alike,
    ports::{Catalog, KeptPicture, PictureState, Pictures, StoreError},
    vocabulary::vocabulary,
};

/// Pictures read at once.
const PAGE: usize = 1_000;

/// Products that a group names at most.
pub const NAMED: usize = 20;

vocabulary! {
    /// What tells that products are the same.
    DuplicatesBy {
        Gtin = "gtin", "one GTIN";
        Picture = "picture", "one picture";
    }
}

impl DuplicatesBy {
    /// Why it matters.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Gtin => {
                "A GTIN names one article; under two products it is shown twice, or one is wrong."
            }
            Self::Picture => "Shoppers see one thing twice, or a product with another's picture.",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Gtin => "Keep one of the products, or correct the `gtin` of the wrong variant.",
            Self::Picture => "Make one product of them, or give each a picture of its own.",
        }
    }
}

/// More than one product that share something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DuplicateGroup {
    /// What they share: a GTIN as 14 digits; the hash of the first one's picture file.
    pub value: String,
    /// How many they are.
    pub count: u64,
    /// The first of them by id, 20 at most.
    pub products: Vec<ProductId>,
}

/// The groups whose value comes after `after`, in byte order.
pub async fn duplicates(
    catalog: &dyn Catalog,
    pictures: &dyn Pictures,
    same: Option<SameBy<'_>>,
    merchant: &MerchantId,
    by: DuplicatesBy,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<DuplicateGroup>, StoreError> {
    match by {
        DuplicatesBy::Gtin => catalog.shared_gtins(merchant, after, limit).await,
        DuplicatesBy::Picture => {
            let all = of_pictures(catalog, pictures, same, merchant).await?.into_iter();
            let later = all.filter(|group| after.is_none_or(|after| group.value.as_str() > after));
            Ok(later.take(limit).collect())
        }
    }
}

/// All groups of products whose pictures are the same, or look as one that was cut, turned or lit
/// otherwise where their vectors say so too. Reads what is known of every picture: some hundred bytes
/// each, kept until they are compared; and the vectors of those in doubt.
pub(crate) async fn of_pictures(
    catalog: &dyn Catalog,
    pictures: &dyn Pictures,
    same: Option<SameBy<'_>>,
    merchant: &MerchantId,
) -> Result<Vec<DuplicateGroup>, StoreError> {
    let mut known = Vec::new();
    let mut last: Option<ProductId> = None;
    loop {
        let had = Some(PictureState::Had);
        let page = pictures.pictures(merchant, had, last.as_ref(), PAGE).await?;
        let Some(end) = page.last() else { break };
        last = Some(end.product.clone());
        known.extend(page.into_iter().filter_map(|KeptPicture { product, picture, .. }| {
            let picture = picture?.ok()?;
            Some((product, picture.hash, picture.look))
        }));
    }
    let Alike { mut groups, doubtful } =
        Alike::of(known.iter().map(|(_, hash, look)| (hash.as_str(), *look)));
    if let Some(same) = same {
        for pairs in doubtful.chunks(PAGE) {
            let places = pairs.iter().flat_map(|(one, other)| [*one, *other]);
            let hashes: BTreeSet<&String> = places.map(|place| &known[place].1).collect();
            let hashes: Vec<String> = hashes.into_iter().cloned().collect();
            let vectors = catalog.vectors(same.model, &hashes).await?;
            for (one, other) in pairs {
                let vector = |place: &usize| vectors.get(&known[*place].1);
                let (Some(own), Some(others)) = (vector(one), vector(other)) else { continue };
                if cosine(own, others) >= same.cosine {
                    groups.join(*one, *other);
                }
            }
        }
    }
    let groups = groups.of_several();
    let group = |places: Vec<usize>| {
        let value = places.first().map(|first| known[*first].1.clone()).unwrap_or_default();
        let products = places.iter().take(NAMED).map(|place| known[*place].0.clone());
        DuplicateGroup { value, count: places.len() as u64, products: products.collect() }
    };
    let mut groups: Vec<DuplicateGroup> = groups.into_iter().map(group).collect();
    groups.sort_by(|one, other| one.value.cmp(&other.value));
    Ok(groups)
}

/// Of vectors of length one.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{
        pictures::{DifferenceHash, Picture},
        ports::{PictureOutcome, SettledPicture},
        product::Product,
        testing::{MemoryCatalog, sample},
    };

    /// Far from those of other seeds.
    fn picture(seed: u8) -> Picture {
        let bits = 0x0f3c_55aa_9966_c3f0_u64.rotate_left(u32::from(seed) * 5);
        Picture { look: DifferenceHash(bits), ..sample::picture(seed) }
    }

    #[tokio::test]
    async fn products_of_one_picture_are_told_together() {
        let (catalog, merchant) = (MemoryCatalog::default(), sample::merchant());
        let seeds = [3, 1, 3, 2, 1, 3];
        let address = |n: usize| format!("https://shop.example/{n}.jpg");
        let products = (0..seeds.len())
            .map(|n| Product { image_link: Some(address(n)), ..sample::product(&format!("p{n}")) });
        catalog.upsert(&merchant, products.collect()).await.unwrap();
        let settled = seeds.iter().enumerate().map(|(n, seed)| SettledPicture {
            product: ProductId::new(format!("p{n}")).unwrap(),
            address: address(n),
            outcome: PictureOutcome::Had { picture: picture(*seed), seen: None },
        });
        catalog.settle_pictures(&merchant, settled.collect()).await.unwrap();
        let by = DuplicatesBy::Picture;
        let all = duplicates(&catalog, &catalog, None, &merchant, by, None, 10).await.unwrap();
        let told = all.iter().map(|group| {
            let products: Vec<&str> = group.products.iter().map(ProductId::as_str).collect();
            (group.count, products.join(" "))
        });
        let told: Vec<(u64, String)> = told.collect();
        assert_eq!(told, [(2, "p1 p4".to_owned()), (3, "p0 p2 p5".to_owned())]);
        let after = Some(all[0].value.as_str());
        let rest = duplicates(&catalog, &catalog, None, &merchant, by, after, 10).await.unwrap();
        assert_eq!(rest, all[1..]);
    }

    /// The second picture of each pair is the first, cut: its look differs in as many bits.
    async fn found(bits: u32, cosine: f32, same: Option<SameBy<'_>>) -> bool {
        let (catalog, merchant) = (MemoryCatalog::default(), sample::merchant());
        let address = |n: u8| format!("https://shop.example/{n}.jpg");
        let products = (0..2)
            .map(|n| Product { image_link: Some(address(n)), ..sample::product(&format!("p{n}")) });
        catalog.upsert(&merchant, products.collect()).await.unwrap();
        let look = picture(1).look.0;
        let looks = [look, look ^ (u64::MAX >> (64 - bits))];
        let settled = (0..2).map(|n| SettledPicture {
            product: ProductId::new(format!("p{n}")).unwrap(),
            address: address(n),
            outcome: PictureOutcome::Had {
                picture: Picture {
                    look: DifferenceHash(looks[usize::from(n)]),
                    ..sample::picture(n)
                },
                seen: None,
            },
        });
        catalog.settle_pictures(&merchant, settled.collect()).await.unwrap();
        let second = vec![cosine, (1.0 - cosine * cosine).sqrt()];
        let vectors = [(0, vec![1.0, 0.0]), (1, second)];
        let vectors = vectors.map(|(n, vector)| (sample::picture(n).hash, vector));
        catalog.keep_vectors("model", &HashMap::from(vectors)).await.unwrap();
        let by = DuplicatesBy::Picture;
        let all = duplicates(&catalog, &catalog, same, &merchant, by, None, 10).await.unwrap();
        !all.is_empty()
    }

    #[tokio::test]
    async fn where_looks_leave_a_doubt_the_vectors_tell() {
        let same = Some(SameBy { model: "model", cosine: 0.9 });
        assert!(found(3, 0.1, same).await, "these are of one picture whatever its vectors");
        assert!(found(12, 0.95, same).await);
        assert!(!found(12, 0.85, same).await, "other products look otherwise");
        assert!(!found(12, 0.95, None).await, "without vectors the doubt stays");
        assert!(!found(30, 0.95, same).await, "and without a like look so does another");
        let other = Some(SameBy { model: "other", cosine: 0.9 });
        assert!(!found(12, 0.95, other).await, "nothing is known by this model");
    }
}
