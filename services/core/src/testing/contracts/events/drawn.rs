use std::collections::{BTreeMap, BTreeSet};

use super::{days, merchant};
use crate::{
    answers::{AnswerId, AnswerKind, AnswerRecord},
    events::{Event, EventKind},
    ids::MerchantId,
    ports::{Events, ExperimentPut, Experiments},
    reports::{
        Conversion, Day, Days, ExperimentReport, Latency, Measure, Overview, Queries, Rate, Totals,
    },
    testing::{
        Dice,
        told::{self, Happening},
    },
};

/// What happened, each answer and event once, in the order told.
#[derive(Default)]
struct Happened {
    answers: Vec<AnswerRecord>,
    events: Vec<Event>,
}

/// Whatever happens, in whatever order it is told.
pub(super) async fn reports_are_what_counting_by_hand_gives(store: &(impl Events + Experiments)) {
    for seed in 0..4 {
        let shop = merchant(&format!("drawn {seed}"));
        let mut quiet = told::experiment("advice", &[1, 1]);
        quiet.running = false;
        for experiment in [told::experiment("limits", &[1, 1]), quiet] {
            let put = store.put_experiment(&shop, &experiment).await.unwrap();
            assert_eq!(put, ExperimentPut::New);
        }
        let mut dice = Dice::new(seed);
        let mut happened = Happened::default();
        for happening in told::happenings(&mut dice, 60) {
            match happening {
                Happening::Answers(answers) => {
                    store.note_answers(&shop, &answers).await.unwrap();
                    let new = |answer: &&AnswerRecord| {
                        happened.answers.iter().all(|known| known.id != answer.id)
                    };
                    let new: Vec<AnswerRecord> = answers.iter().filter(new).cloned().collect();
                    happened.answers.extend(new);
                }
                Happening::Events(events) => {
                    let taken = store.take_events(&shop, events.clone()).await.unwrap();
                    assert_eq!(taken.new + taken.repeated, events.len() as u64);
                    let new =
                        |event: &&Event| happened.events.iter().all(|known| known.id != event.id);
                    let new: Vec<Event> = events.iter().filter(new).cloned().collect();
                    assert_eq!(taken.new, new.len() as u64);
                    happened.events.extend(new);
                }
            }
        }
        assert!(happened.answers.len() > 20 && happened.events.len() > 40, "something happened");
        let all = days();
        let some = Days { first: Day(all.last.0 - 4), last: Day(all.last.0 - 1) };
        for days in [all, some] {
            happened.compare(store, &shop, days).await;
        }
    }
}

fn within(days: Days, at: jiff::Timestamp) -> bool {
    (days.first..=days.last).contains(&Day::of(at))
}

impl Happened {
    async fn compare(&self, store: &(impl Events + Experiments), shop: &MerchantId, days: Days) {
        self.compare_overview(&Overview::of(store, shop, days).await.unwrap(), days);
        self.compare_conversion(&Conversion::of(store, shop, days).await.unwrap(), days);
        self.compare_queries(&Queries::of(store, shop, days).await.unwrap(), days);
        self.compare_latency(&Latency::of(store, shop, days).await.unwrap(), days);
        let report = ExperimentReport::of(store, store, shop, days).await.unwrap();
        self.compare_experiments(&report, days);
    }

    fn answered(&self, days: Days) -> impl Iterator<Item = &AnswerRecord> {
        self.answers.iter().filter(move |answer| within(days, answer.at))
    }

    fn had(&self, answer: AnswerId, kind: EventKind) -> bool {
        self.events.iter().any(|event| event.answer == Some(answer) && event.kind == kind)
    }

    fn totals(&self, kind: AnswerKind, days: Days) -> Totals {
        let mut totals = Totals::default();
        for answer in self.answered(days).filter(|answer| answer.id.kind() == kind) {
            totals.answers += 1;
            totals.matched += u64::from(answer.matched);
            totals.cached += u64::from(answer.cached);
            totals.degraded += u64::from(answer.degraded);
            totals.viewed += u64::from(self.had(answer.id, EventKind::View));
            totals.clicked += u64::from(self.had(answer.id, EventKind::Click));
            totals.added_to_cart += u64::from(self.had(answer.id, EventKind::AddToCart));
            totals.purchased += u64::from(self.had(answer.id, EventKind::Purchase));
            totals.liked += u64::from(self.had(answer.id, EventKind::ThumbsUp));
            totals.disliked += u64::from(self.had(answer.id, EventKind::ThumbsDown));
        }
        totals
    }

    fn compare_overview(&self, report: &Overview, days: Days) {
        let looks = self.totals(AnswerKind::Look, days);
        assert_eq!(report.looks, looks);
        assert_eq!(report.searches, self.totals(AnswerKind::Search, days));
        assert_eq!(report.click_rate, Rate::of(looks.clicked, looks.answers));
        assert_eq!(report.match_rate, Rate::of(looks.matched, looks.answers));
        assert_eq!(report.conversion_rate, Rate::of(looks.purchased, looks.answers));
        let with_any: BTreeSet<Day> =
            self.answered(days).map(|answer| Day::of(answer.at)).collect();
        let told: Vec<Day> = report.days.iter().map(|day| day.day).collect();
        assert_eq!(told, with_any.into_iter().collect::<Vec<_>>(), "days in order");
        for day in &report.days {
            let only = Days { first: day.day, last: day.day };
            assert_eq!(day.looks, self.totals(AnswerKind::Look, only));
            assert_eq!(day.searches, self.totals(AnswerKind::Search, only));
        }
    }

    fn compare_conversion(&self, report: &Conversion, days: Days) {
        let events = || self.events.iter().filter(|event| within(days, event.at));
        for (kind, told) in [
            (EventKind::View, report.events.view),
            (EventKind::Click, report.events.click),
            (EventKind::AddToCart, report.events.add_to_cart),
            (EventKind::Purchase, report.events.purchase),
            (EventKind::ThumbsUp, report.events.thumbs_up),
            (EventKind::ThumbsDown, report.events.thumbs_down),
        ] {
            assert_eq!(told, events().filter(|event| event.kind == kind).count() as u64);
        }
        for paid in &report.paid {
            let sum = |after: bool| -> i64 {
                let values = events().filter(|event| !after || event.answer.is_some());
                values
                    .filter_map(|event| event.value)
                    .filter(|value| value.currency == paid.all.currency)
                    .map(|value| value.amount)
                    .sum()
            };
            assert_eq!((paid.all.amount, paid.after_answers.amount), (sum(false), sum(true)));
        }
        let looks = self.totals(AnswerKind::Look, days);
        assert_eq!(report.looks.purchased, Rate::of(looks.purchased, looks.answers));
        assert_eq!(report.looks.liked, Rate::of(looks.liked, looks.liked + looks.disliked));
    }

    fn compare_queries(&self, report: &Queries, days: Days) {
        let garments: Vec<_> = self.answered(days).flat_map(|answer| &answer.garments).collect();
        let of = |category, colour| {
            let same = garments
                .iter()
                .filter(|sought| (sought.category, sought.colour) == (category, colour));
            let unmatched = same.clone().filter(|sought| !sought.matched).count() as u64;
            (same.count() as u64, unmatched)
        };
        for told in report.sought.iter().chain(&report.unmatched) {
            assert_eq!((told.garments, told.unmatched), of(told.category, told.colour));
        }
        let matched = garments.iter().filter(|sought| sought.matched).count() as u64;
        assert_eq!(report.garments, Rate::of(matched, garments.len() as u64));
        let sum = |told: &[crate::reports::SoughtGarment]| -> (u64, u64) {
            let garments = told.iter().map(|kind| kind.garments).sum();
            (garments, told.iter().map(|kind| kind.unmatched).sum())
        };
        assert_eq!(sum(&report.sought).0, garments.len() as u64, "none is left out");
        assert_eq!(sum(&report.unmatched).1, garments.len() as u64 - matched);
        assert!(report.sought.is_sorted_by(|first, second| first.garments >= second.garments));
        assert!(report.unmatched.is_sorted_by(|first, second| first.unmatched >= second.unmatched));
    }

    fn compare_latency(&self, report: &Latency, days: Days) {
        for told in &report.measures {
            let mut times: Vec<u64> = self
                .answered(days)
                .filter(|answer| {
                    (answer.id.kind() == AnswerKind::Search) == (told.measure == Measure::Search)
                })
                .filter_map(|answer| match told.measure {
                    Measure::Total | Measure::Search => Some(answer.total),
                    Measure::Fresh => (!answer.cached).then_some(answer.total),
                    Measure::Describe => answer.describe,
                    Measure::FirstMatch => answer.first_match,
                })
                .collect();
            times.sort_unstable();
            assert_eq!(told.answers, times.len() as u64);
            for (hundredths, told) in
                [(50, told.p50), (90, told.p90), (95, told.p95), (99, told.p99)]
            {
                let rank = (times.len() * hundredths).div_ceil(100);
                let exact = rank.checked_sub(1).map(|at| times[at]);
                assert_eq!(told.is_some(), exact.is_some());
                let off = told.unwrap_or(0).abs_diff(exact.unwrap_or(0));
                assert!(off * 64 <= exact.unwrap_or(0), "{told:?}, not {exact:?}");
            }
        }
    }

    fn compare_experiments(&self, report: &ExperimentReport, days: Days) {
        assert_eq!(report.experiments.len(), 2);
        for experiment in &report.experiments {
            // By visitor: the variant and the time of the answer that was told first, and all of
            // their answers under the experiment.
            let mut visitors = BTreeMap::new();
            for answer in &self.answers {
                let served =
                    answer.served.iter().find(|served| served.experiment == experiment.name);
                if let (Some(served), Some(visitor)) = (served, &answer.visitor) {
                    let new = || (served.variant.clone(), answer.at, Vec::new());
                    visitors.entry(visitor).or_insert_with(new).2.push(answer.id);
                }
            }
            for variant in &experiment.variants {
                let of_it: Vec<_> = visitors
                    .iter()
                    .filter(|(_, (arm, at, _))| *arm == variant.name && within(days, *at))
                    .collect();
                let with = |kind| {
                    let did = of_it.iter().filter(|(visitor, (_, since, answers))| {
                        self.events.iter().any(|event| {
                            let after =
                                event.visitor.as_ref() == Some(**visitor) && event.at >= *since;
                            let of_answer =
                                event.answer.is_some_and(|answer| answers.contains(&answer));
                            event.kind == kind && (after || of_answer)
                        })
                    });
                    Rate::of(did.count() as u64, of_it.len() as u64)
                };
                assert_eq!(variant.visitors, of_it.len() as u64);
                assert_eq!(variant.clicked, with(EventKind::Click));
                assert_eq!(variant.added_to_cart, with(EventKind::AddToCart));
                assert_eq!(variant.purchased, with(EventKind::Purchase));
            }
            assert!(experiment.variants[0].against_control.is_none());
            assert!(experiment.variants[1].against_control.is_some());
        }
    }
}
