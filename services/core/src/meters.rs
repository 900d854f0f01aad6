//! What this process counts for who watches over it, in the form of Prometheus. One for the process,
//! as its log is; figures of all processes together are read from the stores instead.

use std::{sync::LazyLock, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::look::{Degradation, Look, Part, Timings};

/// Where times are told apart, in seconds: from an answer out of memory to the longest look.
const TIMES: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0];

/// What the cache is asked for that is counted, as its keys begin.
pub(crate) const REMEMBERED: [&str; 2] = ["garments", "advice"];

type Times<const N: usize> = Family<[(&'static str, String); N], Histogram, fn() -> Histogram>;
type Counts<const N: usize> = Family<[(&'static str, &'static str); N], Counter>;

static METERS: LazyLock<Meters> = LazyLock::new(Meters::new);

/// The counts of this process.
pub fn meters() -> &'static Meters {
    &METERS
}

/// What a model is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To see the garments in a photo.
    See,
    Advise,
    /// To understand a message.
    Understand,
    /// To put a reply into words.
    Word,
    /// To judge whether a photo is one for a shop.
    Judge,
}

impl Purpose {
    const ALL: [Self; 5] = [Self::See, Self::Advise, Self::Understand, Self::Word, Self::Judge];

    /// What it is called in figures and traces.
    pub const fn id(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Advise => "advise",
            Self::Understand => "understand",
            Self::Word => "word",
            Self::Judge => "judge",
        }
    }
}

/// Counters and histograms; each is added to from where the thing happens.
pub struct Meters {
    requests: Times<3>,
    steps: Times<1>,
    looks: Counts<1>,
    waits: Histogram,
    refused: Counter,
    answers: Times<1>,
    tokens: Counts<1>,
    failures: Counts<1>,
    recalls: Counts<2>,
    rows: Counts<1>,
}

fn times() -> Histogram {
    Histogram::new(TIMES)
}

impl Meters {
    /// What can be counted is there from the start, at nought: who watches would else miss the
    /// first of them.
    fn new() -> Self {
        let meters = Self::empty();
        for outcome in ["answered", "degraded", "failed"] {
            drop(meters.looks.get_or_create(&[("outcome", outcome)]));
        }
        for purpose in Purpose::ALL {
            drop(meters.tokens.get_or_create(&[("use", purpose.id())]));
            drop(meters.failures.get_or_create(&[("use", purpose.id())]));
        }
        for what in REMEMBERED {
            for result in ["hit", "miss"] {
                drop(meters.recalls.get_or_create(&[("what", what), ("result", result)]));
            }
        }
        for outcome in ["taken", "left_out", "failed"] {
            drop(meters.rows.get_or_create(&[("outcome", outcome)]));
        }
        meters
    }

    fn empty() -> Self {
        Self {
            requests: Family::new_with_constructor(times),
            steps: Family::new_with_constructor(times),
            looks: Family::default(),
            waits: times(),
            refused: Counter::default(),
            answers: Family::new_with_constructor(times),
            tokens: Family::default(),
            failures: Family::default(),
            recalls: Family::default(),
            rows: Family::default(),
        }
    }

    /// A request that was answered: the pattern of its path, its method, the status, and how long
    /// the answer's first byte took.
    pub fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let labels = [
            ("route", route.to_owned()),
            ("method", method.to_owned()),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// A look that was answered, by what its steps took. One that is as good as its model can make
    /// it is whole.
    pub(crate) fn look(&self, look: &Look) {
        let lacks = |lost: &Degradation| !matches!(lost.part, Part::Model | Part::Language);
        let outcome = if look.degraded.iter().any(lacks) { "degraded" } else { "answered" };
        self.looks.get_or_create(&[("outcome", outcome)]).inc();
        let Timings { queue, describe, embed, search, join, advise, first_match, total } =
            look.timings;
        let steps = [
            ("queue", Some(queue)),
            ("describe", Some(describe)),
            ("embed", Some(embed)),
            ("search", Some(search)),
            ("join", Some(join)),
            ("advise", Some(advise)),
            ("first_match", first_match),
            ("total", Some(total)),
        ];
        for (step, took) in steps {
            if let Some(took) = took {
                let seconds = Duration::from_millis(took).as_secs_f64();
                self.steps.get_or_create(&[("step", step.to_owned())]).observe(seconds);
            }
        }
    }

    pub(crate) fn look_failed(&self) {
        self.looks.get_or_create(&[("outcome", "failed")]).inc();
    }

    /// Somebody whose turn it was.
    pub(crate) fn turn(&self, waited: Duration) {
        self.waits.observe(waited.as_secs_f64());
    }

    /// Somebody who was turned away.
    pub(crate) fn turned_away(&self) {
        self.refused.inc();
    }

    /// A model's answer that ended: how long it took, its tokens, and whether it came to nothing.
    pub fn model(&self, purpose: Purpose, took: Duration, tokens: u64, failed: bool) {
        let labels = [("use", purpose.id())];
        let named = [("use", purpose.id().to_owned())];
        self.answers.get_or_create(&named).observe(took.as_secs_f64());
        self.tokens.get_or_create(&labels).inc_by(tokens);
        if failed {
            self.failures.get_or_create(&labels).inc();
        }
    }

    /// Something that a cache was asked for.
    pub(crate) fn recalled(&self, what: &'static str, hit: bool) {
        let result = if hit { "hit" } else { "miss" };
        self.recalls.get_or_create(&[("what", what), ("result", result)]).inc();
    }

    /// Rows of imports.
    pub(crate) fn rows(&self, outcome: &'static str, rows: u64) {
        self.rows.get_or_create(&[("outcome", outcome)]).inc_by(rows);
    }

    /// Puts all of them under their names.
    pub fn register(&self, to: &mut Registry) {
        let seconds = || Unit::Seconds;
        to.register_with_unit(
            "http_request_duration",
            "Up to the first byte of an answer, by the pattern of the path, the method and the status",
            seconds(),
            self.requests.clone(),
        );
        to.register_with_unit(
            "look_step_duration",
            "What the steps of answered looks took; `queue` is the wait for a turn, `first_match` the time up to the first match, `total` all of it",
            seconds(),
            self.steps.clone(),
        );
        to.register("looks", "Looks by what became of them", self.looks.clone());
        to.register_with_unit(
            "queue_wait",
            "How long turns at the models were waited for",
            seconds(),
            self.waits.clone(),
        );
        to.register("queue_refused", "Who was turned away from the models", self.refused.clone());
        to.register_with_unit(
            "model_duration",
            "Answers of the vision-language model, by what it was asked for",
            seconds(),
            self.answers.clone(),
        );
        to.register(
            "model_tokens",
            "Tokens that the vision-language model wrote; pieces, where it runs on servers",
            self.tokens.clone(),
        );
        to.register("model_failures", "Answers of it that came to nothing", self.failures.clone());
        to.register("cache_requests", "What was looked for in the cache", self.recalls.clone());
        to.register("import_rows", "Rows of feeds by what became of them", self.rows.clone());
    }
}
