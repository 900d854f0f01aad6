//! The room in memory that bodies share while they are read and decoded. A body takes as much of it
//! as has arrived, so that many that come slowly keep nobody out.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room is given in pieces of so many bytes.
const PIECE: usize = 64 * 1024;

tokio::task_local! {
    /// What the body of the request takes that is being answered.
    static SHARE: Arc<Share>;
}

/// The room that all bodies have together.
pub(crate) struct Room(Arc<Semaphore>);

/// Nothing of it is left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// What one body takes of it, as soon and as long as somebody holds a [`Place`] for it.
pub(crate) struct Share {
    room: Arc<Semaphore>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    is_counted: bool,
    bytes: usize,
    pieces: Option<OwnedSemaphorePermit>,
}

/// Held until a body's bytes are needed no more; what they took is given back with it.
pub(crate) struct Place(Arc<Share>);

impl Room {
    /// One piece at least.
    pub(crate) fn new(bytes: usize) -> Self {
        let pieces = bytes.div_ceil(PIECE).clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(pieces)))
    }

    pub(crate) fn share(&self) -> Arc<Share> {
        Arc::new(Share { room: Arc::clone(&self.0), taken: Mutex::default() })
    }

    /// A place for the body of the request that is being answered, before it is read.
    pub(crate) fn place(&self) -> Result<Place, Full> {
        let share = SHARE.try_with(Arc::clone).unwrap_or_else(|_| self.share());
        share.taken().is_counted = true;
        share.arrived(1)?;
        Ok(Place(share))
    }
}

impl Share {
    /// Answers a request whose body this counts.
    pub(crate) async fn during<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        SHARE.scope(self, work).await
    }

    /// Takes room for more bytes, where they are counted.
    pub(crate) fn arrived(&self, bytes: usize) -> Result<(), Full> {
        let mut taken = self.taken();
        if !taken.is_counted {
            return Ok(());
        }
        taken.bytes += bytes;
        let has = taken.pieces.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = taken.bytes.div_ceil(PIECE).saturating_sub(has);
        let more = u32::try_from(more).map_err(|_| Full)?;
        if more == 0 {
            return Ok(());
        }
        let more = Arc::clone(&self.room).try_acquire_many_owned(more).map_err(|_| Full)?;
        match &mut taken.pieces {
            Some(pieces) => pieces.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.taken() = Taken::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_takes_what_has_arrived_and_gives_it_back_with_its_place() {
        let room = Room::new(4 * PIECE);
        let share = room.share();
        share.arrived(100 * PIECE).unwrap();
        assert_eq!(room.0.available_permits(), 4, "nobody holds a place for it");
        Arc::clone(&share)
            .during(async {
                let place = room.place().unwrap();
                assert_eq!(room.0.available_permits(), 3);
                share.arrived(PIECE - 1).unwrap();
                assert_eq!(room.0.available_permits(), 3);
                share.arrived(2 * PIECE).unwrap();
                assert_eq!(room.0.available_permits(), 1);
                assert_eq!(share.arrived(2 * PIECE), Err(Full));
                drop(place);
                assert_eq!(room.0.available_permits(), 4);
            })
            .await;
    }

    #[tokio::test]
    async fn where_no_room_is_left_a_place_is_refused_before_anything_is_read() {
        let room = Room::new(1);
        let place = room.share().during(async { room.place() }).await.unwrap();
        assert!(room.share().during(async { room.place().is_err() }).await);
        drop(place);
        assert!(room.share().during(async { room.place().is_ok() }).await);
    }
}
