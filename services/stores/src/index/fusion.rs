use std::{collections::HashMap, hash::Hash};

/// What one leg found: points with their scores, and what the leg counts.
pub(super) struct Found<Id> {
    pub(super) weight: f32,
    pub(super) points: Vec<(Id, f32)>,
}

/// Puts points found by several legs in one order, by the sum of what they are worth to each: the
/// leg's weight times the score, brought to 0 to 1 between the lowest and the highest that the leg
/// found (a convex combination; Bruch, Gai and Ingber, ACM TOIS 2023). So a leg that tells points
/// well apart says more than one to which all are alike, which ranks can not tell; and what a score
/// is, a cosine or BM25's, does not matter. What a leg did not find is worth nothing to it. Points
/// of equal worth come in the order of their ids, so that the same query over the same points is
/// answered the same.
pub(super) fn fuse<Id: Copy + Eq + Hash + Ord>(legs: Vec<Found<Id>>) -> Vec<Id> {
    let mut worth: HashMap<Id, f32> = HashMap::new();
    for Found { weight, points } in legs {
        let scores = || points.iter().map(|(_, score)| *score);
        let lowest = scores().fold(f32::INFINITY, f32::min);
        let range = scores().fold(f32::NEG_INFINITY, f32::max) - lowest;
        for (id, score) in points {
            let share = if range > 0.0 { (score - lowest) / range } else { 1.0 };
            *worth.entry(id).or_default() += weight * share;
        }
    }
    let mut fused: Vec<(Id, f32)> = worth.into_iter().collect();
    fused.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    fused.into_iter().map(|(id, _)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fused<const N: usize>(legs: [(f32, Vec<(char, f32)>); N]) -> Vec<char> {
        fuse(legs.into_iter().map(|(weight, points)| Found { weight, points }).collect())
    }

    #[test]
    fn what_both_legs_found_comes_before_what_one_found() {
        let dense = vec![('a', 0.9), ('b', 0.85), ('c', 0.7)];
        let sparse = vec![('b', 12.0), ('d', 3.0)];
        assert_eq!(fused([(1.0, dense), (1.0, sparse)]), ['b', 'a', 'c', 'd']);
    }

    #[test]
    fn a_large_lead_outweighs_a_small_one() {
        let words = vec![('a', 0.90), ('b', 0.89), ('c', 0.10)];
        let picture = vec![('b', 0.8), ('a', 0.4), ('c', 0.3)];
        assert_eq!(fused([(1.0, words.clone()), (1.0, picture.clone())]), ['b', 'a', 'c']);
        let tenfold = words.into_iter().map(|(id, score)| (id, 10.0 * score)).collect();
        assert_eq!(fused([(1.0, tenfold), (1.0, picture)]), ['b', 'a', 'c'], "in any unit");
    }

    #[test]
    fn equals_come_in_the_order_of_their_ids() {
        assert_eq!(fused([(1.0, vec![('z', 0.5), ('a', 0.5), ('m', 0.5)])]), ['a', 'm', 'z']);
        assert_eq!(fused([(1.0, vec![('b', 1.0)]), (1.0, vec![('a', 9.0)])]), ['a', 'b']);
    }

    #[test]
    fn a_leg_counts_by_its_weight() {
        let (words, picture) = (vec![('a', 0.9), ('b', 0.8)], vec![('b', 0.6), ('a', 0.5)]);
        assert_eq!(fused([(2.0, words.clone()), (1.0, picture.clone())]), ['a', 'b']);
        assert_eq!(fused([(1.0, words), (2.0, picture)]), ['b', 'a']);
    }

    #[test]
    fn nothing_found_is_nothing() {
        assert_eq!(fused([]), Vec::<char>::new());
        assert_eq!(fused([(1.0, Vec::new()), (1.0, vec![('a', 0.0)])]), ['a']);
    }
}
