//! PostgreSQL and Redis.

use super::{
    Ask, figures,
    index::Vectors,
    servers::Rates,
    working::{Section, Unit, bytes, number, time},
};

const DAY: f64 = 86_400.0;
/// Days that events are kept at least; a setting below is refused.
const LEAST_DAYS: f64 = 31.0;
/// From these sizes on, less is suggested to be kept: of events on disks, of photos in memory.
const MANY_EVENTS: f64 = 500e9;
const MANY_PHOTOS: f64 = 32e9;

/// What is kept where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stores {
    /// Connections of each process, and of all.
    pub(super) connections: u64,
    pub(super) all_connections: u64,
    /// Bytes of events, kept as long as by default; and days to keep them for.
    pub(super) events: f64,
    pub(super) keep_days: u64,
    /// Bytes of photos, kept as long as by default; and minutes to keep them for.
    pub(super) photos: f64,
    pub(super) keep_minutes: u64,
}

impl Stores {
    pub(super) fn of(
        ask: &Ask,
        rates: &Rates,
        vectors: &Vectors,
        processes: u64,
        postgres: &mut Section,
        redis: &mut Section,
    ) -> Self {
        let (events, keep_days) = Self::disk(ask, rates, vectors, postgres);
        let (connections, all_connections) = Self::connected(processes, postgres);
        let (photos, keep_minutes) = Self::memory(rates, ask.photo_side(), redis);
        Self { connections, all_connections, events, keep_days, photos, keep_minutes }
    }

    fn disk(ask: &Ask, rates: &Rates, vectors: &Vectors, section: &mut Section) -> (f64, u64) {
        let (row, beside) = (figures::PRODUCT_ROW, figures::VECTOR_ROW);
        section.figure("a product", row, Unit::Bytes, "with variants, offers and their indexes");
        let products = ask.products as f64 * row.value;
        section.worked(
            "products",
            products,
            Unit::Bytes,
            format!("{} × {}", number(ask.products as f64), bytes(row.value)),
        );
        section.figure("beside a kept vector", beside, Unit::Bytes, "its key, twice");
        let words = vectors.words_floats * 4.0 + beside.value;
        let picture = vectors.picture_floats * 4.0 + beside.value;
        let kept = vectors.points * words + vectors.pictures * picture;
        section.worked(
            "vectors",
            kept,
            Unit::Bytes,
            format!(
                "{} × {} + {} × {}, so that a rebuild asks no model",
                number(vectors.points),
                bytes(words),
                number(vectors.pictures),
                bytes(picture)
            ),
        );
        let (answer, event, many) = (figures::ANSWER_ROW, figures::EVENT_ROW, figures::EVENTS);
        section.figure("a look", answer, Unit::Bytes, "what reports are counted by");
        section.figure("an event", event, Unit::Bytes, "shown, clicked, bought");
        section.figure("events of a look", many, Unit::Count, "as many as are told");
        let days = figures::EVENT_DAYS;
        section.figure("days they are kept", days, Unit::Count, "events.keep_days");
        let of_day = rates.average * DAY * (answer.value + many.value * event.value);
        let events = of_day * days.value;
        section.worked(
            "looks and events",
            events,
            Unit::Bytes,
            format!(
                "{} × {} s × ({} + {} × {}) × {} days",
                number(rates.average),
                number(DAY),
                bytes(answer.value),
                number(many.value),
                bytes(event.value),
                number(days.value)
            ),
        );
        let fit = (MANY_EVENTS / of_day).floor().clamp(LEAST_DAYS, days.value);
        if fit < days.value {
            let of_fit = format!("{} days, as suggested below", number(fit));
            section.worked("the same, kept shorter", of_day * fit, Unit::Bytes, of_fit);
        }
        section.worked(
            "in all",
            products + kept + of_day * fit,
            Unit::Bytes,
            "its log and room to work come to it",
        );
        (events, fit as u64)
    }

    fn connected(processes: u64, section: &mut Section) -> (u64, u64) {
        let (default, most) = (figures::CONNECTIONS, figures::MAX_CONNECTIONS);
        section.figure("connections PostgreSQL takes", most, Unit::Count, "as it comes");
        section.figure("connections of a process", default, Unit::Count, "where there are enough");
        let fit = (most.value * 0.9 / processes as f64).floor().clamp(4.0, default.value);
        let all = fit * processes as f64;
        section.worked(
            "connections",
            all,
            Unit::Count,
            format!("{processes} × {} (data.connections)", number(fit)),
        );
        (fit as u64, all as u64)
    }

    fn memory(rates: &Rates, side: f64, section: &mut Section) -> (f64, u64) {
        let (look, known) = (figures::LOOK_KEPT, figures::KNOWN);
        let (hour, day) = (figures::LOOK_SECONDS, figures::KNOWN_SECONDS);
        section.figure("an answered look", look, Unit::Bytes, "and what refinements need");
        section.figure("kept for", hour, Unit::Seconds, "so that it can be fetched again");
        let looks = rates.average * hour.value * look.value;
        let working =
            format!("{} × {} × {}", number(rates.average), time(hour.value), bytes(look.value));
        section.worked("looks", looks, Unit::Bytes, working);
        section.figure("what is known of a photo", known, Unit::Bytes, "garments and advice");
        section.figure("known for", day, Unit::Seconds, "so that it costs no model time again");
        let new = rates.average * rates.new_share;
        let remembered = new * day.value * known.value;
        let working = format!("{} × {} × {}", number(new), time(day.value), bytes(known.value));
        section.worked("known photos", remembered, Unit::Bytes, working);
        let (pixel, filled, minutes) = (figures::PIXEL, figures::FILLED, figures::PHOTO_MINUTES);
        section.figure("a pixel of a kept photo", pixel, Unit::Bytes, "as it is, not packed");
        section.figure("of the square without margins", filled, Unit::Share, "photos of 3 to 4");
        section.figure("minutes they are kept", minutes, Unit::Count, "photos.keep_minutes");
        let photo = side * side * filled.value * pixel.value;
        let of_minute = new * 60.0 * photo;
        let photos = of_minute * minutes.value;
        section.worked(
            "photos",
            photos,
            Unit::Bytes,
            format!(
                "{} × {} min × {}² × {} × {}",
                number(new),
                number(minutes.value),
                number(side),
                number(filled.value),
                bytes(pixel.value)
            ),
        );
        let fit = (MANY_PHOTOS / of_minute).floor().clamp(1.0, minutes.value);
        if fit < minutes.value {
            let of_fit = format!("{} min, as suggested below", number(fit));
            section.worked("the same, kept shorter", of_minute * fit, Unit::Bytes, of_fit);
        }
        let slack = figures::REDIS_SLACK;
        section.figure("what Redis takes besides", slack, Unit::Count, "keys, and what is freed");
        let all = (looks + remembered + of_minute * fit) * slack.value;
        section.worked("maxmemory", all, Unit::Bytes, "all of it, so that nothing is pushed out");
        (photos, fit as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Card, *};

    fn at(rate: f64, processes: u64) -> Stores {
        let ask = Ask::of(rate, 1_000, Card::L4);
        let rates = Rates { average: rate, peak: rate, new: rate, new_share: 1.0 };
        let vectors =
            Vectors { points: 1e3, pictures: 1e3, words_floats: 1_024.0, picture_floats: 768.0 };
        let (mut one, mut other) = (Section::new("one"), Section::new("other"));
        Stores::of(&ask, &rates, &vectors, processes, &mut one, &mut other)
    }

    #[test]
    fn a_quiet_shop_keeps_what_it_keeps_by_default() {
        let kept = at(0.1, 2);
        assert_eq!((kept.keep_days, kept.keep_minutes, kept.connections), (400, 60, 16));
        // 0.1 x 86,400 x (300 + 3 x 400) x 400.
        assert!((kept.events - 5.184e9).abs() < 1.0);
        // 0.1 x 3,600 x 768 x 768 x 0.75 x 3.
        assert!((kept.photos - 477_757_440.0).abs() < 1.0);
    }

    #[test]
    fn a_busy_one_keeps_less_and_shares_connections() {
        let kept = at(50.0, 20);
        assert!(kept.keep_days < 400 && kept.keep_days >= 31, "{}", kept.keep_days);
        assert!((1..60).contains(&kept.keep_minutes), "{}", kept.keep_minutes);
        assert_eq!((kept.connections, kept.all_connections), (4, 80));
    }
}
