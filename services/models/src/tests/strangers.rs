//! Answers of models that were broken by chance. The same is held against whatever `fuzz` makes up.

use proptest::prelude::*;
use vitrine_core::testing::{Dice, broken::change};

use super::written;

const GARMENTS: [&str; 2] = [
    r#"[{"category":"dress","bbox_2d":[100,200,600,900],"colours":["navy","white"],"pattern":"striped","sleeve":null,"length":"midi","text":"a}]","description":"A dress."},{"category":"shoes","bbox_2d":[900,900,100,100],"colours":["red"],"pattern":"plain","sleeve":null,"length":null,"text":"","description":"Shoes."}]"#,
    r#"[{"c":"shirt","b":[100,200,600,900],"k":["navy","white"],"p":"striped","s":"long","l":null,"t":"NOVA"}]"#,
];
const ADVICE: [&str; 1] = [
    r#"{"text":"Fine, {really}.","suggestions":[{"text":"Wear both.","product_ids":["p2","p1","p2"]},{"text":"<|im_end|>","product_ids":["p3"]}]}"#,
];

fn broken(of: &[&str], seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut bytes = dice.pick(of).as_bytes().to_vec();
    for _ in 0..dice.below(3) {
        change(&mut dice, &mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #[test]
    fn broken_garments_are_read_the_same_in_any_pieces(seed: u64, at_once in 2..40_usize) {
        written::garments(&broken(&GARMENTS, seed), at_once);
    }

    #[test]
    fn broken_advice_is_read_the_same_in_any_pieces(seed: u64, at_once in 2..40_usize) {
        written::advice(&broken(&ADVICE, seed), at_once);
    }
}
