//! Bodies that are another one and more.

use std::collections::BTreeSet;

use utoipa::{
    Modify,
    openapi::{OpenApi, RefOr, Schema},
};

pub(super) struct Extended;

/// Each part of an `allOf` is held to the whole body: one that allows no more than its own fields
/// would refuse those of the other parts.
impl Modify for Extended {
    fn modify(&self, document: &mut OpenApi) {
        let Some(components) = &mut document.components else { return };
        let mut parts: BTreeSet<String> = BTreeSet::new();
        for schema in components.schemas.values() {
            let RefOr::T(Schema::AllOf(whole)) = schema else { continue };
            let named = |part: &RefOr<Schema>| match part {
                RefOr::Ref(named) => named.ref_location.rsplit('/').next().map(str::to_owned),
                RefOr::T(_) => None,
            };
            parts.extend(whole.items.iter().filter_map(named));
        }
        for (name, schema) in &mut components.schemas {
            if let RefOr::T(Schema::Object(schema)) = schema
                && parts.contains(name)
            {
                schema.additional_properties = None;
            }
        }
    }
}
