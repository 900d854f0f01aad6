use vitrine_core::ports::StoreError;

/// Whether opening a store may change its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrate {
    /// It brings them up to this version first.
    AtStart,
    /// It refuses to open while any migration is missing.
    Never,
}

/// One step of the tables from version to version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    pub version: i64,
    pub name: String,
}

/// How far the tables of a store are, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrations {
    pub applied: Vec<Migration>,
    pub pending: Vec<Migration>,
}

impl Migrations {
    /// An error if any is pending.
    pub(super) fn all_applied(&self, store: &'static str) -> Result<(), StoreError> {
        let version = |list: &[Migration]| list.last().map_or(0, |migration| migration.version);
        match version(&self.pending) {
            0 => Ok(()),
            known => Err(StoreError::Behind { store, found: version(&self.applied), known }),
        }
    }
}
