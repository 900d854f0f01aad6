use qdrant_edge::OperationError;
use vitrine_core::ports::StoreError;

use super::super::error::Store;

pub(super) const STORE: Store = Store("the index (embedded Qdrant)");

pub(super) fn unavailable(detail: impl Into<String>) -> StoreError {
    STORE.unavailable(detail)
}

/// Qdrant could not do it.
pub(super) fn failed(error: OperationError) -> StoreError {
    unavailable(error.to_string())
}

/// Runs what may panic: qdrant-edge 0.7.2 panics where a flush fails (a full disk) and where its
/// files are damaged.
pub(super) fn without_panic<T>(work: impl FnOnce() -> T) -> Result<T, StoreError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        unavailable(said.unwrap_or("it stopped without saying why"))
    })
}
