//! How many of everything that computes, and how long photos wait for it.

use super::{
    Ask,
    cards::Sheet,
    figures,
    looks::Service,
    models::{EMBEDDER, ENCODER, ENCODER_SIDE},
    queueing::Wait,
    working::{Figure, Section, Source, Unit, number, operations, time},
};

/// What comes in, a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rates {
    /// Looks on average, and in the busiest minutes.
    pub(super) average: f64,
    pub(super) peak: f64,
    /// Those of the peak that cost model time.
    pub(super) new: f64,
    /// The share that does.
    pub(super) new_share: f64,
}

impl Rates {
    pub(super) fn of(ask: &Ask, section: &mut Section) -> Self {
        let average = ask.looks_per_second;
        let asked = |value| Figure { value, source: Source::Asked };
        section.figure("looks", asked(average), Unit::PerSecond, "--looks-per-second, on average");
        let factor = Figure::given(ask.peak, figures::PEAK);
        section.figure("peak to average", factor, Unit::Count, "--peak");
        let cached = Figure::given(ask.cached, figures::CACHED);
        let on = "--cached: looks that cost no model time; vitrine_cache_requests_total tells";
        section.figure("from cache", cached, Unit::Share, on);
        let headroom = ask.headroom();
        section.figure("utilisation aimed at", headroom, Unit::Share, "--headroom");
        let garments = ask.garments();
        section.figure("garments a photo", garments, Unit::Count, "--garments");
        let (peak, new_share) = (average * factor.value, 1.0 - cached.value);
        let new = peak * new_share;
        section.worked(
            "new looks at the peak",
            new,
            Unit::PerSecond,
            format!("{} × {} × {}", number(average), number(factor.value), number(new_share)),
        );
        Self { average, peak, new, new_share }
    }
}

/// How many machines that hold models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Servers {
    /// Model servers, a card each; on a CPU the processes of the service.
    pub(super) average: u64,
    pub(super) peak: u64,
    pub(super) wait: Wait,
    /// Looks a second that all of them do.
    pub(super) capacity: f64,
}

impl Servers {
    pub(super) fn of(
        ask: &Ask,
        rates: &Rates,
        service: &Service,
        section: &mut Section,
    ) -> Option<Self> {
        let headroom = ask.headroom().value;
        let one = service.of_a_server();
        section.worked(
            "a server's time, of a look",
            one,
            Unit::Seconds,
            format!("{} / {} at once", time(service.full), service.at_once),
        );
        let needed = |rate: f64| whole(rate * one / headroom);
        let (average, peak) = (needed(rates.average * rates.new_share), needed(rates.new));
        let working =
            |rate: f64| format!("{} × {} / {}", number(rate), time(one), number(headroom));
        let on_average = rates.average * rates.new_share;
        section.worked("on average", average as f64, Unit::Count, working(on_average));
        section.worked("at the peak", peak as f64, Unit::Count, working(rates.new));
        let places = peak * service.at_once;
        let variation = figures::VARIATION;
        section.figure(
            "how times vary (CV²)",
            variation,
            Unit::Count,
            "0 if all are the same, 1 if exponential",
        );
        let wait = Wait::of(rates.new, service.full, variation.value, places)?;
        let source = Source::Formula("Erlang C, and Allen and Cunneen's for M/G/c");
        let mut told = |what, value, unit, working: String| {
            section.figure(what, Figure { value, source }, unit, working);
        };
        let (rate, seats) = (number(rates.new), number(places as f64));
        let busy = format!("{rate} × {} / {seats} places", time(service.full));
        told("places that are taken", wait.utilisation, Unit::Share, busy);
        told("who waits at all", wait.waits, Unit::Share, "at the peak".into());
        told("the wait on average", wait.mean, Unit::Seconds, "those who do not wait too".into());
        told("the wait of 99 of 100, at most", wait.p99, Unit::Seconds, "at the peak".into());
        told("photos that wait", wait.length, Unit::Count, "on average, in all processes".into());
        let capacity = places as f64 / service.full;
        Some(Self { average, peak, wait, capacity })
    }
}

/// The service itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Processes {
    pub(super) count: u64,
    /// Threads of each, a core a thread.
    pub(super) workers: u64,
}

impl Processes {
    /// Beside model servers.
    pub(super) fn of(ask: &Ask, rates: &Rates, section: &mut Section) -> Self {
        let (own, photo, cached) = (figures::OWN_LOOK, figures::OWN_PHOTO, figures::OWN_CACHED);
        section.figure("own work of a look", own, Unit::Seconds, "19 of 929 ms, on two cores");
        let reading = "decoding 12 million pixels and making them small";
        section.figure("reading its photo", photo, Unit::Seconds, reading);
        let known = "a known photo answered anew, from Redis";
        section.figure("a look from cache", cached, Unit::Seconds, known);
        let old = rates.peak - rates.new;
        let cores = rates.new * (own.value + photo.value) + old * cached.value;
        let headroom = ask.headroom().value;
        let needed = whole(cores / headroom);
        section.worked(
            "cores at the peak",
            needed as f64,
            Unit::Count,
            format!(
                "({} × {} + {} × {}) / {}",
                number(rates.new),
                time(own.value + photo.value),
                number(old),
                time(cached.value),
                number(headroom)
            ),
        );
        let workers = figures::WORKERS;
        section.figure("threads of a process", workers, Unit::Count, "server.workers, a core each");
        let least = figures::PROCESSES.value;
        let count = (needed as f64 / workers.value).ceil().max(least);
        let working = format!("{needed} / {}, {} at least", number(workers.value), number(least));
        section.worked("processes", count, Unit::Count, working);
        Self { count: count as u64, workers: workers.value as u64 }
    }

    /// With the small model in each.
    pub(super) fn with_models(servers: &Servers, section: &mut Section) -> Self {
        let cores = figures::SMALL_CORES;
        section.figure("cores of a process", cores, Unit::Count, "as it was measured");
        let of_all = servers.peak as f64 * cores.value;
        section.worked(
            "cores at the peak",
            of_all,
            Unit::Count,
            format!(
                "{} × {}; the service's own work is in them",
                servers.peak,
                number(cores.value)
            ),
        );
        let working = "one for each model";
        section.worked("processes", servers.peak as f64, Unit::Count, working);
        Self { count: servers.peak, workers: cores.value as u64 }
    }
}

/// Cards for texts and pictures, of the same kind; none where there are none.
pub(super) fn embedders(
    ask: &Ask,
    rates: &Rates,
    sheet: Option<&Sheet>,
    section: &mut Section,
) -> u64 {
    let garments = ask.garments().value;
    let text = EMBEDDER.operations(figures::GARMENT_TEXT.value);
    let picture = ENCODER.operations(ENCODER_SIDE);
    section.figure("tokens of a garment's text", figures::GARMENT_TEXT, Unit::Count, "as searched");
    let of_look = garments * (text + picture);
    section.worked(
        "operations of a look",
        of_look,
        Unit::Operations,
        format!("{} × ({} + {})", number(garments), operations(text), operations(picture)),
    );
    let headroom = ask.headroom().value;
    let cards = sheet.map_or(0, |sheet| {
        let reached = figures::EMBEDDING_EFFICIENCY;
        section.figure("reached of the card's BF16", reached, Unit::Share, "by small batches");
        let of_card = rates.new * of_look / (sheet.operations.value * reached.value) / headroom;
        let cards = whole(of_card);
        section.worked(
            "cards for texts and pictures",
            cards as f64,
            Unit::Count,
            format!(
                "{} × {} / ({}/s × {}) / {} = {}",
                number(rates.new),
                operations(of_look),
                operations(sheet.operations.value),
                number(reached.value),
                number(headroom),
                number(of_card)
            ),
        );
        cards
    });
    let core = figures::CORE_OPERATIONS;
    section.figure("operations of a core", core, Unit::Operations, "a second, in 32 bits");
    section.worked(
        if cards > 0 { "or cores, and no card" } else { "cores for texts and pictures" },
        whole(rates.new * of_look / core.value / headroom) as f64,
        Unit::Count,
        format!(
            "{} × {} / {}/s / {}",
            number(rates.new),
            operations(of_look),
            operations(core.value),
            number(headroom)
        ),
    );
    cards
}

/// Up to the next whole one; one at least.
pub(super) fn whole(value: f64) -> u64 {
    value.ceil().max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(rate: f64, full: f64, at_once: u64) -> Servers {
        let rates = Rates { average: rate / 2.0, peak: rate, new: rate, new_share: 1.0 };
        let service = Service { at_once, alone: None, full, room: None };
        let ask = super::super::Ask::of(rate, 1, super::super::Card::L4);
        Servers::of(&ask, &rates, &service, &mut Section::new("test")).unwrap()
    }

    #[test]
    fn servers_are_counted_as_by_hand() {
        // 100 looks/s of 0.5 s of a server each are 50 at work, 50 / 0.7 = 71.4.
        let counted = servers(100.0, 8.0, 16);
        assert_eq!((counted.average, counted.peak), (36, 72));
        assert!((counted.capacity - 144.0).abs() < 1e-9);
        assert!((counted.wait.utilisation - 800.0 / 1_152.0).abs() < 1e-9);
        assert_eq!(servers(0.000_1, 8.0, 16).peak, 1, "one at least");
    }
}
