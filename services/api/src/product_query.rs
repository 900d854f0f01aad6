//! Which products a list is asked for, in its query.

use std::{fmt::Display, str::FromStr};

use actix_web::web::Query;
use vitrine_core::{ids::ProductId, product_filter::ProductFilter};

use crate::{
    page::{Paged, after_of, limit_of},
    problem::Problem,
    problems::Code,
};

/// Values of one parameter at most.
const MAX_VALUES: usize = 100;
/// The most characters of a brand or of the beginning of an id.
const MAX_TEXT: usize = 200;
const KNOWN: &str = "limit, cursor, category, colour, pattern, brand, gender, age_group, lacks, \
                     available, never_matched and id_prefix";

/// A page of the products that pass a filter.
pub(crate) struct ProductQuery {
    pub page: Paged<ProductId>,
    pub filter: ProductFilter,
}

/// The parameters as they came: each may come often.
pub(crate) type Pairs = Query<Vec<(String, String)>>;

impl ProductQuery {
    pub(crate) fn read(pairs: Result<Pairs, actix_web::Error>) -> Result<Self, Problem> {
        let pairs = pairs
            .map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?
            .into_inner();
        let mut filter = ProductFilter::default();
        let (mut limit, mut cursor) = (None, None);
        for (name, value) in &pairs {
            match name.as_str() {
                "limit" => once(&mut limit, name, value.as_str())?,
                "cursor" => once(&mut cursor, name, value.as_str())?,
                "category" => words(&mut filter.categories, name, value)?,
                "colour" => words(&mut filter.colours, name, value)?,
                "pattern" => words(&mut filter.patterns, name, value)?,
                "gender" => words(&mut filter.genders, name, value)?,
                "age_group" => words(&mut filter.age_groups, name, value)?,
                "lacks" => words(&mut filter.lacks, name, value)?,
                "brand" => add(&mut filter.brands, name, text(name, value)?)?,
                "available" => once(&mut filter.available, name, truth(name, value)?)?,
                "never_matched" => once(&mut filter.matched, name, !truth(name, value)?)?,
                "id_prefix" => once(&mut filter.id_prefix, name, text(name, value)?)?,
                _ => {
                    let shown: String = name.chars().take(40).collect();
                    let detail = format!("`{shown}` is not known here; use {KNOWN}");
                    return Err(Problem::new(Code::FieldUnknown, detail));
                }
            }
        }
        let page = Paged { limit: limit_of(limit)?, after: after_of(cursor)? };
        Ok(Self { page, filter })
    }
}

/// Values of a vocabulary, separated by commas.
pub(crate) fn words<T: FromStr<Err: Display>>(
    list: &mut Vec<T>,
    name: &str,
    values: &str,
) -> Result<(), Problem> {
    for value in values.split(',') {
        let word = value.parse().map_err(|error: T::Err| invalid(name, error.to_string()))?;
        add(list, name, word)?;
    }
    Ok(())
}

pub(crate) fn add<T>(list: &mut Vec<T>, name: &str, value: T) -> Result<(), Problem> {
    if list.len() >= MAX_VALUES {
        return Err(invalid(name, format!("This has more than {MAX_VALUES} values")));
    }
    list.push(value);
    Ok(())
}

pub(crate) fn once<T>(known: &mut Option<T>, name: &str, value: T) -> Result<(), Problem> {
    match known.replace(value) {
        None => Ok(()),
        Some(_) => Err(Problem::of_field(Code::FieldRepeated, name, format!("`{name}`"))),
    }
}

pub(crate) fn truth(name: &str, value: &str) -> Result<bool, Problem> {
    value.parse().map_err(|_| invalid(name, "This is neither true nor false"))
}

pub(crate) fn text(name: &str, value: &str) -> Result<String, Problem> {
    let fits = (1..=MAX_TEXT).contains(&value.chars().count());
    if fits && !value.chars().any(char::is_control) {
        Ok(value.to_owned())
    } else {
        let detail = format!("This needs 1 to {MAX_TEXT} characters and no control characters");
        Err(invalid(name, detail))
    }
}

pub(crate) fn invalid(name: &str, detail: impl Into<String>) -> Problem {
    Problem::of_field(Code::FilterInvalid, name, detail)
}
