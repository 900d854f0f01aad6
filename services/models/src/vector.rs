use vitrine_core::ports::{ModelError, Vector};

/// The vector at length 1. One without a length, or not of numbers, would be near to nothing or to
/// everything.
pub(crate) fn unit(vector: Vector) -> Result<Vector, ModelError> {
    let squares: f64 = vector.iter().map(|value| f64::from(*value).powi(2)).sum();
    let length = squares.sqrt();
    if length.is_finite() && length > 0.0 {
        Ok(vector.iter().map(|value| (f64::from(*value) / length) as f32).collect())
    } else {
        Err(ModelError::Answer("it gave a vector that has no direction".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_its_direction_whatever_its_length() {
        for length in [1e-30, 0.5, 3e38] {
            assert_eq!(unit(vec![0.0, -length]).unwrap(), [0.0, -1.0]);
        }
    }

    #[test]
    fn a_vector_without_direction_is_an_error() {
        for vector in [vec![], vec![0.0; 3], vec![1.0, f32::NAN], vec![f32::INFINITY, 1.0]] {
            assert!(matches!(unit(vector), Err(ModelError::Answer(_))));
        }
    }
}
