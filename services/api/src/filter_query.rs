//! What a customer rules out, in a query.

use utoipa::IntoParams;
use vitrine_core::{
    filter::Filters,
    money::Money,
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Pattern},
};

use crate::{
    page::limit_of,
    problem::Problem,
    problems::Code,
    product_query::{Pairs, add, invalid, once, text, truth, words},
};

const KNOWN: &str = "limit, category, colour, pattern, material, brand, tag, gender, age_group, size, \
                     min_price, max_price, availability and include_unavailable";

/// What such a query has.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query to the contract")]
pub(crate) struct ListParams {
    /// Products at most, in each list that is answered; 20 where not given
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Repeated, or separated by commas
    category: Option<Vec<Category>>,
    /// Repeated, or separated by commas
    colour: Option<Vec<Colour>>,
    /// Repeated, or separated by commas
    pattern: Option<Vec<Pattern>>,
    /// Compared by whole words, without case; repeated
    material: Option<Vec<String>>,
    /// Compared without case; repeated
    brand: Option<Vec<String>>,
    /// Compared without case; repeated
    tag: Option<Vec<String>>,
    /// Unisex products pass for all; repeated, or separated by commas
    gender: Option<Vec<Gender>>,
    /// Repeated, or separated by commas
    age_group: Option<Vec<AgeGroup>>,
    /// Compared without case; repeated
    size: Option<Vec<String>>,
    /// What is paid now, at least
    #[param(example = "49.90 EUR")]
    min_price: Option<String>,
    /// What is paid now, at most
    #[param(example = "49.90 EUR")]
    max_price: Option<String>,
    /// Repeated, or separated by commas
    availability: Option<Vec<Availability>>,
    /// Also what can not be bought now
    include_unavailable: Option<bool>,
}

/// Filters, and how many products are wanted at most.
pub(crate) struct FilterQuery {
    pub filters: Filters,
    pub limit: usize,
}

impl FilterQuery {
    pub(crate) fn read(pairs: Result<Pairs, actix_web::Error>) -> Result<Self, Problem> {
        let pairs = pairs
            .map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?
            .into_inner();
        let mut filters = Filters::default();
        let (mut limit, mut unavailable) = (None, None);
        for (name, value) in &pairs {
            match name.as_str() {
                "limit" => once(&mut limit, name, value.as_str())?,
                "category" => words(&mut filters.categories, name, value)?,
                "colour" => words(&mut filters.colours, name, value)?,
                "pattern" => words(&mut filters.patterns, name, value)?,
                "material" => add(&mut filters.materials, name, text(name, value)?)?,
                "brand" => add(&mut filters.brands, name, text(name, value)?)?,
                "tag" => add(&mut filters.tags, name, text(name, value)?)?,
                "gender" => words(&mut filters.genders, name, value)?,
                "age_group" => words(&mut filters.age_groups, name, value)?,
                "size" => add(&mut filters.sizes, name, text(name, value)?)?,
                "min_price" => once(&mut filters.min_price, name, price(name, value)?)?,
                "max_price" => once(&mut filters.max_price, name, price(name, value)?)?,
                "availability" => words(&mut filters.availability, name, value)?,
                "include_unavailable" => once(&mut unavailable, name, truth(name, value)?)?,
                _ => {
                    let shown: String = name.chars().take(40).collect();
                    let detail = format!("`{shown}` is not known here; use {KNOWN}");
                    return Err(Problem::new(Code::FieldUnknown, detail));
                }
            }
        }
        filters.include_unavailable = unavailable.unwrap_or_default();
        Ok(Self { filters, limit: limit_of(limit)? })
    }
}

fn price(name: &str, value: &str) -> Result<Money, Problem> {
    value.parse::<Money>().map_err(|error| invalid(name, error.to_string()))
}
