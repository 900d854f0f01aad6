//! What to run for so many looks and products, and why: sums over figures that each say where they
//! come from. Nothing is asked or read here; docs/capacity.md explains it.

mod cards;
mod figures;
mod import;
mod index;
mod looks;
mod models;
mod page;
mod queueing;
mod servers;
mod settings;
mod stores;
mod warnings;
mod working;

use clap::{Args, ValueEnum};
use serde::Serialize;

pub use cards::Card;
pub use index::Quantization;
pub use models::{Isq, VisionModel};
pub use page::capacity_markdown;
pub use working::{Amount, Row, Section, Source, Unit};

use {
    import::{Import, Speed},
    index::{Index, Vectors},
    looks::Service,
    servers::{Processes, Rates, Servers},
    settings::Suggested,
    stores::Stores,
    warnings::Found,
    working::Figure,
};

/// What is planned for.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct Ask {
    /// Looks asked for in a second, on average.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub looks_per_second: f64,
    /// Products of all merchants together.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub products: u64,
    /// Colours of a product: each is found by itself.
    #[arg(long, value_name = "COUNT", default_value_t = 1.0, value_parser = some)]
    pub versions_per_product: f64,
    /// Pictures of a product that are compared.
    #[arg(long, value_name = "COUNT", default_value_t = 1.0, value_parser = some_or_none)]
    pub pictures_per_product: f64,
    /// The card that the models run on.
    #[arg(long, value_enum)]
    pub gpu: Card,
    /// The vision-language model; Qwen3-VL-4B on a card, the small one on a CPU.
    #[arg(long, value_enum)]
    pub model: Option<VisionModel>,
    /// Bits of the model's weights.
    #[arg(long, value_enum, default_value_t)]
    pub isq: Isq,
    /// The share of looks that are answered from what is known, 0 to 1 [default: 0].
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub cached: Option<f64>,
    /// Garments in a photo [default: 3].
    #[arg(long, value_name = "COUNT", value_parser = some)]
    pub garments: Option<f64>,
    /// Whether looks come with advice.
    #[arg(long, value_enum, default_value_t)]
    pub advice: Advice,
    /// The share of what is there that is to be at work in the busiest minutes, up to 0.95
    /// [default: 0.7].
    #[arg(long, value_name = "SHARE", value_parser = headroom)]
    pub headroom: Option<f64>,
    /// The busiest minutes to the average [default: 2].
    #[arg(long, value_name = "FACTOR", value_parser = at_least_one)]
    pub peak: Option<f64>,
    /// Seconds in which looks are to be whole [default: 30].
    #[arg(long, value_name = "SECONDS", value_parser = some)]
    pub within: Option<f64>,
    /// How vectors are kept in memory.
    #[arg(long, value_enum, default_value_t)]
    pub quantization: Quantization,
    /// Memory of a Qdrant node, in GB [default: 64].
    #[arg(long, value_name = "GB", value_parser = some)]
    pub node_gigabytes: Option<f64>,
    /// Merchants that share all of it.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub merchants: u64,
    /// Photos that a model server describes at once [default: as many as fit, 16 at most].
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=1_024))]
    pub at_once: Option<u64>,
    /// Seconds of a look at the model, measured on one server with `--at-once` looks at work: better
    /// than any sum. docs/capacity.md says how.
    #[arg(long, value_name = "SECONDS", value_parser = some)]
    pub measured_seconds_per_look: Option<f64>,
    /// The share of the card's operations that reading a prompt reaches [default: 0.4].
    #[arg(long, value_name = "SHARE", value_parser = efficiency)]
    pub prefill_efficiency: Option<f64>,
    /// The share of the card's memory bandwidth that writing reaches [default: 0.6].
    #[arg(long, value_name = "SHARE", value_parser = efficiency)]
    pub decode_efficiency: Option<f64>,
}

/// Whether looks come with advice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Advice {
    #[default]
    On,
    Off,
}

/// What can not be planned.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "{model} does not fit a {card}: it needs {needed} and a server takes {there}; use {less}"
    )]
    DoesNotFit {
        model: &'static str,
        card: &'static str,
        needed: String,
        there: String,
        less: &'static str,
    },
    #[error(
        "how fast {model} is on a CPU is not known; name a card with --gpu, or measure it and say --measured-seconds-per-look"
    )]
    LargeOnACpu { model: &'static str },
    #[error(
        "how fast the small model is on a card is not known; use --gpu cpu, or measure it and say --measured-seconds-per-look"
    )]
    SmallOnACard,
    #[error("so many looks can not be planned for; use a smaller --looks-per-second or --headroom")]
    Overrun,
}

/// What to run, and how that came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    pub answer: Answer,
    /// In the order of reading.
    pub sections: Vec<Section>,
    /// What is out of range or should be known, a sentence or two each.
    pub warnings: Vec<String>,
    /// Settings, as TOML.
    pub settings: String,
}

/// The numbers that are asked for most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Answer {
    /// Whether the models are in the processes of the service themselves.
    pub in_process: bool,
    /// Model servers, a card each, on average and at the peak; processes, if the models are in them.
    pub model_servers: u64,
    pub model_servers_at_peak: u64,
    /// Cards for texts and pictures.
    pub embedding_cards: u64,
    pub processes: u64,
    /// Cores of all of them.
    pub cores: u64,
    /// Seconds of a look at the model, and of the wait before it: on average, and of 99 of 100.
    pub look_seconds: f64,
    pub wait_seconds: f64,
    pub wait_seconds_p99: f64,
    /// Nodes of Qdrant; 0 where the index is in the only process.
    pub index_nodes: u64,
    /// Bytes of memory of one copy of the index.
    pub index_bytes: f64,
    /// Seconds until the first catalog is searched.
    pub import_seconds: f64,
}

impl Ask {
    /// With all else as it is by default.
    pub const fn of(looks_per_second: f64, products: u64, gpu: Card) -> Self {
        Self {
            looks_per_second,
            products,
            versions_per_product: 1.0,
            pictures_per_product: 1.0,
            gpu,
            model: None,
            isq: Isq::None,
            cached: None,
            garments: None,
            advice: Advice::On,
            headroom: None,
            peak: None,
            within: None,
            quantization: Quantization::None,
            node_gigabytes: None,
            merchants: 1,
            at_once: None,
            measured_seconds_per_look: None,
            prefill_efficiency: None,
            decode_efficiency: None,
        }
    }

    const fn advises(&self) -> bool {
        matches!(self.advice, Advice::On)
    }

    fn vision_model(&self) -> VisionModel {
        let usual = if self.gpu == Card::Cpu { VisionModel::Small } else { VisionModel::Qwen3Vl4b };
        self.model.unwrap_or(usual)
    }

    /// Whether it is the small models, which are in the service's own process.
    fn is_small(&self) -> bool {
        self.vision_model() == VisionModel::Small
    }

    fn garments(&self) -> Figure {
        Figure::given(self.garments, figures::GARMENTS)
    }

    fn headroom(&self) -> Figure {
        Figure::given(self.headroom, figures::HEADROOM)
    }

    fn within(&self) -> f64 {
        self.within.unwrap_or(figures::WITHIN.value)
    }

    /// Pixels a side of the photo that the model sees.
    fn photo_side(&self) -> f64 {
        if self.is_small() { figures::SMALL_PHOTO_SIDE.value } else { figures::PHOTO_SIDE.value }
    }
}

impl Plan {
    /// A few lines that say what to run.
    pub fn summary(&self) -> String {
        let Answer { model_servers, model_servers_at_peak, embedding_cards, .. } = self.answer;
        let Answer { processes, cores, index_nodes, index_bytes, .. } = self.answer;
        let count = |many: u64| working::number(many as f64);
        let mut lines = Vec::new();
        if !self.answer.in_process {
            lines.push((
                "model servers",
                format!(
                    "{}{}; {} outside the busiest minutes",
                    count(model_servers_at_peak),
                    if embedding_cards > 0 { ", a card each" } else { "" },
                    count(model_servers)
                ),
            ));
        }
        if embedding_cards > 0 {
            let cards = format!("{} for texts and pictures", count(embedding_cards));
            lines.push(("cards besides", cards));
        }
        lines.push(("processes", format!("{}, {} cores in all", count(processes), count(cores))));
        let memory = working::bytes(index_bytes);
        lines.push((
            "index",
            match index_nodes {
                0 => format!("in the process itself, {memory} of memory"),
                nodes => format!("{} Qdrant nodes, {memory} of memory a copy", count(nodes)),
            },
        ));
        lines.push((
            "a look",
            format!(
                "{} at the model after {} of waiting, {} for 99 of 100",
                working::time(self.answer.look_seconds),
                working::time(self.answer.wait_seconds),
                working::time(self.answer.wait_seconds_p99)
            ),
        ));
        lines.push(("first import", working::time(self.answer.import_seconds)));
        lines.iter().map(|(what, much)| format!("{what:<15}{much}\n")).collect()
    }

    /// Works it out.
    pub fn of(ask: &Ask) -> Result<Self, PlanError> {
        let sheet = ask.gpu.sheet();
        let mut incoming = Section::new("What comes in");
        let rates = Rates::of(ask, &mut incoming);
        let mut looking = Section::new("A look at the model");
        let service = Service::of(ask, sheet.as_ref(), &mut looking)?;
        let mut serving = Section::new("Model servers and the queue");
        let servers = Servers::of(ask, &rates, &service, &mut serving).ok_or(PlanError::Overrun)?;

        let mut embedding = Section::new("Texts and pictures");
        let mut running = Section::new("Processes of the service");
        let own = ask.is_small();
        let cards =
            if own { 0 } else { servers::embedders(ask, &rates, sheet.as_ref(), &mut embedding) };
        let processes = if own {
            Processes::with_models(&servers, &mut running)
        } else {
            Processes::of(ask, &rates, &mut running)
        };

        let mut indexing = Section::new("Index");
        let vectors = Vectors::of(ask, &mut indexing);
        let index = if processes.count == 1 {
            Index::embedded(vectors, &mut indexing)
        } else {
            Index::of(ask, &rates, vectors, &mut indexing)
        };
        let mut postgres = Section::new("PostgreSQL");
        let mut redis = Section::new("Redis");
        let stores = Stores::of(ask, &rates, &vectors, processes.count, &mut postgres, &mut redis);
        let mut importing = Section::new("The first import");
        let speed = match &sheet {
            _ if own => Speed::Small,
            Some(sheet) => Speed::Cards(sheet, cards),
            None => Speed::Cores,
        };
        let import = Import::of(ask, &index, processes.count, speed, &mut importing);

        let suggested = Suggested::of(ask, &service, &servers, &processes, rates.peak);
        let found = Found { ask, service, servers, processes, index, stores, import };
        let answer = Answer {
            in_process: own,
            model_servers: servers.average,
            model_servers_at_peak: servers.peak,
            embedding_cards: cards,
            processes: processes.count,
            cores: processes.count * processes.workers,
            look_seconds: service.full,
            wait_seconds: servers.wait.mean,
            wait_seconds_p99: servers.wait.p99,
            index_nodes: index.nodes,
            index_bytes: index.memory,
            import_seconds: import.all,
        };
        let mut sections = vec![incoming, looking, serving, embedding, running, indexing];
        sections.extend([postgres, redis, importing, other_cards(ask)]);
        sections.retain(|section| !section.rows.is_empty());
        let settings = suggested.toml(ask, &servers, &processes, &index, &stores);
        Ok(Self { answer, sections, warnings: found.warnings(), settings })
    }
}

/// Model servers of every card that the model fits, where nothing was measured.
fn other_cards(ask: &Ask) -> Section {
    let mut section = Section::new("The same on other cards");
    if ask.gpu == Card::Cpu || ask.measured_seconds_per_look.is_some() {
        return section;
    }
    for card in Card::ALL {
        let (ask, mut unseen) = (Ask { gpu: card, ..ask.clone() }, Section::new(""));
        let Some(sheet) = card.sheet() else { continue };
        let rates = Rates::of(&ask, &mut unseen);
        let Ok(service) = Service::of(&ask, Some(&sheet), &mut unseen) else { continue };
        let Some(servers) = Servers::of(&ask, &rates, &service, &mut unseen) else { continue };
        let alone = service.alone.map_or(String::new(), |alone| {
            format!("a look takes {} alone, ", working::time(alone))
        });
        let working = format!(
            "{alone}{} among {}; at the peak",
            working::time(service.full),
            service.at_once
        );
        section.worked(sheet.name, servers.peak as f64, Unit::Count, working);
    }
    section
}

fn parsed(text: &str, fits: impl Fn(f64) -> bool, what: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("use {what}"))?;
    if number.is_finite() && fits(number) { Ok(number) } else { Err(format!("use {what}")) }
}

fn rate(text: &str) -> Result<f64, String> {
    parsed(text, |rate| rate > 0.0 && rate <= 100_000.0, "a number above 0, up to 100000")
}

fn some(text: &str) -> Result<f64, String> {
    parsed(text, |many| many > 0.0 && many <= 100_000.0, "a number above 0, up to 100000")
}

fn some_or_none(text: &str) -> Result<f64, String> {
    parsed(text, |many| (0.0..=1_000.0).contains(&many), "a number from 0 to 1000")
}

fn at_least_one(text: &str) -> Result<f64, String> {
    parsed(text, |factor| (1.0..=1_000.0).contains(&factor), "a number from 1 to 1000")
}

fn share(text: &str) -> Result<f64, String> {
    parsed(text, |share| (0.0..1.0).contains(&share), "a share from 0 to below 1, as 0.3")
}

fn headroom(text: &str) -> Result<f64, String> {
    parsed(text, |share| share > 0.0 && share <= 0.95, "a share above 0, up to 0.95, as 0.7")
}

fn efficiency(text: &str) -> Result<f64, String> {
    parsed(text, |share| share > 0.0 && share <= 1.0, "a share above 0, up to 1, as 0.4")
}

#[cfg(test)]
mod tests;
