//! The load itself, as goose puts it on a service.

use std::{path::Path, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use goose::{
    client::GooseClientBuilder,
    config::GooseConfiguration,
    prelude::{GooseAttack, GooseUser, Scenario, Transaction},
};
use tokio::time::timeout;

use super::{
    agent, merchant,
    plan::Plan,
    shares::{AGENTS, MERCHANTS, SHOPPERS},
    shopper,
    world::{World, client},
};
use crate::measure::Outcome;

/// How long users think between two requests.
const THINK: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1_500)];
/// How long the last users may take to leave.
const LEAVE: Duration = Duration::from_secs(300);

/// What a user does between two pauses.
type Deed = for<'a> fn(&'a World, &'a mut GooseUser) -> BoxFuture<'a, ()>;

/// Goose's settings are written out for it: it reads a command line of its own otherwise.
pub(super) async fn run(world: &Arc<World>, plan: &Plan, report: &Path) -> Outcome<()> {
    let steps = plan.steps();
    let report = report.display().to_string();
    let configuration = GooseConfiguration::parse_args_default(&[
        "--host",
        world.target.url.as_str(),
        "--test-plan",
        &steps,
        "--report-file",
        &report,
        // It would listen for commands.
        "--no-telnet",
        "--no-print-metrics",
        "--quiet",
    ])?;
    let shoppers: [Deed; 5] = [
        |world, user| shopper::photo(world, user).boxed(),
        |world, user| shopper::look(world, user).boxed(),
        |world, user| shopper::closer(world, user).boxed(),
        |world, user| shopper::search(world, user).boxed(),
        |world, user| shopper::events(world, user).boxed(),
    ];
    let agents: [Deed; 5] = [
        |world, user| agent::customer(world, user).boxed(),
        |world, user| agent::queue(world, user).boxed(),
        |world, user| agent::conversation(world, user).boxed(),
        |world, user| agent::answer(world, user).boxed(),
        |world, user| agent::close(world, user).boxed(),
    ];
    let merchants: [Deed; 4] = [
        |world, user| merchant::products(world, user).boxed(),
        |world, user| merchant::offers(world, user).boxed(),
        |world, user| merchant::health(world, user).boxed(),
        |world, user| merchant::import(world, user).boxed(),
    ];
    let attack = GooseAttack::initialize_with_config(configuration)?
        .set_client_builder_without_cookies(GooseClientBuilder::new().without_cookies())?
        .register_scenario(scenario(world, "shopper", SHOPPERS, &shoppers)?)
        .register_scenario(scenario(world, "agent", AGENTS, &agents)?)
        .register_scenario(scenario(world, "merchant", MERCHANTS, &merchants)?);
    timeout(plan.length() + LEAVE, attack.execute()).await.map_err(|_| "users did not leave")??;
    Ok(())
}

/// One deed after the other, again and again.
fn scenario(world: &Arc<World>, name: &str, share: usize, deeds: &[Deed]) -> Outcome<Scenario> {
    let [least, most] = THINK;
    let scenario = Scenario::new(name).set_weight(share)?.set_wait_time(least, most)?;
    let mut scenario = scenario.register_transaction(connection(world).set_on_start());
    for (place, deed) in deeds.iter().copied().enumerate() {
        let world = Arc::clone(world);
        let deed = Transaction::new(Arc::new(move |user| {
            let world = Arc::clone(&world);
            Box::pin(async move {
                deed(&world, user).await;
                Ok(())
            })
        }));
        scenario = scenario.register_transaction(deed.set_sequence(place + 1));
    }
    Ok(scenario)
}

/// Each user has connections of its own.
fn connection(world: &Arc<World>) -> Transaction {
    let world = Arc::clone(world);
    Transaction::new(Arc::new(move |user| {
        let world = Arc::clone(&world);
        Box::pin(async move {
            user.set_client_builder(client(&world.target)).await?;
            Ok(())
        })
    }))
}
