//! Who is at the models and who waits for them. Knows no time but how long places were held.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use super::{Busy, Permit, RETRY};
use crate::ids::MerchantId;

/// A merchant, or the service itself.
pub(super) type Who = Option<MerchantId>;

#[derive(Debug)]
pub(super) struct Queue {
    places: usize,
    room: usize,
    /// Merchants with somebody inside or waiting. Those who wait are taken in turn.
    merchants: HashMap<Who, Line>,
    inside: usize,
    waiting: usize,
    next: u64,
    /// A moving average of how long a place is held.
    held: Option<Duration>,
}

#[derive(Debug, Default)]
struct Line {
    inside: usize,
    waiting: VecDeque<Waiting>,
    /// When it last had a turn, as a number that grows.
    turn: u64,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    since: Instant,
    turn: oneshot::Sender<Permit>,
}

/// Names who waits.
pub(super) struct Ticket {
    who: Who,
    number: u64,
}

/// Whose turn it is; the place is taken.
pub(super) struct Called {
    pub who: Who,
    pub since: Instant,
    pub turn: oneshot::Sender<Permit>,
}

impl Queue {
    pub(super) fn new(places: usize, room: usize) -> Self {
        Self { places, room, merchants: HashMap::new(), inside: 0, waiting: 0, next: 0, held: None }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Adds one who waits; the turn comes through the receiver, or never where it is closed.
    pub(super) fn join(&mut self, who: &Who) -> Result<(Ticket, oneshot::Receiver<Permit>), Busy> {
        if self.inside + self.waiting >= self.places + self.room && !self.make_room(who) {
            return Err(self.busy(who));
        }
        let (turn, receiver) = oneshot::channel();
        let number = self.number();
        let waiting = Waiting { number, since: Instant::now(), turn };
        // Who comes anew is the last to have a turn, else those who come and go would be first always.
        let line = || Line { turn: number, ..Line::default() };
        self.merchants.entry(who.clone()).or_insert_with(line).waiting.push_back(waiting);
        self.waiting += 1;
        Ok((Ticket { who: who.clone(), number }, receiver))
    }

    /// Turns away the last one of the merchant that has the most waiting, if that is more than its
    /// share among those who wait and this one.
    fn make_room(&mut self, newcomer: &Who) -> bool {
        let waiting = |line: &Line| line.waiting.len();
        let own = self.merchants.get(newcomer).map_or(0, waiting);
        let lines = self.merchants.values().filter(|line| waiting(line) > 0).count();
        let share = self.room / (lines + usize::from(own == 0)).max(1);
        let longest = self.merchants.values_mut().max_by_key(|line| waiting(line));
        let Some(line) = longest.filter(|line| waiting(line) > share.max(own + 1)) else {
            return false;
        };
        line.waiting.pop_back();
        self.waiting -= 1;
        true
    }

    /// The next one to go in, while a place is free: of the merchant who has the fewest inside, and
    /// of several such the one who waited the longest for a turn.
    pub(super) fn call(&mut self) -> Option<Called> {
        if self.inside >= self.places {
            return None;
        }
        let lines = self.merchants.iter_mut().filter(|(_, line)| !line.waiting.is_empty());
        let (who, line) = lines.min_by_key(|(_, line)| (line.inside, line.turn))?;
        let Waiting { since, turn, .. } = line.waiting.pop_front()?;
        let who = who.clone();
        line.inside += 1;
        self.next += 1;
        line.turn = self.next;
        self.waiting -= 1;
        self.inside += 1;
        Some(Called { who, since, turn })
    }

    /// Takes a place where nobody is inside or waits.
    pub(super) fn take_if_idle(&mut self) -> bool {
        let idle = self.inside == 0 && self.waiting == 0;
        if idle {
            self.merchants.entry(None).or_default().inside += 1;
            self.inside += 1;
        }
        idle
    }

    /// Somebody has left, after this long.
    pub(super) fn left(&mut self, who: &Who, held: Duration) {
        self.held = Some(self.held.map_or(held, |average| (average * 7 + held) / 8));
        self.inside -= 1;
        if let Some(line) = self.merchants.get_mut(who) {
            line.inside -= 1;
        }
        self.forget(who);
    }

    /// Somebody waits no longer; nothing where it was called or turned away already.
    pub(super) fn give_up(&mut self, ticket: &Ticket) {
        if let Some(line) = self.merchants.get_mut(&ticket.who) {
            let before = line.waiting.len();
            line.waiting.retain(|waiting| waiting.number != ticket.number);
            self.waiting -= before - line.waiting.len();
        }
        self.forget(&ticket.who);
    }

    fn forget(&mut self, who: &Who) {
        if self.merchants.get(who).is_some_and(|line| line.inside == 0 && line.waiting.is_empty()) {
            self.merchants.remove(who);
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// How long who comes now is likely to wait: until all that are taken in turn before it have
    /// been inside.
    pub(super) fn expected(&self, who: &Who) -> Duration {
        let own = self.merchants.get(who).map_or(0, |line| line.waiting.len());
        let others = self.merchants.iter().filter(|(other, _)| *other != who);
        let before: usize = others.map(|(_, line)| line.waiting.len().min(own + 1)).sum();
        let ahead = (self.inside + before + own + 1).saturating_sub(self.places);
        let rounds = ahead.div_ceil(self.places);
        self.held.unwrap_or_default() * u32::try_from(rounds).unwrap_or(u32::MAX)
    }

    pub(super) fn busy(&self, who: &Who) -> Busy {
        let wait = self.expected(who).clamp(RETRY.0, RETRY.1);
        let whole = u64::from(wait.subsec_nanos() > 0);
        Busy { retry_after: Duration::from_secs(wait.as_secs() + whole) }
    }
}
