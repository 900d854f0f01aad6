use std::{collections::HashMap, hash::Hash};

/// The `k` of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009).
const K: f32 = 60.0;

/// What one leg found: points with their scores, and what the leg counts.
pub(super) struct Found<Id> {
    pub(super) weight: f32,
    pub(super) points: Vec<(Id, f32)>,
}

/// Puts points found by several legs in one order: each leg gives a point its weight / (k + its
/// rank), counted from 1. Points of equal worth come in the order of their ids, so that the same query
/// over the same points is answered the same; Qdrant's own fusion leaves their order to chance.
pub(super) fn fuse<Id: Copy + Eq + Hash + Ord>(legs: Vec<Found<Id>>) -> Vec<Id> {
    let mut worth: HashMap<Id, f32> = HashMap::new();
    for Found { weight, mut points } in legs {
        order(&mut points);
        for (rank, (id, _)) in (1_u16..).zip(points) {
            *worth.entry(id).or_default() += weight / (K + f32::from(rank));
        }
    }
    let mut fused: Vec<(Id, f32)> = worth.into_iter().collect();
    order(&mut fused);
    fused.into_iter().map(|(id, _)| id).collect()
}

fn order<Id: Ord>(points: &mut [(Id, f32)]) {
    points.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fused<const N: usize>(legs: [(f32, Vec<(char, f32)>); N]) -> Vec<char> {
        fuse(legs.into_iter().map(|(weight, points)| Found { weight, points }).collect())
    }

    #[test]
    fn what_both_legs_found_comes_before_what_one_found() {
        let dense = vec![('a', 0.9), ('b', 0.8), ('c', 0.7)];
        let sparse = vec![('b', 12.0), ('d', 3.0)];
        assert_eq!(fused([(1.0, dense), (1.0, sparse)]), ['b', 'a', 'd', 'c']);
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
}
