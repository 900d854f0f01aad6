//! What is chosen of a product with sizes and colours, and what can be chosen next.

use vitrine_core::{ids::VariantId, product::Product};

use super::shapes::{Choice, ChoiceValue, Chosen, Selected, options_of};

/// What of a product is shown where one variant is named, or where some options are chosen. A named
/// variant decides all. Where no variant has all that is chosen, choices are given up: those that
/// are not preferred first, then from the end of `preferences`. Of `allowed` variants alone.
pub(super) fn choose(
    product: &Product,
    named: Option<&VariantId>,
    wanted: &[Selected],
    preferences: &[String],
    allowed: &[usize],
) -> Chosen {
    let options: Vec<Vec<Selected>> = product.variants.iter().map(options_of).collect();
    let buyable = |at: &usize| product.variants[*at].offer.can_be_bought_now();
    let fitting = |selected: &[Selected]| -> Vec<usize> {
        let fits = |at: &&usize| selected.iter().all(|one| options[**at].contains(one));
        allowed.iter().filter(fits).copied().collect()
    };
    let first_of = |some: &[usize]| some.iter().copied().find(buyable).or(some.first().copied());
    let named = named.and_then(|id| product.variants.iter().position(|one| one.id == *id));
    let named = named.filter(|at| allowed.contains(at));
    let mut selected = match named {
        Some(at) => options[at].clone(),
        None if wanted.is_empty() => {
            first_of(allowed).map_or_else(Vec::new, |at| options[at].clone())
        }
        None => wanted.to_vec(),
    };
    while fitting(&selected).is_empty() && !selected.is_empty() {
        let rank = |one: &Selected| {
            preferences.iter().position(|name| *name == one.name).unwrap_or(usize::MAX)
        };
        let least = (0..selected.len()).max_by_key(|at| rank(&selected[*at]));
        selected.remove(least.unwrap_or_default());
    }
    let fit = fitting(&selected);
    let featured = named.or_else(|| first_of(&fit));
    let mut variants: Vec<usize> = featured.into_iter().collect();
    variants.extend(fit.into_iter().filter(|at| Some(*at) != featured));
    let choices = choices(&options, &selected, allowed, buyable);
    Chosen { variants, selected: Some(selected), options: choices, inputs: Vec::new() }
}

/// Each option with its values, and whether there is a variant with each beside what else is chosen.
fn choices(
    options: &[Vec<Selected>],
    selected: &[Selected],
    allowed: &[usize],
    buyable: impl Fn(&usize) -> bool,
) -> Vec<Choice> {
    let mut choices: Vec<Choice> = values(options);
    for choice in &mut choices {
        let others: Vec<&Selected> =
            selected.iter().filter(|one| one.name != choice.name).collect();
        for value in &mut choice.values {
            let this = Selected { name: choice.name.clone(), label: value.label.clone() };
            let with = |at: &&usize| {
                let has = &options[**at];
                has.contains(&this) && others.iter().all(|other| has.contains(other))
            };
            let mut fitting = allowed.iter().filter(with).peekable();
            value.exists = Some(fitting.peek().is_some());
            value.available = Some(fitting.any(&buyable));
        }
    }
    choices
}

/// The options of variants, each value once.
fn values(options: &[Vec<Selected>]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for Selected { name, label } in options.iter().flatten() {
        let at = choices.iter().position(|choice| choice.name == *name).unwrap_or_else(|| {
            choices.push(Choice { name: name.clone(), values: Vec::new() });
            choices.len() - 1
        });
        if !choices[at].values.iter().any(|value| value.label == *label) {
            let (label, available, exists) = (label.clone(), None, None);
            choices[at].values.push(ChoiceValue { label, available, exists });
        }
    }
    choices
}

/// What can be chosen of a product, without regard to what is.
pub(super) fn open(product: &Product, variants: Vec<usize>) -> Chosen {
    let options: Vec<Vec<Selected>> = product.variants.iter().map(options_of).collect();
    Chosen { variants, options: values(&options), ..Chosen::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vitrine_core::{testing::sample, vocabulary::Colour};

    /// Navy in S and M, M sold out; red in S.
    fn product() -> Product {
        let mut product = sample::product("p");
        product.variants =
            [("n-s", Colour::Navy, "S"), ("n-m", Colour::Navy, "M"), ("r-s", Colour::Red, "S")]
                .map(|(id, colour, size)| {
                    let mut variant = sample::variant(id, "navy", size);
                    (variant.colours, variant.colour_name) = (vec![colour], None);
                    variant
                })
                .into();
        product.variants[1].offer.stock = Some(0);
        product
    }

    fn option(name: &str, label: &str) -> Selected {
        Selected { name: name.into(), label: label.into() }
    }

    fn ids(product: &Product, chosen: &Chosen) -> Vec<String> {
        chosen.variants.iter().map(|at| product.variants[*at].id.to_string()).collect()
    }

    fn told(chosen: &Chosen, name: &str, label: &str) -> (bool, bool) {
        let choice = chosen.options.iter().find(|choice| choice.name == name).unwrap();
        let value = choice.values.iter().find(|value| value.label == label).unwrap();
        (value.available.unwrap(), value.exists.unwrap())
    }

    const ALL: [usize; 3] = [0, 1, 2];

    #[test]
    fn what_is_chosen_narrows_the_variants_and_says_what_is_left() {
        let product = product();
        let chosen = choose(&product, None, &[option("Color", "navy")], &[], &ALL);
        assert_eq!(ids(&product, &chosen), ["n-s", "n-m"]);
        assert_eq!(told(&chosen, "Size", "M"), (false, true), "sold out");
        assert_eq!(told(&chosen, "Color", "red"), (true, true));
        let small = choose(&product, None, &[option("Color", "red")], &[], &ALL);
        assert_eq!(told(&small, "Size", "M"), (false, false), "there is no red M");
    }

    #[test]
    fn without_a_choice_the_first_that_can_be_bought_stands_for_the_product() {
        let mut product = product();
        product.variants[0].offer.stock = Some(0);
        let chosen = choose(&product, None, &[], &[], &ALL);
        assert_eq!(ids(&product, &chosen), ["r-s"]);
        assert_eq!(chosen.selected.unwrap(), [option("Color", "red"), option("Size", "S")]);
    }

    #[test]
    fn a_named_variant_decides_all() {
        let product = product();
        let id = product.variants[1].id.clone();
        let chosen = choose(&product, Some(&id), &[option("Color", "red")], &[], &ALL);
        assert_eq!(ids(&product, &chosen), ["n-m"]);
        assert_eq!(chosen.selected.unwrap(), [option("Color", "navy"), option("Size", "M")]);
    }

    #[test]
    fn what_can_not_be_had_together_is_given_up_from_the_end() {
        let product = product();
        let wanted = [option("Color", "red"), option("Size", "M")];
        let names =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let colour = choose(&product, None, &wanted, &names(&["Color", "Size"]), &ALL);
        assert_eq!(colour.selected.unwrap(), [option("Color", "red")]);
        let size = choose(&product, None, &wanted, &names(&["Size", "Color"]), &ALL);
        assert_eq!(size.selected.unwrap(), [option("Size", "M")]);
        let odd = choose(&product, None, &[option("Mood", "good")], &[], &ALL);
        assert_eq!((odd.selected.unwrap().len(), odd.variants.len()), (0, 3));
    }
}
