use comfy_table::{ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};
use vitrine_core::look::{Look, LookGarment, Match, ReasonKind};

/// A look as a person reads it in a terminal.
pub(super) fn of(look: &Look) -> String {
    let mut text = String::new();
    for seen in &look.garments {
        text.push_str(&garment(seen));
    }
    if let Some(note) = &look.note {
        text.push_str(&format!("\n{note}\n"));
    }
    for completion in &look.complete_the_look {
        text.push_str(&format!("\nTo complete it: {}\n", completion.slot));
        text.push_str(&format!("{}\n", matches(&completion.matches)));
    }
    if let Some(advice) = &look.advice {
        text.push_str(&format!("\nAdvice: {}\n", advice.text));
        for suggestion in &advice.suggestions {
            let ids: Vec<&str> = suggestion.product_ids.iter().map(|id| id.as_str()).collect();
            text.push_str(&format!("  - {} [{}]\n", suggestion.text, ids.join(", ")));
        }
    }
    for degradation in &look.degraded {
        text.push_str(&format!("\nNote: {}\n", degradation.reason));
    }
    let times = &look.timings;
    text.push_str(&format!(
        "\n{} in {} ms (describe {}, embed {}, search {}, join {}, advise {})",
        look.model,
        times.total,
        times.describe,
        times.embed,
        times.search,
        times.join,
        times.advise
    ));
    text
}

fn garment(seen: &LookGarment) -> String {
    let region = seen.garment.region;
    let percent = |share: f32| (share * 100.0).round() as i32;
    let mut text = format!(
        "\n{}  {} (from {}%,{}% to {}%,{}%)\n    {}\n",
        seen.id,
        vitrine_core::garment::attribute_words(
            &seen.garment.colours,
            Some(seen.garment.pattern),
            seen.garment.length,
            seen.garment.category,
            seen.garment.sleeve,
        ),
        percent(region.left),
        percent(region.top),
        percent(region.right),
        percent(region.bottom),
        seen.garment.description,
    );
    if let Some(note) = &seen.note {
        text.push_str(&format!("    {note}\n"));
    }
    if !seen.matches.is_empty() {
        text.push_str(&format!("{}\n", matches(&seen.matches)));
    }
    text
}

fn matches(found: &[Match]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["product", "price", "sizes", "alike", "why"]);
    for product in found {
        let mut sizes: Vec<&str> =
            product.variants.iter().filter_map(|variant| variant.size.as_deref()).collect();
        let mut seen = Vec::new();
        sizes.retain(|size| {
            !seen.contains(size) && {
                seen.push(size);
                true
            }
        });
        let why = product.reasons.iter().map(|reason| match reason.kind {
            ReasonKind::Differs | ReasonKind::Avoided => format!("- {}", reason.text),
            _ => format!("+ {}", reason.text),
        });
        table.add_row([
            format!("{}\n{}", product.title, product.product_id),
            product.price.to_string(),
            sizes.join(" "),
            format!("{:.2}", product.similarity),
            why.collect::<Vec<_>>().join("\n"),
        ]);
    }
    table
}
