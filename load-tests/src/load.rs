//! Users of all three kinds at a running service, all at once and for a while: how soon they are
//! answered, what they are answered with, and what the service holds meanwhile.

mod agent;
mod ask;
mod attack;
pub(crate) mod endure;
mod flat;
mod ledger;
mod merchant;
mod own;
mod percentiles;
mod photos;
mod plan;
mod report;
mod screen;
mod shares;
mod shopper;
mod slow;
mod spike;
mod target;
mod verdict;
mod watch;
mod world;

use std::{path::PathBuf, sync::Arc};

use crate::measure::Outcome;
use own::Own;
use plan::{Kind, Plan};
use target::{Target, Tokens};
use watch::Watch;
use world::World;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the users do.
    #[arg(long, value_enum, default_value_t = Kind::Mixed)]
    plan: Kind,
    /// Users at once, at most; each plan has a number of its own.
    #[arg(long, value_parser = clap::value_parser!(u32).range(3..=2_000))]
    users: Option<u32>,
    /// How long, in minutes; each plan has a time of its own.
    #[arg(long, value_parser = plan::minutes)]
    minutes: Option<f64>,
    /// A folder that the reports are written to, in one of the plan's name.
    #[arg(long, default_value = "target/load")]
    out: PathBuf,
    /// Slow clients of each kind, in the plan `slow`.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=500))]
    slow_clients: u32,
    /// A service that runs already, as http://127.0.0.1:8080; prices and stock of its merchant are
    /// changed. One is started where none is named.
    #[arg(long, requires_all = ["token_shopper", "token_agent", "token_merchant"])]
    host: Option<String>,
    /// A shopper's token for it.
    #[arg(long, env = "VITRINE_TOKEN_SHOPPER", hide_env_values = true)]
    token_shopper: Option<String>,
    /// An agent's.
    #[arg(long, env = "VITRINE_TOKEN_AGENT", hide_env_values = true)]
    token_agent: Option<String>,
    /// A merchant's.
    #[arg(long, env = "VITRINE_TOKEN_MERCHANT", hide_env_values = true)]
    token_merchant: Option<String>,
    /// Says that the host is yours to put a load on; without it, only this machine is asked.
    #[arg(long, requires = "host")]
    i_own_this_host: bool,
}

pub(crate) async fn run(args: &Args) -> Outcome<()> {
    let plan = Plan::new(args.plan, args.users, args.minutes)?;
    let own = match args.host {
        Some(_) => None,
        None => Some(Own::start(plan.length(), &[]).await?),
    };
    let target = match &own {
        Some(own) => own.target.clone(),
        None => named(args)?,
    };
    if plan.kind == Kind::Slow && target.url.scheme() != "http" {
        return Err("slow clients speak plain HTTP".into());
    }
    let out = args.out.join(plan.kind.name());
    std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let world = Arc::new(World::open(target, &plan).await?);
    let watch = Watch::begin(&world);
    let screen = screen::show(&world, &watch, &plan);
    let page = out.join("goose.html");
    let slow = async {
        match plan.kind {
            Kind::Slow => Some(slow::run(&world, args.slow_clients, &plan.phases.middle).await),
            Kind::Mixed | Kind::Soak | Kind::Spike => None,
        }
    };
    let (attacked, slow) = tokio::join!(attack::run(&world, &plan, &page), slow);
    screen.end();
    attacked?;
    let asked = world.ledger.all();
    let held = watch.end();
    let mut verdicts = vec![verdict::none_failed(&asked), verdict::all_told_when(&asked)];
    match plan.kind {
        Kind::Mixed => {}
        Kind::Soak => verdicts.extend(flat::verdicts(&held)),
        Kind::Spike => verdicts.push(spike::verdict(&asked, &plan.phases)),
        Kind::Slow => verdicts.extend(slow::verdicts(slow.as_ref(), &asked, &plan.phases)),
    }
    let report = report::Report { plan: &plan, world: &world, asked, held, slow, verdicts };
    report.print();
    report.write(&out)?;
    Ok(())
}

/// The service that was named, if it may be asked.
fn named(args: &Args) -> Outcome<Target> {
    let word = |word: &Option<String>| word.clone().ok_or("a host needs three tokens");
    let tokens = Tokens {
        shopper: word(&args.token_shopper)?,
        agent: word(&args.token_agent)?,
        merchant: word(&args.token_merchant)?,
    };
    Target::named(&word(&args.host)?, tokens, args.i_own_this_host)
}
