//! The page that explains plans, with one as its example. It is written by the code, so that it
//! tells what the code does.

use super::{Ask, Card, Plan, Section};

/// What the example is asked.
const EXAMPLE: Ask = Ask::of(50.0, 5_000_000, Card::L4);

/// The text of docs/capacity.md.
pub fn capacity_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    match Plan::of(&EXAMPLE) {
        Ok(plan) => example(&plan, &mut page),
        Err(error) => page.push_str(&format!("{error}\n")),
    }
    page
}

fn example(plan: &Plan, page: &mut String) {
    page.push_str(&format!("```\n{}```\n", plan.summary()));
    page.push_str("\nWhat it says besides:\n\n");
    for warning in &plan.warnings {
        page.push_str(&format!("- {warning}\n"));
    }
    for section in &plan.sections {
        page.push_str(&format!("\n### {}\n\n{}", section.title, table(section)));
    }
    page.push_str(&format!("\n### Settings\n\n```toml\n{}```\n", plan.settings));
}

fn table(section: &Section) -> String {
    let mut text = String::from("| What | How much | How | From |\n|---|--:|---|---|\n");
    for row in &section.rows {
        let cells =
            [&row.what.to_owned(), &row.amount.to_string(), &row.working, &row.source.to_string()]
                .map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

const INTRODUCTION: &str = "\
# Capacity

What to run for so many looks and products. Written by the code: `UPDATE_DOCS=1 cargo test --workspace --test capacity`.

```
vitrine plan --looks-per-second 50 --products 5000000 --gpu l4
```

prints how many model servers, processes, Qdrant nodes and how much memory, each with its working and where it comes from, and settings to begin with; `--json` prints the same for programs, `--help` tells all options. It asks nothing and reads nothing: it is sums.

## Measure, then plan

How fast a card answers is what matters most and what a sum tells worst. The figures for a card are its maker's, and the shares of them that are reached are assumptions, so a plan without a measurement is a first guess. To measure:

1. Start one model server and one service with `models.concurrency` at what the server takes at once (16), `image_embedder` and `embedder` as they will be, and a catalog of your own.
2. Send it photos of your own that it has not seen, for some minutes, always a few more at a time than that.
3. Of `/metrics`, take the time at the model: what `vitrine_look_step_duration_seconds_sum` of the steps `describe` and `advise` grew by, divided by what its `_count` of the step `total` did. `vitrine eval photos` prints the time of describing alone, one photo after the other.
4. Plan again with `--measured-seconds-per-look` at that and `--at-once 16`. All that is worked out of the card's figures is then passed over.

`vitrine_cache_requests_total` tells which `--cached` to plan with.

## How it is worked out

- **A look at the model** is two questions about a photo, one to describe it and one for advice. Reading them takes 2 operations for each weight and token, and those of the vision tower, at the card's BF16 rate without sparsity. Writing reads all weights once a token, for all photos at once, and each one's cache. While many are looked at, each waits for the reading of the others.
- **Photos at once** are as many as have room for their cache beside the weights, 16 at most, and fewer where the slow looks, six garments for three, would else take longer than `--within`.
- **Model servers** are what the new looks of the busiest minutes (`--peak`) keep busy, divided by the utilisation aimed at (`--headroom`).
- **The wait** is that of M/G/c: photos come at random and times vary. It is Erlang C's, times (1 + CV²) / 2, after Allen and Cunneen. It is exact for one place and an approximation for more; it takes every look to be as slow as among a full batch, so it is rather too long than too short. All places are taken for one queue; each process has its own, so a photo may wait a little while another process has room.
- **The index** is points × values × 4 bytes, the links of its graphs, words, ids and indexed fields, times 1.5 as Qdrant's own rule has it. Small vectors (`--quantization`) are held in memory instead of the whole ones, which then are read from the disk for those that are compared in the end: give it a fast one.
- **Redis** holds answered looks for an hour, what is known of photos for a day, and photos as the model sees them.
- **PostgreSQL** holds products, every vector that was ever made of them, and looks and events as long as `events.keep_days` says.
- **The first import** is embedding, fetching pictures and building graphs; later ones do that for what changed alone.

Not in it: moderation by the model (one short answer more), conversations, searches, traffic of networks, backups, replicas of PostgreSQL.

## Where figures come from

`measured here` is a file of this repository, on two cores. `datasheet` is the maker's sheet of that title, as pages that quote it have it; `not confirmed` are those for which none was found. `config.json` is that of the model on the hub; sizes are worked out of it. `documentation` is that of the part. `assumption` is nobody's measurement: look at those first, where a plan surprises.

## An example

";
