//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vitrine_api::Role;
use vitrine_core::{
    feed::{Dialect, ExportDialect},
    ids::{KeyId, KeyName, MerchantId},
    imports::Mode,
    money::Currency,
    scope::Scope,
};

use crate::planning::Ask;

/// Answers a customer's outfit photo with the shop's own products and advice.
#[derive(Debug, Parser)]
#[command(name = "vitrine", version, about, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes. Settings rise in precedence from the file over environment variables
/// (`VITRINE_MODELS__ISQ=4`) to flags.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Settings, as TOML.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One setting, as `models.isq=4`; may be given again.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Where the catalog, the index and the secret are kept.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prepare the drawn catalog and start the service, with nothing else needed.
    Demo {
        /// Address and port to answer on.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Start the service.
    Serve {
        /// Address and port to answer on.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Ask the running service whether it is alive; ends with 0 if so, as images' health checks want.
    Health {
        /// Whether it is ready to answer photos, its stores and models too.
        #[arg(long)]
        ready: bool,
    },
    /// Make a bearer token.
    Token {
        /// What its holder may do: shopper, agent, merchant or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Whose customers its holder serves.
        #[arg(long)]
        merchant: MerchantId,
        /// How long it is good for.
        #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3650))]
        days: u64,
    },
    /// Make, list and revoke keys for a merchant's servers.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Answer one photo in the terminal, with or without a running service.
    Look {
        photo: PathBuf,
        /// Whose products to match.
        #[arg(long, default_value = "demo")]
        merchant: MerchantId,
        /// What the customer asks for, in their words.
        #[arg(long)]
        text: Option<String>,
        /// Matches for each garment.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
        limit: u64,
        /// Also look for what the photo lacks, such as shoes to a dress.
        #[arg(long)]
        complete_the_look: bool,
        /// The language to answer in (BCP 47).
        #[arg(long)]
        locale: Option<String>,
        /// Print the answer as the API gives it.
        #[arg(long)]
        json: bool,
    },
    /// Take products from a feed: as for Google, Shopify, OpenAI, the Agentic Commerce Protocol or
    /// schema.org, or in Vitrine's own JSON lines; packed or not (`-` reads standard input).
    Import {
        feed: PathBuf,
        /// Whose products they are.
        #[arg(long, default_value = "demo")]
        merchant: MerchantId,
        /// How the feed is written: vitrine, google, shopify, open-ai, acp or schema-org. Told from
        /// how it begins, if not given.
        #[arg(long)]
        dialect: Option<Dialect>,
        /// The currency of prices that name none (ISO 4217), as Shopify's.
        #[arg(long)]
        currency: Option<Currency>,
        /// What becomes of products that the feed does not hold.
        #[arg(long, value_enum, default_value_t)]
        mode: ImportMode,
        /// Report everything, write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Go on though many rows fail, or much of the catalog would be removed.
        #[arg(long)]
        force: bool,
        /// Have the service fill in from its picture what the feed leaves unsaid of a product.
        #[arg(long)]
        enrich: bool,
        /// Print the summary as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the catalog out as a feed, from which an import changes nothing.
    Export {
        /// The file; `-` writes to standard output.
        #[arg(default_value = "-")]
        out: PathBuf,
        /// Whose products.
        #[arg(long, default_value = "demo")]
        merchant: MerchantId,
        /// How the feed is written: vitrine, google or shopify.
        #[arg(long, default_value = "vitrine")]
        dialect: ExportDialect,
        /// The currency of a feed whose prices name none (ISO 4217), as Shopify's; else that of
        /// the first price. Variants in others are told and left out.
        #[arg(long)]
        currency: Option<Currency>,
    },
    /// Print the settings that hold, and where each was set; secrets are not shown.
    Settings {
        /// Print the JSON Schema of a settings file instead, for editors.
        #[arg(long)]
        schema: bool,
    },
    /// Print the contract of the API (OpenAPI 3.1), as the service answers it at `/openapi.json`.
    Openapi {
        /// Print nothing; say whether this file is the contract.
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
    },
    /// Copy the embedded catalog, and the secret that signs tokens, into a new folder; the service may
    /// run meanwhile.
    Backup { to: PathBuf },
    /// Put a backup into the data folder of a service that does not run. The index is built anew.
    Restore {
        from: PathBuf,
        /// Put a catalog that is there aside, as `catalog.sqlite.replaced`.
        #[arg(long)]
        replace: bool,
    },
    /// Bring the catalog's tables up to this version, as `serve` does at its start where
    /// `data.migrate` allows it.
    Migrate {
        /// Only say what is missing.
        #[arg(long)]
        check: bool,
    },
    /// Say what to run for so many looks and products, and print the working.
    Plan {
        #[command(flatten)]
        ask: Box<Ask>,
        /// Print the plan as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Measure how well the models see and find.
    Eval {
        #[command(subcommand)]
        command: EvalCommand,
    },
    /// Check settings, stores, models and disk, and say what to do.
    Doctor {
        /// Compare the index with the catalog too, product by product, and mend it.
        #[arg(long)]
        repair: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// What is seen in labelled photos (columns image, label, and if there are any colour, boxes).
    Photos {
        photos: PathBuf,
        /// Look at the first photos only.
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
        /// Print all figures as JSON.
        #[arg(long)]
        json: bool,
        /// Where to write what was seen in each photo, as CSV.
        #[arg(long, value_name = "FILE")]
        seen: Option<PathBuf>,
        /// Where to draw how far the model's confidence can be believed, as SVG.
        #[arg(long, value_name = "FILE")]
        reliability: Option<PathBuf>,
        /// Where the confusion matrix is drawn, as SVG.
        #[arg(long, value_name = "FILE", default_value = "confusion.svg")]
        confusion: PathBuf,
    },
    /// Whether the products of photos are found: a folder with products.jsonl, pictures relative to
    /// it, and queries.csv (columns image, product_id, left, top, right, bottom).
    Matches {
        folder: PathBuf,
        /// Ask for the first photos only.
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
        /// Which part of a photo is compared with pictures.
        #[arg(long, value_enum, default_value = "seen")]
        boxes: Boxes,
        /// Try which weights find best, too.
        #[arg(long)]
        tune: bool,
        /// Print all figures as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Which part of a photo is compared with the pictures of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Boxes {
    /// The garment as the model sees it; as it is labelled where the model does not.
    Seen,
    /// The garment as it is labelled.
    Given,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key; what proves it is printed, and never shown again.
    Create {
        /// Whose server holds it.
        #[arg(long)]
        merchant: MerchantId,
        /// What to call it.
        #[arg(long)]
        name: KeyName,
        /// What its holder may do, as looks,search; docs/routes.md lists all.
        #[arg(long = "scope", required = true, value_delimiter = ',', value_name = "SCOPES")]
        scopes: Vec<Scope>,
        /// How long it is good for; until it is revoked, if not given.
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
    },
    /// List a merchant's keys.
    List {
        #[arg(long)]
        merchant: MerchantId,
    },
    /// End a key for good. A running service takes five seconds to know.
    Revoke {
        #[arg(long)]
        merchant: MerchantId,
        /// As `vitrine key list` shows it.
        id: KeyId,
    },
}

/// What becomes of products that a feed does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportMode {
    /// They stay.
    #[default]
    Upsert,
    /// They are removed, once the whole feed was taken.
    Replace,
    /// The feed holds prices and stock alone, by the variants' ids: columns id, price, sale_price,
    /// availability and quantity, in a table or JSON lines. All else stays.
    Delta,
}

impl From<ImportMode> for Mode {
    fn from(mode: ImportMode) -> Self {
        match mode {
            ImportMode::Upsert => Self::Upsert,
            ImportMode::Replace => Self::Replace,
            ImportMode::Delta => Self::Delta,
        }
    }
}

fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::from(text.to_lowercase()))
        .map_err(|_| "use shopper, agent, merchant or admin".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_role_that_is_none_says_which_there_are() {
        let error = Cli::try_parse_from(["vitrine", "token", "--role", "king", "--merchant", "m"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("shopper, agent, merchant or admin"), "{error}");
    }
}
