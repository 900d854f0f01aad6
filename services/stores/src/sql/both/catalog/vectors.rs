//! Vectors of texts that were embedded before.

use std::collections::{BTreeMap, HashMap};

use vitrine_core::ports::Vector;

use super::{Connection, Pool, StoreError, corrupt, failed, json, sql};

pub(super) async fn read(
    readers: &Pool,
    model: &str,
    texts: &[String],
) -> Result<HashMap<String, Vector>, StoreError> {
    if texts.is_empty() {
        return Ok(HashMap::new());
    }
    let mut by_hash: HashMap<String, &String> =
        texts.iter().map(|text| (hash(text), text)).collect();
    let hashes: Vec<&String> = by_hash.keys().collect();
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(sql::VECTORS)
        .bind(model)
        .bind(json(&hashes)?)
        .fetch_all(readers)
        .await
        .map_err(failed)?;
    let mut vectors = HashMap::with_capacity(rows.len());
    for (hash, bytes) in rows {
        if let Some(text) = by_hash.remove(&hash) {
            vectors.insert(text.clone(), from_bytes(&bytes)?);
        }
    }
    Ok(vectors)
}

pub(super) async fn write(
    connection: &mut Connection,
    model: &str,
    vectors: &HashMap<String, Vector>,
) -> Result<(), StoreError> {
    // In one order, so that two writes of the same texts do not wait for each other.
    let by_hash: BTreeMap<String, &Vector> =
        vectors.iter().map(|(text, vector)| (hash(text), vector)).collect();
    for (hash, vector) in by_hash {
        sqlx::query(sql::KEEP_VECTOR)
            .bind(model)
            .bind(hash)
            .bind(to_bytes(vector))
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn from_bytes(bytes: &[u8]) -> Result<Vector, StoreError> {
    let (floats, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(corrupt(format!("a vector of {} bytes", bytes.len())));
    }
    Ok(floats.iter().map(|float| f32::from_le_bytes(*float)).collect())
}
