//! What a merchant can do for the catalog: what products are missing, which are there twice, and
//! which were never found.

use futures::future::try_join;

use crate::{
    duplicates::{DuplicateGroup, DuplicatesBy, of_pictures},
    ids::{MerchantId, ProductId},
    lack::Lack,
    likeness::SameBy,
    ports::{Catalog, PictureCounts, PictureState, Pictures, StoreError},
    product_filter::ProductFilter,
};

/// Products named of each finding at most.
const EXAMPLES: usize = 5;
/// Groups of duplicates told at once.
const GROUPS: usize = 5;

/// The state of a merchant's catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// All there are.
    pub products: u64,
    /// One for each that there is, in their order.
    pub lacks: Vec<(Lack, Finding)>,
    pub duplicates: Vec<Duplicates>,
    pub pictures: PictureCounts,
    /// Those whose picture can not be had.
    pub pictures_failed: Finding,
    /// Those that were never shown as a match.
    pub never_matched: Finding,
}

/// Products that something is to be said of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub products: u64,
    /// The first few by id.
    pub examples: Vec<ProductId>,
}

/// Products that are there more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicates {
    pub by: DuplicatesBy,
    /// All there are.
    pub groups: u64,
    pub first: Vec<DuplicateGroup>,
}

impl Health {
    pub async fn of(
        catalog: &dyn Catalog,
        pictures: &dyn Pictures,
        same: Option<SameBy<'_>>,
        merchant: &MerchantId,
    ) -> Result<Self, StoreError> {
        let counts = catalog.count_by_lacks(merchant).await?;
        let products: u64 = counts.iter().map(|(_, count)| count).sum();
        // Two questions at once, so that readers are left for those who shop.
        let findings = async {
            let mut lacks = Vec::with_capacity(Lack::ALL.len());
            for lack in Lack::ALL {
                let lacking = counts.iter().filter(|(lacks, _)| lacks.contains(*lack));
                let count = lacking.map(|(_, count)| count).sum();
                let filter = ProductFilter { lacks: vec![*lack], ..ProductFilter::default() };
                lacks.push((*lack, Finding::of(catalog, merchant, count, &filter).await?));
            }
            let matched = catalog.count_matched(merchant).await?;
            let never = products.saturating_sub(matched);
            let filter = ProductFilter { matched: Some(false), ..ProductFilter::default() };
            Ok((lacks, Finding::of(catalog, merchant, never, &filter).await?))
        };
        let duplicates = async {
            let mut all = Vec::with_capacity(DuplicatesBy::ALL.len());
            for by in DuplicatesBy::ALL {
                all.push(Duplicates::of(catalog, pictures, same, merchant, *by).await?);
            }
            let counts = pictures.count_pictures(merchant).await?;
            let failed = Some(PictureState::Failed);
            let failed = pictures.pictures(merchant, failed, None, EXAMPLES).await?;
            let examples = failed.into_iter().map(|picture| picture.product).collect();
            Ok((all, counts, Finding { products: counts.failed, examples }))
        };
        let ((lacks, never_matched), (duplicates, pictures, pictures_failed)) =
            try_join(findings, duplicates).await?;
        Ok(Self { products, lacks, duplicates, pictures, pictures_failed, never_matched })
    }
}

impl Finding {
    async fn of(
        catalog: &dyn Catalog,
        merchant: &MerchantId,
        products: u64,
        filter: &ProductFilter,
    ) -> Result<Self, StoreError> {
        // As many as there are, so that the search ends with the last of them.
        let wanted = usize::try_from(products).map_or(EXAMPLES, |count| count.min(EXAMPLES));
        let examples = match wanted {
            0 => Vec::new(),
            _ => catalog.matching_ids(merchant, filter, None, wanted).await?,
        };
        Ok(Self { products, examples })
    }
}

impl Duplicates {
    async fn of(
        catalog: &dyn Catalog,
        pictures: &dyn Pictures,
        same: Option<SameBy<'_>>,
        merchant: &MerchantId,
        by: DuplicatesBy,
    ) -> Result<Self, StoreError> {
        let (groups, first) = match by {
            DuplicatesBy::Gtin => match catalog.count_shared_gtins(merchant).await? {
                0 => (0, Vec::new()),
                groups => (groups, catalog.shared_gtins(merchant, None, GROUPS).await?),
            },
            DuplicatesBy::Picture => {
                let mut all = of_pictures(catalog, pictures, same, merchant).await?;
                let groups = all.len() as u64;
                all.truncate(GROUPS);
                (groups, all)
            }
        };
        Ok(Self { by, groups, first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryCatalog, sample};

    #[tokio::test]
    async fn what_is_missing_doubled_and_never_found_is_counted_with_examples() {
        let (catalog, merchant) = (MemoryCatalog::default(), sample::merchant());
        let products = (0..7).map(|n| {
            let mut product = sample::product(&format!("p{n}"));
            product.brand = product.brand.filter(|_| n < 2);
            product.variants[0].gtin = (n < 3).then(|| "4006381333931".into());
            product.image_link = (n == 6).then(|| "https://shop.example/6.jpg".into());
            product
        });
        catalog.upsert(&merchant, products.collect()).await.unwrap();
        let p0 = ProductId::new("p0").unwrap();
        catalog.note_matched(&merchant, std::slice::from_ref(&p0)).await.unwrap();

        let health = Health::of(&catalog, &catalog, None, &merchant).await.unwrap();
        assert_eq!(health.products, 7);
        let told = |lack: Lack| {
            let (_, finding) = health.lacks.iter().find(|(known, _)| *known == lack).unwrap();
            let examples: Vec<&str> = finding.examples.iter().map(ProductId::as_str).collect();
            (finding.products, examples)
        };
        assert_eq!(health.lacks.len(), Lack::ALL.len());
        assert_eq!(told(Lack::Brand), (5, vec!["p2", "p3", "p4", "p5", "p6"]));
        assert_eq!(told(Lack::Gtin), (4, vec!["p3", "p4", "p5", "p6"]));
        assert_eq!(told(Lack::Picture).0, 6);
        assert_eq!(told(Lack::Size), (0, vec![]));
        assert_eq!((health.never_matched.products, health.never_matched.examples.len()), (6, 5));
        assert!(!health.never_matched.examples.contains(&p0));
        assert_eq!(health.pictures, PictureCounts { waiting: 1, had: 0, failed: 0 });
        assert_eq!(health.pictures_failed, Finding { products: 0, examples: Vec::new() });
        let [by_gtin, by_picture] = &health.duplicates[..] else {
            panic!("{:?}", health.duplicates)
        };
        assert_eq!(by_picture.groups, 0);
        assert_eq!((by_gtin.groups, by_gtin.first[0].count), (1, 3));
    }
}
