use serde::{Deserialize, Serialize};
use vitrine_core::ports::{Point, Query, StoreError, Vector};

use super::error::Store;

/// How long the dense vectors of an index are, in floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimensions {
    pub words: usize,
    /// None where pictures are not searched by.
    pub picture: Option<usize>,
}

impl From<usize> for Dimensions {
    /// Of words alone.
    fn from(words: usize) -> Self {
        Self { words, picture: None }
    }
}

impl std::fmt::Display for Dimensions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.picture {
            None => write!(out, "{}", self.words),
            Some(picture) => write!(out, "{} and {picture}", self.words),
        }
    }
}

impl Dimensions {
    /// Vectors of another length or with values that are no numbers would break the search.
    pub(super) fn check_points(self, store: Store, points: &[Point]) -> Result<(), StoreError> {
        points.iter().try_for_each(|point| {
            check(store, &point.words, Some(self.words))?;
            self.check_picture(store, point.picture.as_ref().map(|picture| &picture.vector))
        })
    }

    pub(super) fn check_query(self, store: Store, query: &Query) -> Result<(), StoreError> {
        check(store, &query.words, Some(self.words))?;
        check(store, &query.likeness, Some(self.words))?;
        self.check_picture(store, query.picture.as_ref())
    }

    fn check_picture(self, store: Store, picture: Option<&Vector>) -> Result<(), StoreError> {
        picture.map_or(Ok(()), |picture| check(store, picture, self.picture))
    }
}

fn check(store: Store, vector: &[f32], dimensions: Option<usize>) -> Result<(), StoreError> {
    let Some(dimensions) = dimensions else {
        return Err(store.corrupt("it was opened without pictures and was given one"));
    };
    if vector.len() != dimensions {
        let detail = format!(
            "it was opened for vectors of {dimensions} floats and was given one of {}",
            vector.len()
        );
        return Err(store.corrupt(detail));
    }
    if vector.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(store.corrupt("it was given a vector that holds values which are not finite numbers"))
    }
}
