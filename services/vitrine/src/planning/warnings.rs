//! What is out of range, in plain words, with what to do.

use super::{
    Ask, Quantization,
    import::Import,
    index::Index,
    looks::Service,
    servers::{Processes, Servers},
    stores::Stores,
    working::{Source, bytes, number, time},
};

/// Cards from which on faster ones deserve a look.
const MANY_CARDS: u64 = 32;
/// Seconds of fetching pictures from which on more at once deserve it.
const LONG: f64 = 86_400.0;

/// All that was worked out.
pub(super) struct Found<'a> {
    pub(super) ask: &'a Ask,
    pub(super) service: Service,
    pub(super) servers: Servers,
    pub(super) processes: Processes,
    pub(super) index: Index,
    pub(super) stores: Stores,
    pub(super) import: Import,
}

impl Found<'_> {
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut told = Vec::new();
        self.of_models(&mut told);
        self.of_the_index(&mut told);
        self.of_stores(&mut told);
        told
    }

    fn of_models(&self, told: &mut Vec<String>) {
        let Self { ask, service, servers, .. } = self;
        if ask.is_small() {
            told.push(
                "The small model is for trying and testing; its answers say so to customers. Name a \
                 card with --gpu for production."
                    .into(),
            );
        }
        if ask.measured_seconds_per_look.is_none() && !ask.is_small() {
            told.push(
                "How fast the card is was worked out, not measured. Measure one server, and plan \
                 again with --measured-seconds-per-look and --at-once."
                    .into(),
            );
        }
        if let Some(sheet) = ask.gpu.sheet()
            && let Source::Unconfirmed(_) = sheet.operations.source
        {
            told.push(format!(
                "Not all figures of {} could be confirmed; compare them with its sheet.",
                sheet.name
            ));
        }
        let within = ask.within();
        if service.slow() > within {
            told.push(format!(
                "1 look in 20 takes {} and more at the model, longer than the {} that 19 of 20 are to \
                 be whole in: use a faster card, --isq 8, a smaller model, fewer photos --at-once, or \
                 --advice off.",
                time(service.slow()),
                time(within)
            ));
        } else if service.slow() + servers.wait.p99 > within {
            told.push(format!(
                "With their wait, some of the slow looks take longer than {}: use a lower --headroom.",
                time(within)
            ));
        }
        if let Some(room) = service.room
            && ask.at_once.is_none()
            && service.at_once * 2 <= room
            && service.slow() * 2.0 <= within
        {
            told.push(format!(
                "The card has room for more than {} photos at once: try --at-once {}, with model \
                 servers that are started so (--max-num-seqs).",
                service.at_once,
                service.at_once * 2
            ));
        }
        if servers.peak == 1 {
            told.push(
                "One model server does all: while it is away, photos that are new are answered 503. \
                 Run two."
                    .into(),
            );
        }
        if servers.peak > MANY_CARDS && !ask.is_small() {
            told.push(format!(
                "{} cards are many. See what other cards, --isq 8 or --advice off come to, and how \
                 many looks are answered from what is known (--cached).",
                number(servers.peak as f64)
            ));
        }
    }

    fn of_the_index(&self, told: &mut Vec<String>) {
        let Self { ask, index, import, processes, .. } = self;
        if index.memory > index.node {
            told.push(format!(
                "The index is too big for one Qdrant node: a copy needs {}, a node gives {}. It is \
                 spread over {} nodes; --quantization scalar or larger nodes (--node-gigabytes) make \
                 that fewer.",
                bytes(index.memory),
                bytes(index.node),
                index.nodes
            ));
        }
        if index.shards > 1 {
            told.push(format!(
                "With {} parts the rarity of words is counted in each by itself, so products rank a \
                 little differently than in one.",
                index.shards
            ));
        }
        if ask.quantization == Quantization::Binary {
            told.push(format!(
                "Binary vectors are for about 1,000 values and more; pictures have {}. Compare what \
                 is found by `vitrine eval matches` first.",
                number(index.vectors.picture_floats)
            ));
        }
        if ask.pictures_per_product > 1.0 {
            told.push(
                "A product is compared by one picture as yet; the plan counts as many as were asked \
                 for."
                    .into(),
            );
        }
        if import.fetching > LONG {
            told.push(format!(
                "Fetching all pictures takes {} with {} processes: raise pictures.at_once and \
                 outbound.per_host for the first import, if the shop's server bears it.",
                time(import.fetching),
                processes.count
            ));
        }
    }

    fn of_stores(&self, told: &mut Vec<String>) {
        let Self { stores, processes, .. } = self;
        if stores.keep_minutes < 60 {
            told.push(format!(
                "Photos kept for an hour would take {} of Redis; {} minutes are suggested. After \
                 that a photo has to be sent again to be refined with advice.",
                bytes(stores.photos),
                stores.keep_minutes
            ));
        }
        if stores.keep_days < 400 {
            told.push(format!(
                "Looks and events kept for 400 days would take {}; {} days are suggested. Reports \
                 keep what they counted.",
                bytes(stores.events),
                stores.keep_days
            ));
        }
        if stores.all_connections > 90 {
            told.push(format!(
                "{} processes need {} connections to PostgreSQL: raise its max_connections, or put \
                 PgBouncer in between with pool_mode = session.",
                processes.count, stores.all_connections
            ));
        }
    }
}
