//! What a plan comes to, in the words of `vitrine.example.toml`.

use super::{
    Ask,
    index::Index,
    looks::Service,
    servers::{Processes, Servers},
    stores::Stores,
};

/// Model servers that are listed; more of them are told of.
const LISTED: u64 = 8;

/// Settings of one process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Suggested {
    concurrency: u64,
    queue: u64,
    wait_seconds: u64,
    timeout_seconds: u64,
    merchant_per_minute: u64,
}

impl Suggested {
    pub(super) fn of(
        ask: &Ask,
        service: &Service,
        servers: &Servers,
        processes: &Processes,
        peak: f64,
    ) -> Self {
        let places = servers.peak * service.at_once;
        // Who would have to wait longer than that is answered too late anyway.
        let wait = (ask.within() - service.slow()).floor().clamp(5.0, 60.0);
        let queue = (wait * servers.capacity / processes.count as f64).ceil().max(8.0);
        // Two requests a look; merchants are not the same, so each may have twice its share.
        let minute = peak * 60.0 * 2.0 * 2.0 / ask.merchants as f64;
        Self {
            concurrency: (places / processes.count).max(1),
            queue: queue as u64,
            wait_seconds: wait as u64,
            timeout_seconds: (2.0 * service.slow()).ceil().clamp(120.0, 300.0) as u64,
            merchant_per_minute: ((minute / 1_000.0).ceil() * 1_000.0).max(6_000.0) as u64,
        }
    }

    pub(super) fn toml(
        &self,
        ask: &Ask,
        servers: &Servers,
        processes: &Processes,
        index: &Index,
        stores: &Stores,
    ) -> String {
        let mut text = format!(
            "# Of each process; there are {}. Passwords belong into the environment or files:\n\
             # VITRINE_DATA__DATABASE, VITRINE_DATA__REDIS, VITRINE_INDEX__API_KEY.\n\
             [server]\nworkers = {}\n\n[data]\ncache_mib = 512\n",
            processes.count, processes.workers
        );
        if index.nodes > 0 {
            text.push_str(&format!(
                "connections = {}\n# `vitrine migrate` does it, before they start.\nmigrate = false\n",
                stores.connections
            ));
        }
        text.push_str(&self.models(ask, servers));
        if !ask.is_small() {
            text.push_str(
                "\n[embedder]\nmodel = \"Qwen/Qwen3-Embedding-0.6B\"\n\
                 servers = [\"http://texts:8080\"]\n\
                 \n[image_embedder]\nmodel = \"google/siglip2-base-patch16-224\"\n\
                 servers = [\"http://pictures:7997\"]\n",
            );
        }
        text.push_str(&format!("\n[photos]\nkeep_minutes = {}\n", stores.keep_minutes));
        if index.nodes > 0 {
            text.push_str(&format!(
                "\n[index]\nserver = \"http://qdrant:6334\"\nshards = {}\nreplicas = {}\n\
                 quantization = \"{}\"\n",
                index.shards,
                index.replicas,
                ask.quantization.setting()
            ));
        }
        text.push_str(&format!("\n[events]\nkeep_days = {}\n", stores.keep_days));
        text.push_str(&format!(
            "\n[limits]\n# A server that asks for everybody with one key needs as much as caller_per_minute.\n\
             merchant_per_minute = {}\n",
            self.merchant_per_minute
        ));
        text
    }

    fn models(&self, ask: &Ask, servers: &Servers) -> String {
        let mut text = String::from("\n[models]\n");
        if let Some(model) = ask.vision_model().sized() {
            text.push_str(&format!("vision = \"{}\"\n", model.name));
            let listed: Vec<String> = (1..=servers.peak.min(LISTED))
                .map(|number| format!("\"http://model-{number}:8000\""))
                .collect();
            if servers.peak > LISTED {
                text.push_str(&format!("# And so on, to model-{}.\n", servers.peak));
            }
            text.push_str(&format!("servers = [{}]\n", listed.join(", ")));
            if let Some(bits) = ask.isq.setting() {
                text.push_str(&format!(
                    "# models.isq = \"{bits}\" is for a model in this process; start these servers with \
                     such weights.\n"
                ));
            }
            text.push_str(&format!("photo_side = {}\n", ask.photo_side() as u64));
        }
        let Self { concurrency, queue, wait_seconds, timeout_seconds, .. } = self;
        text.push_str(&format!(
            "concurrency = {concurrency}\nqueue = {queue}\nwait_seconds = {wait_seconds}\n\
             timeout_seconds = {timeout_seconds}\n"
        ));
        text
    }
}
