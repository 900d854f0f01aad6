//! Pictures that are the same: the same file, or the same look in another file.

use std::collections::{BTreeSet, HashMap};

use super::DifferenceHash;

/// In how many bits of the difference hash two files of one picture may differ: making it smaller
/// or compressing it again changes few of them.
const NEAR: u32 = 3;
/// In how many bits they may differ where their vectors say that they show the same.
const DOUBTFUL: u32 = 16;
/// The bits are compared in so many parts: of two hashes that differ in fewer bits than there are
/// parts, at least one part is equal.
const PARTS: usize = 4;
/// Looks with fewer bits set, or unset, are of plain surfaces and say nothing.
const TELLING: u32 = 6;
/// Looks that share a part are compared one by one up to this number, so that the time grows with
/// the number of pictures and not with its square. A part that more of them share, as that of a
/// white margin, tells little.
const COMPARED: usize = 256;

/// Groups of two and more pictures that are the same, by their places in the list; each group in
/// order, and the groups in the order of their first.
pub fn same_pictures<'a>(
    pictures: impl IntoIterator<Item = (&'a str, DifferenceHash)>,
) -> Vec<Vec<usize>> {
    Alike::of(pictures).groups.of_several()
}

/// Pictures that are the same by their hashes, and pairs that may be.
pub(crate) struct Alike {
    pub(crate) groups: Groups,
    /// Places of pictures whose looks are not far apart, as of one that was cut, turned a little or
    /// lit otherwise: their vectors tell.
    pub(crate) doubtful: Vec<(usize, usize)>,
}

impl Alike {
    pub(crate) fn of<'a>(pictures: impl IntoIterator<Item = (&'a str, DifferenceHash)>) -> Self {
        let mut files: HashMap<&str, usize> = HashMap::new();
        let mut looks: HashMap<u64, usize> = HashMap::new();
        let mut groups = Groups::default();
        for (at, (file, look)) in pictures.into_iter().enumerate() {
            groups.add();
            groups.join(at, *files.entry(file).or_insert(at));
            if is_telling(look) {
                groups.join(at, *looks.entry(look.0).or_insert(at));
            }
        }
        let mut doubtful = BTreeSet::new();
        for part in 0..PARTS {
            let mut sharing: HashMap<u64, Vec<(DifferenceHash, usize)>> = HashMap::new();
            for (look, at) in &looks {
                let bits = look >> (part * 16) & 0xffff;
                sharing.entry(bits).or_default().push((DifferenceHash(*look), *at));
            }
            for near in sharing.values().filter(|near| near.len() <= COMPARED) {
                for (place, (one, at)) in near.iter().enumerate() {
                    for (other, other_at) in &near[place + 1..] {
                        match one.distance(*other) {
                            0..=NEAR => groups.join(*at, *other_at),
                            ..=DOUBTFUL => {
                                doubtful.insert((*at.min(other_at), *at.max(other_at)));
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        Self { groups, doubtful: doubtful.into_iter().collect() }
    }
}

fn is_telling(look: DifferenceHash) -> bool {
    (TELLING..=64 - TELLING).contains(&look.0.count_ones())
}

/// Which belong together: each points to an earlier one of its group, or to itself.
#[derive(Default)]
pub(crate) struct Groups(Vec<usize>);

impl Groups {
    /// One more, that belongs to no other yet.
    pub(crate) fn add(&mut self) {
        self.0.push(self.0.len());
    }

    /// The first of its group.
    pub(crate) fn first(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    pub(crate) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }

    pub(crate) fn of_several(mut self) -> Vec<Vec<usize>> {
        let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in 0..self.0.len() {
            groups.entry(self.first(at)).or_default().push(at);
        }
        let mut several: Vec<Vec<usize>> =
            groups.into_values().filter(|group| group.len() > 1).collect();
        several.sort_unstable();
        several
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dice;

    const LOOK: u64 = 0x0f3c_55aa_9966_c3f0;

    fn same(pictures: &[(&str, u64)]) -> Vec<Vec<usize>> {
        same_pictures(pictures.iter().map(|(file, look)| (*file, DifferenceHash(*look))))
    }

    #[test]
    fn the_same_file_and_the_same_look_are_the_same_picture() {
        let far = LOOK.rotate_left(7);
        let found = same(&[("a", LOOK), ("b", far), ("c", LOOK), ("b", far), ("d", LOOK ^ 0b101)]);
        assert_eq!(found, [vec![0, 2, 4], vec![1, 3]]);
        assert!(same(&[("a", LOOK), ("b", far)]).is_empty());
        assert!(same(&[]).is_empty());
    }

    #[test]
    fn plain_pictures_are_the_same_only_as_files() {
        assert!(same(&[("a", 0), ("b", 0), ("c", 1), ("d", u64::MAX)]).is_empty());
        assert_eq!(same(&[("a", 0), ("b", 0), ("a", 0)]), [[0, 2]]);
    }

    #[test]
    fn three_changed_bits_are_found_wherever_they_are_and_four_are_not() {
        let mut dice = Dice::new(5);
        for _ in 0..200 {
            let mut bits: Vec<u32> = (0..64).collect();
            let mut changed = LOOK;
            for count in 1..=4 {
                changed ^= 1 << bits.swap_remove(dice.below(bits.len()));
                let found = same(&[("a", LOOK), ("b", changed)]);
                assert_eq!(!found.is_empty(), count <= 3, "{changed:016x} after {count}");
            }
        }
    }

    #[test]
    fn every_pair_is_found_that_comparing_all_finds() {
        let mut dice = Dice::new(6);
        let mut looks = Vec::new();
        for _ in 0..300 {
            let mut look = LOOK.rotate_left(dice.below(64) as u32);
            for _ in 0..dice.below(5) {
                look ^= 1 << dice.below(64);
            }
            looks.push(DifferenceHash(look));
        }
        let mut expected = Groups::default();
        looks.iter().for_each(|_| expected.add());
        for one in 0..looks.len() {
            for other in 0..one {
                if looks[one].distance(looks[other]) <= NEAR {
                    expected.join(one, other);
                }
            }
        }
        let files: Vec<String> = (0..looks.len()).map(|n| n.to_string()).collect();
        let found = same_pictures(files.iter().map(String::as_str).zip(looks));
        assert_eq!(found, expected.of_several());
    }
}
