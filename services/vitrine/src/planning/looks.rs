//! What a look costs a card. Reading (the photo and the prompt) is bound by operations, writing by
//! how fast weights and cache are read: all of the weights once a token, for all photos at once.

use super::{
    Ask, PlanError,
    cards::Sheet,
    figures,
    models::{Isq, Sized, VisionModel},
    working::{Figure, Section, Source, Unit, bytes, number, operations, time},
};

/// How a model server does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Service {
    /// Photos at once on one server.
    pub(super) at_once: u64,
    /// Seconds of a look alone; not known of a measurement.
    pub(super) alone: Option<f64>,
    /// Seconds of a look among as many as there may be at once.
    pub(super) full: f64,
    /// Photos at once that there would be room for; not known of a measurement.
    pub(super) room: Option<u64>,
}

impl Service {
    /// Seconds of a server that a look takes.
    pub(super) fn of_a_server(&self) -> f64 {
        self.full / self.at_once as f64
    }

    /// Seconds of the slowest of 20 looks.
    pub(super) fn slow(&self) -> f64 {
        self.full * figures::SLOW.value
    }

    /// As measured, or as worked out for this card.
    pub(super) fn of(
        ask: &Ask,
        sheet: Option<&Sheet>,
        section: &mut Section,
    ) -> Result<Self, PlanError> {
        if let Some(seconds) = ask.measured_seconds_per_look {
            return Ok(Self::measured(ask, seconds, section));
        }
        match (ask.vision_model().sized(), sheet) {
            (Some(model), Some(sheet)) => Self::worked(ask, &model, sheet, section),
            (None, None) => Ok(Self::small(section)),
            (None, Some(_)) => Err(PlanError::SmallOnACard),
            (Some(model), None) => Err(PlanError::LargeOnACpu { model: model.name }),
        }
    }

    fn measured(ask: &Ask, seconds: f64, section: &mut Section) -> Self {
        let at_once = ask.at_once.unwrap_or(if ask.vision_model() == VisionModel::Small {
            1
        } else {
            figures::AT_ONCE.value as u64
        });
        let figure = Figure { value: seconds, source: Source::Asked };
        section.figure(
            "a look, at the model",
            figure,
            Unit::Seconds,
            "--measured-seconds-per-look",
        );
        at_once_row(
            section,
            ask,
            at_once,
            "--at-once: how many were looked at when it was measured",
        );
        Self { at_once, alone: None, full: seconds, room: None }
    }

    fn small(section: &mut Section) -> Self {
        let (look, cores) = (figures::SMALL_LOOK, figures::SMALL_CORES);
        let on = format!("the small model, on {} cores", number(cores.value));
        section.figure("a look, at the model", look, Unit::Seconds, on);
        section.figure(
            "photos at once",
            Figure { value: 1.0, source: Source::Code("models.concurrency, its default") },
            Unit::Count,
            "more at once take as long together on a CPU",
        );
        Self { at_once: 1, alone: Some(look.value), full: look.value, room: None }
    }

    fn worked(
        ask: &Ask,
        model: &Sized,
        sheet: &Sheet,
        section: &mut Section,
    ) -> Result<Self, PlanError> {
        let config = Source::Config(model.name);
        let work = Work::of(ask, model, section);
        let prefill_share = Figure::given(ask.prefill_efficiency, figures::PREFILL_EFFICIENCY);
        let decode_share = Figure::given(ask.decode_efficiency, figures::DECODE_EFFICIENCY);
        section.figure("the card's BF16, dense", sheet.operations, Unit::Operations, "a second");
        section.figure(
            "reached of it by reading",
            prefill_share,
            Unit::Share,
            "--prefill-efficiency",
        );
        let prefill = work.operations / (sheet.operations.value * prefill_share.value);
        section.worked(
            "reading, of a look",
            prefill,
            Unit::Seconds,
            format!(
                "{} / ({}/s × {})",
                operations(work.operations),
                operations(sheet.operations.value),
                number(prefill_share.value)
            ),
        );

        let weights = model.bytes(ask.isq);
        let of_weights = format!(
            "{} billion, {}",
            number(model.billions()),
            if ask.isq == Isq::None { "BF16" } else { "text layers by --isq, the rest BF16" }
        );
        section.figure(
            "weights",
            Figure { value: weights, source: config },
            Unit::Bytes,
            of_weights,
        );
        let kv = model.text.kv_bytes();
        section.figure(
            "cache, of a token",
            Figure { value: kv, source: config },
            Unit::Bytes,
            format!(
                "2 × {} layers × {} heads × {} × 2 B",
                model.text.layers, model.text.kv_heads, model.text.head
            ),
        );
        let fit = fitting(ask, model, sheet, weights, work.longest * kv, section)?;

        section.figure("the card's memory bandwidth", sheet.bandwidth, Unit::Bytes, "a second");
        section.figure(
            "reached of it by writing",
            decode_share,
            Unit::Share,
            "--decode-efficiency",
        );
        let read = model.read_bytes(ask.isq);
        let pace = Pace {
            prefill,
            tokens: work.written,
            weights: read / (sheet.bandwidth.value * decode_share.value),
            cache: work.usual * kv / (sheet.bandwidth.value * decode_share.value),
            operations: model.written_operations() / (sheet.operations.value * prefill_share.value),
        };
        let most = ask.at_once.unwrap_or(figures::AT_ONCE.value as u64).min(fit);
        let within = Figure::given(ask.within, figures::WITHIN).value;
        let at_once = match ask.at_once {
            Some(_) => most,
            None => {
                let whole = |many: &u64| pace.look(*many) * figures::SLOW.value <= within;
                (1..=most).rev().find(whole).unwrap_or(most)
            }
        };
        let why = format!(
            "as many as fit, {most} at most; fewer where {} times a look would else be over {}",
            number(figures::SLOW.value),
            time(within)
        );
        at_once_row(section, ask, at_once, &why);
        let step = pace.step(at_once);
        section.worked(
            "a token, for all at once",
            step,
            Unit::Seconds,
            format!(
                "({} of weights + {at_once} × {} × {} of cache) / ({}/s × {})",
                bytes(read),
                number(work.usual),
                bytes(kv),
                bytes(sheet.bandwidth.value),
                number(decode_share.value)
            ),
        );
        let alone = pace.look(1);
        section.worked(
            "a look alone",
            alone,
            Unit::Seconds,
            format!("{} + {} tokens × {}", time(prefill), number(work.written), time(pace.step(1))),
        );
        let full = pace.look(at_once);
        section.worked(
            "a look among as many",
            full,
            Unit::Seconds,
            format!(
                "{at_once} × {} + {} tokens × {}",
                time(prefill),
                number(work.written),
                time(step)
            ),
        );
        Ok(Self { at_once, alone: Some(alone), full, room: Some(fit) })
    }
}

/// What a look asks of the model.
struct Work {
    /// Operations of reading all prompts and looking at the photo for each.
    operations: f64,
    /// Tokens that are written.
    written: f64,
    /// Tokens in the cache: at the most, and halfway through an answer.
    longest: f64,
    usual: f64,
}

impl Work {
    fn of(ask: &Ask, model: &Sized, section: &mut Section) -> Self {
        let garments = ask.garments().value;
        let side = figures::PHOTO_SIDE.value as u64;
        section.figure("the photo's side", figures::PHOTO_SIDE, Unit::Count, "pixels");
        let seen = model.tower.tokens(side) as f64;
        section.figure(
            "tokens of a photo",
            Figure { value: seen, source: Source::Config(model.name) },
            Unit::Count,
            format!("({side} / {})²", model.tower.patch * model.tower.merge),
        );
        section.figure(
            "tokens of the question",
            figures::DESCRIBE_PROMPT,
            Unit::Count,
            "describing",
        );
        let described = garments * figures::GARMENT_TOKENS.value;
        section.figure(
            "tokens of a garment",
            figures::GARMENT_TOKENS,
            Unit::Count,
            format!("written, {} garments a photo", number(garments)),
        );
        let mut asked = vec![(seen + figures::DESCRIBE_PROMPT.value, described)];
        if ask.advises() {
            let prompt = figures::ADVISE_PROMPT.value
                + garments * figures::ADVISE_GARMENT.value
                + figures::CANDIDATES.value * figures::ADVISE_CANDIDATE.value;
            section.figure(
                "tokens of the stylist's question",
                Figure { value: prompt, source: Source::Assumed },
                Unit::Count,
                format!(
                    "{} + {} × {} + {} candidates × {}",
                    number(figures::ADVISE_PROMPT.value),
                    number(garments),
                    number(figures::ADVISE_GARMENT.value),
                    number(figures::CANDIDATES.value),
                    number(figures::ADVISE_CANDIDATE.value)
                ),
            );
            section.figure("tokens of advice", figures::ADVICE_TOKENS, Unit::Count, "written");
            asked.push((seen + prompt, figures::ADVICE_TOKENS.value));
        }
        let vision = model.tower.operations(side);
        let read: f64 =
            asked.iter().map(|(prompt, _)| vision + model.text.operations(*prompt)).sum();
        section.worked(
            "operations of reading",
            read,
            Unit::Operations,
            format!(
                "{} times: {} for the photo, and 2 × {} billion weights × tokens",
                asked.len(),
                operations(vision),
                number(model.text.layer_weights() as f64 / 1e9)
            ),
        );
        let written: f64 = asked.iter().map(|(_, answer)| answer).sum();
        let longest = asked.iter().map(|(prompt, answer)| prompt + answer).fold(0.0, f64::max);
        let halfway: f64 =
            asked.iter().map(|(prompt, answer)| answer * (prompt + answer / 2.0)).sum();
        Self { operations: read, written, longest, usual: halfway / written.max(1.0) }
    }
}

/// Seconds by which a server works.
struct Pace {
    prefill: f64,
    tokens: f64,
    /// Reading the weights once, and one photo's cache.
    weights: f64,
    cache: f64,
    /// The operations of one token.
    operations: f64,
}

impl Pace {
    /// One token for each of so many.
    fn step(&self, many: u64) -> f64 {
        let many = many as f64;
        (self.weights + many * self.cache).max(many * self.operations)
    }

    /// A look among so many. All share the card, so each waits while any of the others is read:
    /// that it takes `many` times its share of the card is Little's law.
    fn look(&self, many: u64) -> f64 {
        many as f64 * self.prefill + self.tokens * self.step(many)
    }
}

/// Photos whose cache fits beside the weights.
fn fitting(
    ask: &Ask,
    model: &Sized,
    sheet: &Sheet,
    weights: f64,
    cache: f64,
    section: &mut Section,
) -> Result<u64, PlanError> {
    section.figure("the card's size", sheet.memory, Unit::Bytes, sheet.name);
    let (share, beside) = (figures::MEMORY_SHARE, figures::MEMORY_BESIDE);
    section.figure("taken of it by a server", share, Unit::Share, "--gpu-memory-utilization");
    section.figure("beside weights and cache", beside, Unit::Bytes, "activations, graphs, driver");
    let free = sheet.memory.value * share.value - weights - beside.value;
    let fit = (free / cache).floor().max(0.0);
    if fit < 1.0 {
        let (model, card) = (model.name, sheet.name);
        let needed = bytes(weights + beside.value + cache);
        let there = bytes(sheet.memory.value * share.value);
        let less = if ask.isq == Isq::Four {
            "a larger card or a smaller model"
        } else {
            "--isq 8 or 4, or a larger card"
        };
        return Err(PlanError::DoesNotFit { model, card, needed, there, less });
    }
    section.worked(
        "photos whose cache fits",
        fit,
        Unit::Count,
        format!(
            "({} × {} - {} - {}) / {} each",
            bytes(sheet.memory.value),
            number(share.value),
            bytes(weights),
            bytes(beside.value),
            bytes(cache)
        ),
    );
    Ok(fit as u64)
}

fn at_once_row(section: &mut Section, ask: &Ask, at_once: u64, why: &str) {
    let source = if ask.at_once.is_some() { Source::Asked } else { figures::AT_ONCE.source };
    let figure = Figure { value: at_once as f64, source };
    section.figure("photos at once", figure, Unit::Count, why);
}

#[cfg(test)]
mod tests {
    use super::super::cards::Card;
    use super::*;

    fn on(card: Card, change: impl Fn(&mut Ask)) -> Result<Service, PlanError> {
        let mut ask = Ask::of(1.0, 1_000, card);
        change(&mut ask);
        Service::of(&ask, card.sheet().as_ref(), &mut Section::new("test"))
    }

    #[test]
    fn a_server_in_a_hurry_works_as_by_hand() {
        let pace =
            Pace { prefill: 0.2, tokens: 100.0, weights: 0.04, cache: 0.001, operations: 0.000_1 };
        assert!((pace.look(1) - (0.2 + 100.0 * 0.041)).abs() < 1e-9);
        assert!((pace.look(10) - (2.0 + 100.0 * 0.05)).abs() < 1e-9);
        // Where operations are what takes the time, they are.
        let slow = Pace { operations: 0.1, ..pace };
        assert!((slow.step(10) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_measurement_stands_for_all_else() {
        let told = on(Card::L4, |ask| {
            ask.measured_seconds_per_look = Some(8.0);
            ask.at_once = Some(4);
        });
        let service = told.unwrap();
        assert_eq!((service.at_once, service.full, service.alone), (4, 8.0, None));
        assert_eq!(service.of_a_server(), 2.0);
    }

    #[test]
    fn the_small_model_takes_what_was_measured() {
        let service = on(Card::Cpu, |_| ()).unwrap();
        assert_eq!((service.at_once, service.full), (1, 0.329));
    }

    #[test]
    fn a_model_that_does_not_fit_is_told_with_what_to_do() {
        let large = |isq| {
            move |ask: &mut Ask| {
                ask.model = Some(VisionModel::Qwen3Vl8b);
                ask.isq = isq;
            }
        };
        let error = on(Card::Rtx4080, large(Isq::None)).unwrap_err().to_string();
        assert!(error.contains("--isq 8 or 4") && error.contains("RTX 4080"), "{error}");
        assert!(on(Card::Rtx4080, large(Isq::Eight)).is_ok());
        let error = on(Card::Cpu, large(Isq::None)).unwrap_err().to_string();
        assert!(error.contains("--measured-seconds-per-look"), "{error}");
        let error = on(Card::L4, |ask| ask.model = Some(VisionModel::Small)).unwrap_err();
        assert!(error.to_string().contains("--gpu cpu"), "{error}");
    }

    #[test]
    fn fewer_bits_and_faster_cards_and_no_advice_cost_less() {
        let cost = |card, isq, advice| {
            let told = on(card, |ask| {
                ask.isq = isq;
                ask.advice = advice;
            });
            told.unwrap().of_a_server()
        };
        use super::super::Advice::{Off, On};
        assert!(cost(Card::L4, Isq::Eight, On) < cost(Card::L4, Isq::None, On));
        assert!(cost(Card::H100, Isq::None, On) < cost(Card::L4, Isq::None, On));
        assert!(cost(Card::L4, Isq::None, Off) < cost(Card::L4, Isq::None, On));
    }
}
