//! Answers, events and experiments, made up.

use jiff::{SignedDuration, Timestamp};

use super::{Dice, sample};
use crate::{
    answers::{AnswerId, AnswerKind, AnswerRecord, Sought},
    customer::Customer,
    events::{Event, EventKind},
    experiments::{Arm, Experiment, Served, Varied},
    ids::{ArmName, CustomerId, EventId, ExperimentName, OrderId, ProductId, VisitorId},
    profile::Profile,
    visitor::Visitor,
    vocabulary::{Category, Colour},
};

/// Noon of a day without anything special.
pub fn now() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().expect("a time")
}

/// A purchase of one dress, at [`now`].
pub fn purchase(id: &str) -> Event {
    Event {
        id: EventId::new(id).expect("a good id"),
        kind: EventKind::Purchase,
        at: now(),
        answer: None,
        product: Some(ProductId::new("p1").expect("a good id")),
        position: Some(0),
        customer: None,
        visitor: None,
        value: Some("49.90 EUR".parse().expect("a price")),
        order: Some(OrderId::new(format!("order of {id}")).expect("a good id")),
    }
}

/// An event of another kind, at [`now`], of this answer.
pub fn event(id: &str, kind: EventKind, answer: AnswerId) -> Event {
    Event { kind, answer: Some(answer), value: None, order: None, ..purchase(id) }
}

/// A look at [`now`] with a navy dress that had a match.
pub fn answer(id: u128) -> AnswerRecord {
    let dress = Sought { category: Category::Dress, colour: Some(Colour::Navy), matched: true };
    AnswerRecord {
        id: AnswerId::new(AnswerKind::Look, uuid::Uuid::from_u128(id)),
        at: now(),
        visitor: None,
        served: Vec::new(),
        garments: vec![dress],
        matched: true,
        cached: false,
        degraded: false,
        describe: Some(800),
        first_match: Some(850),
        total: 1_000,
    }
}

pub fn visitor(name: &str) -> Visitor {
    Visitor::new(&sample::merchant(), &VisitorId::new(name).expect("a good id"))
}

/// One that runs, and varies the limit: 5 matches, 6, 7 and so on.
pub fn experiment(name: &str, weights: &[u32]) -> Experiment {
    let arms = weights.iter().enumerate().map(|(at, weight)| Arm {
        name: ArmName::new(format!("v{at}")).expect("a good name"),
        weight: *weight,
        settings: Varied { limit: Some(5 + at), ..Varied::default() },
    });
    Experiment {
        name: ExperimentName::new(name).expect("a good name"),
        running: true,
        arms: arms.collect(),
        created: now(),
    }
}

/// One who agreed on the day before [`now`].
pub fn customer(id: &str) -> Profile {
    Profile {
        id: CustomerId::new(id).expect("a good id"),
        agreed: Some(now() - SignedDuration::from_hours(24)),
        customer: Customer {
            sizes: vec!["M".into(), "39".into()],
            budget: Some("120 EUR".parse().expect("a price")),
            liked_colours: vec![Colour::Navy],
            avoided_colours: vec![Colour::Pink],
        },
        updated: now(),
    }
}

/// Something that happens in a shop, drawn by chance.
#[derive(Debug, Clone)]
pub enum Happening {
    Answers(Vec<AnswerRecord>),
    Events(Vec<Event>),
}

/// What happens in a shop over some days, drawn by chance: answers and events in any order, batches
/// that come twice, events that come before their answers or of answers that never come, and two
/// experiments.
pub fn happenings(dice: &mut Dice, many: usize) -> Vec<Happening> {
    let ids: Vec<AnswerId> = (0..many)
        .map(|_| {
            let kind = if dice.below(4) == 0 { AnswerKind::Search } else { AnswerKind::Look };
            AnswerId::new(kind, uuid::Uuid::from_u128(dice.below(usize::MAX) as u128))
        })
        .collect();
    let mut happenings: Vec<Happening> = Vec::new();
    let mut next = 0;
    for round in 0..many {
        let happening = match dice.below(5) {
            0 | 1 => {
                let size = dice.below(8);
                let answers = (0..size).filter_map(|_| {
                    next += 1;
                    ids.get(next - 1).map(|id| drawn_answer(dice, *id))
                });
                Happening::Answers(answers.collect())
            }
            2 | 3 => {
                let size = dice.below(12);
                let events = (0..size).map(|at| drawn_event(dice, &format!("{round} {at}"), &ids));
                Happening::Events(events.collect())
            }
            _ => match happenings.get(dice.below(happenings.len().max(1))) {
                Some(again) => again.clone(),
                None => continue,
            },
        };
        happenings.push(happening);
    }
    happenings
}

fn drawn_time(dice: &mut Dice) -> Timestamp {
    now() - SignedDuration::from_millis(dice.below(6 * 24 * 3_600_000) as i64)
}

fn drawn_answer(dice: &mut Dice, id: AnswerId) -> AnswerRecord {
    let garments: Vec<Sought> = (0..dice.below(4))
        .map(|_| Sought {
            category: *dice.pick(&[Category::Dress, Category::Hat, Category::Shoes]),
            colour: (dice.below(4) > 0).then(|| *dice.pick(&[Colour::Navy, Colour::Red])),
            matched: dice.below(3) > 0,
        })
        .collect();
    let visitor = (dice.below(4) > 0).then(|| visitor(&dice.below(9).to_string()));
    let mut served = Vec::new();
    for name in ["limits", "advice"] {
        if dice.below(3) > 0 {
            let Experiment { name: experiment, mut arms, .. } = experiment(name, &[1, 1]);
            served.push(Served { experiment, variant: arms.swap_remove(dice.below(2)).name });
        }
    }
    let cached = dice.below(3) == 0;
    AnswerRecord {
        id,
        at: drawn_time(dice),
        visitor,
        served,
        matched: garments.iter().any(|garment| garment.matched),
        garments,
        cached,
        degraded: dice.below(10) == 0,
        describe: (!cached).then(|| dice.below(5_000) as u64),
        first_match: (dice.below(2) == 0).then(|| dice.below(300) as u64),
        total: dice.below(20_000) as u64,
    }
}

fn drawn_event(dice: &mut Dice, id: &str, answers: &[AnswerId]) -> Event {
    let kind = *dice.pick(&EventKind::ALL);
    let value = (kind == EventKind::Purchase).then(|| {
        let currency = *dice.pick(&["EUR", "JPY"]);
        format!("{} {currency}", dice.below(500)).parse().expect("a price")
    });
    Event {
        kind,
        at: drawn_time(dice),
        answer: (dice.below(4) > 0).then(|| *dice.pick(answers)),
        position: (dice.below(2) == 0).then(|| dice.below(5) as u32),
        visitor: (dice.below(2) == 0).then(|| visitor(&dice.below(9).to_string())),
        value,
        order: value.map(|_| OrderId::new("an order").expect("a good id")),
        ..purchase(id)
    }
}
