//! A product's way in: feed lines to the catalog.

use serde::Serialize;

use crate::{
    feed::{self, Problem},
    ids::MerchantId,
    ports::{Catalog, StoreError, Upserted},
    product::Product,
};

/// Products written in one transaction.
const BATCH: usize = 200;
/// Problems kept in the summary; more are only counted.
const PROBLEMS_KEPT: usize = 1_000;

/// What one run of a feed did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportSummary {
    /// Rows that were not empty.
    pub rows: u64,
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Rows that were not taken.
    pub failed: u64,
    /// The first thousand problems.
    pub problems: Vec<Problem>,
}

/// Takes a feed line by line and writes it to the catalog in batches. One bad row never fails
/// another.
pub struct Import<'a> {
    catalog: &'a dyn Catalog,
    merchant: &'a MerchantId,
    batch: Vec<Product>,
    summary: ImportSummary,
    line: u64,
}

impl<'a> Import<'a> {
    pub fn new(catalog: &'a dyn Catalog, merchant: &'a MerchantId) -> Self {
        Self { catalog, merchant, batch: Vec::new(), summary: ImportSummary::default(), line: 0 }
    }

    /// Takes the next line of the feed.
    pub async fn line(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.line += 1;
        match read(self.line, bytes) {
            Ok(None) => {}
            Ok(Some(product)) => {
                self.summary.rows += 1;
                let repeated = self.batch.iter().any(|other| other.id == product.id);
                if repeated {
                    self.write().await?;
                }
                self.batch.push(product);
                if self.batch.len() >= BATCH {
                    self.write().await?;
                }
            }
            Err(problems) => {
                self.summary.rows += 1;
                self.summary.failed += 1;
                let room = PROBLEMS_KEPT.saturating_sub(self.summary.problems.len());
                self.summary.problems.extend(problems.into_iter().take(room));
            }
        }
        Ok(())
    }

    /// Rows taken or refused so far.
    pub fn rows(&self) -> u64 {
        self.summary.rows
    }

    /// Writes what is left and tells what was done.
    pub async fn finish(mut self) -> Result<ImportSummary, StoreError> {
        self.write().await?;
        Ok(self.summary)
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let Upserted { created, changed, unchanged } =
            self.catalog.upsert(self.merchant, batch).await?;
        self.summary.created += created;
        self.summary.changed += changed;
        self.summary.unchanged += unchanged;
        Ok(())
    }
}

fn read(line: u64, bytes: &[u8]) -> Result<Option<Product>, Vec<Problem>> {
    let problem =
        |code, message: String| vec![Problem { line, field: String::new(), code, message }];
    if bytes.len() > feed::MAX_LINE {
        let message = format!("longer than {} bytes; split the product", feed::MAX_LINE);
        return Err(problem("row_too_long", message));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        problem("row_not_utf8", format!("not UTF-8 ({error}); save the feed as UTF-8"))
    })?;
    feed::read_line(line, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryCatalog, sample};

    #[tokio::test]
    async fn one_bad_row_never_fails_the_others() {
        let catalog = MemoryCatalog::default();
        let merchant = sample::merchant();
        let mut import = Import::new(&catalog, &merchant);
        for line in
            [sample::feed_line("a"), "{broken".into(), String::new(), sample::feed_line("b")]
        {
            import.line(line.as_bytes()).await.unwrap();
        }
        import.line(b"\xff\xfe").await.unwrap();
        let summary = import.finish().await.unwrap();
        assert_eq!((summary.rows, summary.created, summary.failed), (4, 2, 2));
        let told: Vec<_> = summary.problems.iter().map(|p| (p.line, p.code)).collect();
        assert_eq!(told, [(2, "row_unreadable"), (5, "row_not_utf8")]);
        assert_eq!(catalog.count(&merchant).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_product_that_comes_twice_is_kept_as_it_came_last() {
        let catalog = MemoryCatalog::default();
        let merchant = sample::merchant();
        let mut import = Import::new(&catalog, &merchant);
        import.line(sample::feed_line("a").as_bytes()).await.unwrap();
        let second = sample::feed_line("a").replace("49.90", "39.90");
        import.line(second.as_bytes()).await.unwrap();
        import.finish().await.unwrap();
        let ids = [crate::ids::ProductId::new("a").unwrap()];
        let product = &catalog.products(&merchant, &ids).await.unwrap()[0];
        assert_eq!(product.variants[0].offer.price.amount, 3990);
    }
}
