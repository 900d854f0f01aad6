use serde::Deserialize;
use vitrine_core::ports::{ModelError, Vector};

/// As OpenAI answers, and all others that have `/embeddings`.
#[derive(Deserialize)]
struct Answer {
    data: Vec<Embedded>,
}

#[derive(Deserialize)]
struct Embedded {
    index: usize,
    embedding: Vector,
}

/// One vector for each of what was sent, in the order in which it was sent.
pub(super) fn vectors(answer: &[u8], wanted: usize) -> Result<Vec<Vector>, ModelError> {
    let answer: Answer = serde_json::from_slice(answer)
        .map_err(|error| ModelError::Answer(format!("it is no list of vectors: {error}")))?;
    let mut data = answer.data;
    data.sort_by_key(|one| one.index);
    if !data.iter().map(|one| one.index).eq(0..wanted) {
        let got = data.len();
        return Err(ModelError::Answer(format!("{got} vectors came for {wanted} sent")));
    }
    Ok(data.into_iter().map(|one| one.embedding).collect())
}
