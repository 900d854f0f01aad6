use vitrine_core::ports::StoreError;

/// A store by the name that errors give it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Store(pub(super) &'static str);

impl Store {
    pub(super) fn unavailable(self, detail: impl Into<String>) -> StoreError {
        StoreError::Unavailable { store: self.0, detail: detail.into() }
    }

    pub(super) fn corrupt(self, detail: impl Into<String>) -> StoreError {
        StoreError::Corrupt { store: self.0, detail: detail.into() }
    }
}
