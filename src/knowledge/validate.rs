//! x
use super::{ContentError, Knowledge};
pub(super) fn validate(knowledge: &Knowledge) -> Vec<ContentError> {
    knowledge.library.slots.iter().flat_map(|slot| slot.errors().to_vec()).collect()
}
