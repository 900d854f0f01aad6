//! A service of our own: this program once more, as a process that ends with this one.

use std::{env, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use super::target::{Target, Tokens};
use crate::measure::Outcome;

/// How long it may take to be ready: it embeds the drawn catalog's pictures first.
const READY: Duration = Duration::from_secs(300);
/// Its tokens are good for an hour, the time until it is ready included.
const MOST: Duration = Duration::from_secs(50 * 60);

pub(super) struct Own {
    pub(super) target: Target,
    /// Killed with this value.
    _process: Child,
}

impl Own {
    /// Starts one that is asked for so long, with these settings beside what all have.
    pub(super) async fn start(length: Duration, settings: &[&str]) -> Outcome<Self> {
        if length > MOST {
            let most = MOST.as_secs() / 60;
            return Err(format!("longer than {most} minutes only with a --host").into());
        }
        eprintln!("  starting a service");
        // Its own group: Ctrl-C ends the users first.
        let mut process = Command::new(env::current_exe()?)
            .arg("service")
            .args(settings.iter().flat_map(|setting| ["--set", *setting]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let said = process.stdout.take().ok_or("the service has no output")?;
        let mut said = BufReader::new(said).lines();
        let hello = async {
            while let Some(line) = said.next_line().await? {
                if let Ok(hello @ Value::Object(_)) = serde_json::from_str(&line) {
                    return Outcome::Ok(hello);
                }
            }
            Err("the service did not start".into())
        };
        let hello = timeout(READY, hello).await.map_err(|_| "the service is not ready")??;
        let word = |name: &str| {
            let word = hello[name].as_str().ok_or_else(|| format!("the service says no {name}"));
            word.map(str::to_owned)
        };
        let tokens = Tokens {
            shopper: word("shopper")?,
            agent: word("agent")?,
            merchant: word("merchant")?,
        };
        let target = Target::named(&word("host")?, tokens, false)?;
        let target = Target { process: process.id(), ..target };
        Ok(Self { target, _process: process })
    }
}
